/** What the accounts keep of one client: flat fields of its own object, since there are tens of thousands. */
import type { Affected } from '../measure/defects.ts';
import { forgetReturn, type ReturnState } from './returned.ts';

export interface SequenceState extends ReturnState, Affected {
  /** The first number seen; -1 before any. */
  baseSeq: number;
  lastSeq: number;
  /** Bit i: lastSeq - 1 - i was seen. */
  seenMask: number;
  /** Bit i: lastSeq - 1 - i was missed behind a Last-Event-ID. */
  resumeMask: number;
  /** The number with which the account was at the head for the first time; -1 before. */
  atHeadFrom: number;
  /** The client takes its events slowly. */
  readsSlowly: boolean;
}

/** The account ends; the next event begins another. */
export function forget(state: SequenceState): void {
  state.baseSeq = -1;
  state.lastSeq = -1;
  state.seenMask = 0;
  state.resumeMask = 0;
  state.atHeadFrom = -1;
  forgetReturn(state);
}
