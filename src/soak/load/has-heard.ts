/** Whether a client has heard all that it could: what comes late is on its way when what came after it is there. */
import type { Subscription } from '../../client/subscription.ts';

/** So many numbers before the last one are looked at. */
const LATEST = 8;
const ALL_SEEN = (1 << LATEST) - 1;

/** True also of clients that are not held to it: only healthy ones with an open stream are. */
export function hasHeard({ behaviour, state, baseSeq, lastSeq, seenMask }: Subscription, seq: number): boolean {
  if (behaviour.kind !== 'healthy' || state !== 'open') return true;
  if (lastSeq < seq) return false;
  return lastSeq - baseSeq < LATEST || (seenMask & ALL_SEEN) === ALL_SEEN;
}
