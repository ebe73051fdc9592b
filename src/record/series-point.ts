/**
 * The run over time: a point for each second. A long run keeps fewer points than it had seconds; then those that follow
 * each other are joined, so that what happened in each of them is still counted.
 */
import type { Cause } from '../core/causes.ts';
import type { ClientKind } from '../core/client-kinds.ts';

/** Dropped streams by their causes; only causes that occurred. */
export type DropsByCause = Readonly<Partial<Record<Cause, number>>>;

/** How many streams of each kind of client were open. */
export interface OpenByKind {
  /** Open streams of healthy clients. */
  openHealthy: number;
  /** Open streams of slow clients. */
  openSlow: number;
  /** Open streams of stalled clients. */
  openStalled: number;
  /** Open streams of vanished clients, as the load tool has them. */
  openVanished: number;
  /** Open streams of abrupt clients. */
  openAbrupt: number;
  /** Open streams of resuming clients. */
  openResuming: number;
}

/**
 * One second of the run; in a run of more than two hours the time since the point before, which is the same number of
 * seconds for all points.
 */
export interface SeriesPoint extends OpenByKind {
  /** When it was, in milliseconds since the run began. */
  tMs: number;
  /** Streams that were open. */
  clients: number;
  /** Events that clients received since the point before. */
  events: number;
  /** Median latency of this second, in milliseconds; null where no event with a time came. Of several seconds the highest. */
  latencyP50Ms: number | null;
  /** 99th percentile of the latency of this second, in milliseconds; null where no event with a time came. As above. */
  latencyP99Ms: number | null;
  /** Memory of the server, in bytes; null where it was not read. */
  rssBytes: number | null;
  /** Streams that ended since the point before and not by the client's doing. */
  drops: number;
  /** The same streams by the cause of their end, only causes that occurred; absent where no stream was dropped. */
  dropsByCause?: DropsByCause | undefined;
  /** Clients that the server had to remove and did remove, counted from the start of the run. */
  evictions: number;
  /** 90th percentile of the latency of this second, in milliseconds; null as above. */
  latencyP90Ms: number | null;
  /** Longest latency of this second, in milliseconds; null as above. */
  latencyMaxMs: number | null;
  /** Streams that opened since the point before, and not as the first one of their client. */
  reconnects: number;
  /** Attempts since the point before that failed before the stream opened. */
  refused: number;
  /** Heartbeats that healthy clients received since the point before. */
  heartbeats: number;
  /** Mean time between two heartbeats of one stream, in milliseconds; null where none came behind another. */
  heartbeatMeanMs: number | null;
  /** Longest time between two heartbeats of one stream, in milliseconds; null as above. */
  heartbeatMaxMs: number | null;
  /** Longest delay of the load tool's own event loop, in milliseconds, in the worst of its processes. */
  loadDelayMs: number;
  /** Clients that were on their way to a stream. */
  connecting: number;
  /** Clients that waited until they might come back. */
  waiting: number;
  /** Clients that the server counts; null where it does not tell. */
  serverClients: number | null;
  /** Clients that do not take what the server writes to them, as it counts them; null where it does not tell. */
  serverBlocked: number | null;
  /** Bytes that wait in the server for its clients; null where it does not tell. */
  queuedBytes: number | null;
  /** The used part of the server's heap, in bytes; null where it does not tell. */
  heapUsedBytes: number | null;
}

/** The open streams by these names. */
export function openByKind(openOf: (kind: ClientKind) => number): OpenByKind {
  return {
    openHealthy: openOf('healthy'),
    openSlow: openOf('slow'),
    openStalled: openOf('stalled'),
    openVanished: openOf('vanished'),
    openAbrupt: openOf('abrupt'),
    openResuming: openOf('resuming'),
  };
}

/** Two points that follow each other as one: what is counted is added up, of times the longest stays. */
export function joinPoints(earlier: SeriesPoint, later: SeriesPoint): SeriesPoint {
  return {
    ...later,
    ...causesOf(addDrops(earlier.dropsByCause, later.dropsByCause)),
    tMs: Math.max(earlier.tMs, later.tMs),
    events: earlier.events + later.events,
    latencyP50Ms: longest(earlier.latencyP50Ms, later.latencyP50Ms),
    latencyP90Ms: longest(earlier.latencyP90Ms, later.latencyP90Ms),
    latencyP99Ms: longest(earlier.latencyP99Ms, later.latencyP99Ms),
    latencyMaxMs: longest(earlier.latencyMaxMs, later.latencyMaxMs),
    rssBytes: later.rssBytes ?? earlier.rssBytes,
    drops: earlier.drops + later.drops,
    evictions: Math.max(earlier.evictions, later.evictions),
    reconnects: earlier.reconnects + later.reconnects,
    refused: earlier.refused + later.refused,
    heartbeats: earlier.heartbeats + later.heartbeats,
    heartbeatMeanMs: meanOf(earlier, later),
    heartbeatMaxMs: longest(earlier.heartbeatMaxMs, later.heartbeatMaxMs),
    loadDelayMs: Math.max(earlier.loadDelayMs, later.loadDelayMs),
    serverClients: later.serverClients ?? earlier.serverClients,
    serverBlocked: later.serverBlocked ?? earlier.serverBlocked,
    queuedBytes: longest(earlier.queuedBytes, later.queuedBytes),
    heapUsedBytes: later.heapUsedBytes ?? earlier.heapUsedBytes,
  };
}

/** Two counts of drops by cause as one; undefined where neither has any. */
export function addDrops(one: DropsByCause | undefined, other: DropsByCause | undefined): DropsByCause | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const sums = { ...one };
  for (const [name, count] of Object.entries(other)) {
    const cause = name as Cause;
    sums[cause] = (sums[cause] ?? 0) + count;
  }
  return sums;
}

/** What a point carries of them: nothing where there were none. */
export function causesOf(dropsByCause: DropsByCause | undefined): Pick<SeriesPoint, 'dropsByCause'> {
  return dropsByCause === undefined ? {} : { dropsByCause };
}

function longest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/** By how many heartbeats each had. */
function meanOf(one: SeriesPoint, other: SeriesPoint): number | null {
  if (one.heartbeatMeanMs === null || other.heartbeatMeanMs === null)
    return one.heartbeatMeanMs ?? other.heartbeatMeanMs;
  const count = one.heartbeats + other.heartbeats;
  return (one.heartbeatMeanMs * one.heartbeats + other.heartbeatMeanMs * other.heartbeats) / count;
}
