/**
 * What the server tells its page. Compiled for Node and for browsers, so it imports nothing of either, but types.
 *
 * Two kinds: `figures` are numbered and kept, so that a page that was away gets each of them once; `now` is
 * only good until the next one, and is not kept. Times are milliseconds, sizes bytes.
 */
import type { ClientDescription, ComponentState, HubStats } from '../../hub/stats.ts';

/** Event `figures`. */
export interface FiguresMessage extends HubStats {
  /** Identifies one life of the server; random for each. */
  lifeId: string;
  /** Number of the message; counts from 1 in each life. */
  n: number;
  /** Unix time; within a life it only ascends, also when the wall clock is set back. */
  atMs: number;
  /** Milliseconds until the next message is due. */
  periodMs: number;
  uptimeMs: number;
  memory: { rssBytes: number; heapUsedBytes: number };
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  /** Published since the figures before these: how many, and the newest of them, oldest first. */
  published: { count: number; newest: PublishedLine[] };
}

/** An event as the page shows it; every text is cut. */
export interface PublishedLine {
  id: string;
  event: string;
  data: string;
  dataBytes: number;
}

/** Event `now`. */
export interface NowMessage {
  lifeId: string;
  atMs: number;
  streamPath: string;
  draining: boolean;
  components: Record<string, ComponentState>;
  /** How many there are; `clients` are the ones with the most queued, then the oldest. */
  connected: number;
  clients: ClientDescription[];
}
