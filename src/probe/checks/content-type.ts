import { contentTypeAdvice } from '../../findings/language-advice.ts';
import { otherTypeSays } from '../../findings/other-type.ts';
import { refusedAnswerSays } from '../../findings/refused-answer.ts';
import { answerOf } from '../answer-of.ts';
import { marksSeen } from '../marks-seen.ts';
import { fail, field, pass, skip, type Check } from './check.ts';

/**
 * The type says that it is a stream: with any other a browser fails for good, while curl shows it as if all were well.
 */
export const contentType: Check = {
  id: 'content-type',
  needs: 'head',
  judge(seen, main) {
    const type = field(main, 'content-type');
    if (main.head?.statusCode !== 200) return skip('the status was not 200');
    if (main.refusal?.cause === 'content-type') {
      return fail(
        `${otherTypeSays([type])}${refusedAnswerSays(answerOf(main))}.`,
        { finding: 'not-event-stream', contentType: type },
        contentTypeAdvice(marksSeen(seen)),
      );
    }
    return pass(type, { contentType: type });
  },
};
