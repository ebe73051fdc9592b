/** Clients of which each is sent a stream of its own. */
import type { SequenceState } from './sequence-state.ts';

/** So many clients may be on their way to the head. */
const BEHIND_SHARE = 0.1;

/** Whether clients have never been where the others are, in such numbers that each connection counts for itself. */
export function areApart(states: Iterable<SequenceState>): boolean {
  let all = 0;
  let behind = 0;
  for (const { baseSeq, atHeadFrom, readsSlowly } of states) {
    if (baseSeq < 0 || readsSlowly) continue;
    all += 1;
    if (atHeadFrom < 0) behind += 1;
  }
  return behind > BEHIND_SHARE * all;
}
