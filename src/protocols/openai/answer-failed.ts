import { counted } from '../../core/units.ts';
import type { DetectorOf } from '../../findings/finding.ts';

/** The part of the record of a run that says what became of its answers. */
export interface AnswersSeen {
  summary: {
    counts: Readonly<Record<'answers' | 'answersFailed' | 'tokens' | 'answerStrangers', number>>;
    answerErrors: ReadonlyMap<string, number>;
  };
}

/**
 * An answer of a language model ended in an error, or without a token. An answer that broke off is a dropped client.
 */
export const answerFailed: DetectorOf<AnswersSeen> = {
  id: 'answer-failed',
  detect({ summary: { counts, answerErrors } }) {
    const { answers, answersFailed, tokens, answerStrangers } = counts;
    if (answers + answersFailed + tokens === 0 && answerStrangers > 0) {
      return {
        title: `None of ${counted(answerStrangers, 'event')} was part of an answer of a language model.`,
        evidence: { events: answerStrangers },
        hint: 'Give the URL of the API itself, such as /v1/chat/completions; for a feed leave --profile out.',
      };
    }
    if (answersFailed === 0) return null;
    const [error] = [...answerErrors.keys()].toSorted();
    return {
      title: `${counted(answersFailed, 'answer')} of ${answers + answersFailed} ended in an error or without a token${error === undefined ? '' : `, as with ${error}`}.`,
      evidence: { failed: answersFailed, complete: answers, ...(error === undefined ? {} : { error }) },
      hint: 'Look at the log of the model server: a queue that is full, memory that ran out, a time limit. Ask one such question with sse-probe probe --profile openai: it shows the error.',
    };
  },
};
