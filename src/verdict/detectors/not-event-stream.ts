import { counted } from '../../core/units.ts';
import { redactUrl } from '../../core/redact.ts';
import { answerOfKind, refusedAnswerSays } from '../../findings/refused-answer.ts';
import { otherTypeSays } from '../../findings/other-type.ts';
import { contentTypeAdvice } from '../../findings/language-advice.ts';
import { marksOf } from '../server-marks.ts';
import type { Detector } from '../finding.ts';

/** More types are not named: a server may choose another for each answer. */
const SHOWN = 3;

/** The answer is something else than `text/event-stream`: a browser fails for good (HTML standard, 9.2.3). */
export const notEventStream: Detector = {
  id: 'not-event-stream',
  detect(record) {
    const { summary, target } = record;
    const refusals = [...summary.refusalsByCause].filter(([cause]) => cause.startsWith('content-type'));
    const attempts = refusals.reduce((sum, [, count]) => sum + count, 0);
    if (attempts === 0) return null;
    const contentTypes = refusals.map(([cause]) => cause.slice('content-type: '.length) || 'other types');
    const answer = answerOfKind(summary.refusedAnswers.keys(), refusals[0]?.[0] ?? '');
    const says = answer === null ? '' : refusedAnswerSays(answer);
    const more = contentTypes.length > SHOWN ? ' and others' : '';
    return {
      title: `${otherTypeSays(contentTypes.slice(0, SHOWN))}${more} (${counted(attempts, 'attempt')})${says}.`,
      evidence: { attempts, contentTypes, url: redactUrl(target.url) },
      hint: contentTypeAdvice(marksOf(record)),
    };
  },
};
