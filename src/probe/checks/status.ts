import { CAUSES } from '../../core/causes.ts';
import { adviceOnLateRefusal } from '../../findings/late-refusal.ts';
import { noHeadSays } from '../../findings/no-head.ts';
import { adviceOnCause, adviceOnStatus } from '../../findings/refusal-advice.ts';
import { refusedAnswerSays } from '../../findings/refused-answer.ts';
import { answerOf } from '../answer-of.ts';
import { fail, pass, skip, warn, type Check } from './check.ts';
import { secondClient } from './second-client.ts';

/**
 * 200 and nothing else: an EventSource fails for good on any other status and never comes back by itself (HTML
 * standard, 9.2.3), 204 tells it to stop. Network errors before the head are told here too.
 */
export const status: Check = {
  id: 'status',
  needs: 'nothing',
  judge(seen) {
    const { endMs, main } = seen;
    if (main === null || main.askedMs === null) return skip('no request was sent');
    const { head, end, excerpt } = main;
    if (head === null) {
      if (end?.cause.startsWith('redirect') === true) return skip('redirected, but there was no response');
      if (end !== null && end.cause !== 'closed-by-us') {
        return fail(
          `no response: ${CAUSES[end.cause].says}${end.detail === '' ? '' : ` (${end.detail})`}`,
          { cause: end.cause, detail: end.detail },
          adviceOnCause(end.cause, { detail: end.detail }) ||
            'Check the logs of the server and of the proxies in front of it.',
        );
      }
      return fail(
        noHeadSays(endMs - main.askedMs),
        { finding: 'connect-refused', waitedMs: endMs - main.askedMs },
        adviceOnCause('headers-timeout'),
      );
    }
    const { statusCode } = head;
    const evidence = { status: statusCode, statusText: head.statusText, ...(excerpt === '' ? {} : { body: excerpt }) };
    if (statusCode === 200) return secondClient(seen, main) ?? pass('200', evidence);
    if (statusCode === 204)
      return warn(
        '204: the server tells clients to stop',
        evidence,
        'Correct if the stream has ended permanently; otherwise respond with 200.',
      );
    const answer = answerOf(main);
    const waitedMs = (main.headMs ?? 0) - main.askedMs;
    return fail(
      `the status was ${statusCode}${head.statusText === '' ? '' : ` ${head.statusText}`}${refusedAnswerSays(answer)}`,
      { ...evidence, retryAfter: answer.retryAfter, challenge: answer.challenge },
      adviceOnLateRefusal(statusCode, { attempts: 1, shortestMs: waitedMs, longestMs: waitedMs }) +
        adviceOnStatus(statusCode),
    );
  },
};
