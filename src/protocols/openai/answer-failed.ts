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
        title: `None of ${counted(answerStrangers, 'event')} was part of a response of a language model.`,
        evidence: { events: answerStrangers },
        hint: 'Give the URL of the API, such as /v1/chat/completions; for a feed remove --profile.',
      };
    }
    if (answersFailed === 0) return null;
    const [error] = [...answerErrors.keys()].toSorted();
    return {
      title: `${counted(answersFailed, 'response')} of ${answers + answersFailed} ended in an error or without a token${error === undefined ? '' : `, such as ${error}`}.`,
      evidence: { failed: answersFailed, complete: answers, ...(error === undefined ? {} : { error }) },
      hint: 'Check the log of the model server for a full queue, a lack of memory, or a time limit. Send one such request with sse-probe probe --profile openai, which shows the error.',
    };
  },
};
