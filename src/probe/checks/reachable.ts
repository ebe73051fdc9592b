import { CAUSES } from '../../core/causes.ts';
import { formatDuration } from '../../core/units.ts';
import { adviceOnCause } from '../../findings/refusal-advice.ts';
import type { StreamEnd } from '../listening.ts';
import { type Check, fail, type Judged, pass, skip } from './check.ts';

/**
 * Does anybody listen there? Before all else: a server that cannot be reached has no other property. Judged by the
 * first connection; the certificate is another check's.
 */
export const reachable: Check = {
  id: 'reachable',
  needs: 'nothing',
  judge({ contact, main, endMs, plan }) {
    const connected = contact.connectMs !== null || (main?.askedMs !== null && main !== null);
    const failure = contact.failure ?? main?.end ?? null;
    const { addresses } = contact;
    if (connected) {
      const tookMs = contact.connectMs ?? (main?.askedMs ?? 0) - (main?.startedMs ?? 0);
      return pass(`connected in ${formatDuration(tookMs)}`, { addresses, connectMs: tookMs });
    }
    if (failure === null && plan.profile !== 'sse')
      return skip('the profile opened no stream: see completion', { addresses });
    return unreached(failure, addresses, endMs);
  },
};

function unreached(
  failure: Pick<StreamEnd, 'cause' | 'detail'> | null,
  addresses: readonly string[],
  waitedMs: number,
): Judged {
  const cause = failure === null || failure.cause === 'closed-by-us' ? 'connect-timeout' : failure.cause;
  const detail = failure?.detail ?? '';
  return fail(
    `${CAUSES[cause].says}${detail === '' ? '' : `: ${detail}`}`,
    { cause, detail, addresses, waitedMs },
    adviceOnCause(cause, { detail }),
  );
}
