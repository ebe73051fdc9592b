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
  /** Milliseconds until the next message is due: longer while nobody watches. */
  periodMs: number;
  uptimeMs: number;
  memory: { rssBytes: number; heapUsedBytes: number };
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  published: {
    /** Events published in this life of the server. */
    total: number;
    /** The newest of those published since the figures before these, oldest first; none while nobody watches. */
    newest: PublishedLine[];
    /** Whether somebody has watched ever since the figures before these. */
    isWatched: boolean;
  };
}

/** An event as the page shows it; every text is cut. */
export interface PublishedLine {
  /** When it was published, as Unix time. */
  atMs: number;
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
  /** The defects that the server was started with. */
  faults: readonly FaultLine[];
  /** How many clients there are; `clients` are those in the worst state, the worst first. */
  connected: number;
  clients: ClientDescription[];
}

/** A defect that the server was started with: its name, and what is wrong in one line. */
export interface FaultLine {
  name: string;
  summary: string;
}
