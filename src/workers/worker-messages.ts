/** What a coordinator and a worker say to each other about one shard. */
import type { FromShard, ToShard } from '../soak/load/shard-messages.ts';

/** Messages to a worker about a shard, beside those to the load process. */
export type ToWorker = ToShard | { type: 'stop' };

/** Messages of a worker about a shard, beside those of the load process. */
export type FromWorker =
  | FromShard
  /** Its clock, held against that of the run, and the most that this is off by. */
  | { type: 'clock'; aheadMs: number; errorMs: number }
  /** There is no load process any more, for this reason. */
  | { type: 'gone'; reason: string };
