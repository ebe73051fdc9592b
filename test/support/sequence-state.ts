import type { SequenceState } from '../../src/accounts/sequence-state.ts';
import { UNAFFECTED } from '../../src/measure/defects.ts';

/** The account of a client that has heard nothing. */
export function newSequenceState(): SequenceState {
  return {
    baseSeq: -1,
    lastSeq: -1,
    seenMask: 0,
    resumeMask: 0,
    inResume: false,
    atHeadFrom: -1,
    returnHead: -1,
    replayMs: -1,
    hadSeq: -1,
    replayedFrom: -1,
    behindBeat: false,
    readsSlowly: false,
    ...UNAFFECTED,
  };
}
