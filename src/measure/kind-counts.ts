/**
 * What became of the clients of one kind: healthy, slow, stalled and the others (core/client-kinds.ts) are counted
 * apart, because a stream that a server ends is a fault for one kind and the right thing for another.
 *
 * The counts of load processes add up. `open` is how many streams there are now; all others only grow.
 */
import type { ClientKind } from '../core/client-kinds.ts';

const NONE = {
  planned: 0,
  /** Clients whose stream opened at least once. */
  connected: 0,
  /** Streams open now. */
  open: 0,
  /** Open streams that ended and not by our doing. */
  dropped: 0,
  /** The part of the dropped streams that were given up because nothing sound could be read any more. */
  unreadable: 0,
  /** Attempts that failed before the stream opened. */
  refused: 0,
  reconnects: 0,
};

export type KindCounts = typeof NONE;

/** The counts of each kind; they are made when a kind is first asked for. */
export interface CountsByKind {
  kind(kind: ClientKind): KindCounts;
}

export function noClients(): KindCounts {
  return { ...NONE };
}

/** Adds `theirs` to `ours`. */
export function addKindCounts(ours: KindCounts, theirs: Readonly<KindCounts>): void {
  for (const field of Object.keys(NONE) as (keyof KindCounts)[]) ours[field] += theirs[field];
}
