import { CAUSES } from '../../core/causes.ts';
import { formatDuration } from '../../core/units.ts';
import { adviceOnLateRefusal } from '../../findings/late-refusal.ts';
import { adviceOnStatus } from '../../findings/refusal-advice.ts';
import { fail, field, pass, skip, warn, type Check } from './check.ts';

/**
 * 200 and nothing else: an EventSource fails for good on any other status and never comes back by itself (HTML
 * standard, 9.2.3), 204 tells it to stop. Network errors before the head are told here too.
 */
export const status: Check = {
  id: 'status',
  needs: 'nothing',
  judge({ endMs, main }) {
    if (main === null || main.askedMs === null) return skip('nothing could be asked');
    const { head, end, excerpt } = main;
    if (head === null) {
      if (end?.cause.startsWith('redirect') === true) return skip('redirected, and not to an answer');
      if (end !== null && end.cause !== 'closed-by-us') {
        return fail(
          `no answer: ${CAUSES[end.cause].says}${end.detail === '' ? '' : ` (${end.detail})`}`,
          { cause: end.cause, detail: end.detail },
          'Look at the log of the server and of what stands in front of it.',
        );
      }
      return fail(
        `no response head within ${formatDuration(endMs - main.askedMs)}`,
        { waitedMs: endMs - main.askedMs },
        'Send the head at once, before there is an event: `res.flushHeaders()` in Node, a first comment elsewhere.',
      );
    }
    const { statusCode } = head;
    const evidence = { status: statusCode, statusText: head.statusText, ...(excerpt === '' ? {} : { body: excerpt }) };
    if (statusCode === 200) return pass('200', evidence);
    if (statusCode === 204)
      return warn(
        '204: the server tells clients to stop',
        evidence,
        'Right when the stream is over for good; otherwise answer 200.',
      );
    return fail(
      `the answer was ${statusCode}${head.statusText === '' ? '' : ` ${head.statusText}`}`,
      { ...evidence, retryAfter: field(main, 'retry-after') },
      adviceOnLateRefusal(statusCode, (main.headMs ?? 0) - main.askedMs) + adviceOnStatus(statusCode),
    );
  },
};
