/** How a server kept its promises, and what its process looked like, as the JSON report has it. */
import {
  peakRssBytes,
  restartsMs,
  type ServerOrigin,
  type ServerSample,
  type WatchedProcess,
} from '../../memory/server-memory.ts';
import type { Growth, TrendLine } from '../../memory/trend.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { serverCpu } from '../../verdict/metric-values.ts';
import { rounded } from '../../core/units.ts';
import { roundedFigures } from './rounded-figures.ts';
import { type Times, timesOf } from './times.ts';

/** The heartbeats of all streams. */
export interface HeartbeatReport {
  /** Heartbeats that clients received. */
  count: number;
  /** Heartbeats that came later than the promised period allows. */
  late: number;
  /** Streams on which other bytes came and heartbeats did not. */
  missing: number;
  /** The period that the server promises, in milliseconds; null where it promises none. */
  expectedMs: number | null;
  /**
   * The longest silence that the server was allowed, in milliseconds; null where its promised period was the measure.
   */
  withinMs: number | null;
  /** Between two heartbeats of one stream. */
  intervalMs: Times;
}

export function heartbeatReport({ summary: { counts, times }, expectations }: RunRecord): HeartbeatReport {
  return {
    count: counts.heartbeats,
    late: counts.heartbeatsLate,
    missing: counts.heartbeatsMissing,
    expectedMs: expectations.heartbeatMs,
    withinMs: expectations.heartbeatWithinMs,
    intervalMs: timesOf(times.heartbeatInterval),
  };
}

/** The removal of clients that read nothing. */
export interface EvictionReport {
  /** Clients that the server had to remove. */
  expected: number;
  /** Clients that it removed in time. */
  evicted: number;
  /** Clients that it should have removed and did not. */
  missed: number;
  /** Clients of which it could not be told, since the server could not know of them. */
  notMeasured: number;
  /** The time that the server was allowed, in milliseconds. */
  withinMs: number;
  /**
   * Most bytes that the kernels took for a stalled client before the server could know; null where it never came to
   * that.
   */
  swallowedBytes: number | null;
  /** From when the server could know of a client that reads nothing until it removed that client. */
  timeMs: Times;
}

export function evictionReport({
  summary: { counts, times },
  expectations,
  swallowedBytes,
}: RunRecord): EvictionReport {
  return {
    expected: counts.evictionsExpected,
    evicted: counts.evictionsSeen,
    missed: counts.evictionsMissed,
    notMeasured: counts.evictionsUnknown,
    withinMs: rounded(expectations.evictWithinMs),
    swallowedBytes: swallowedBytes > 0 ? swallowedBytes : null,
    timeMs: timesOf(times.evictionTime),
  };
}

/** The growth of the server's memory under load. */
export interface GrowthReport {
  /** Bytes per minute; null where there was too little to compute it. */
  bytesPerMinute: number | null;
  /** Lower bound of the 99 % interval, in bytes per minute; null with `bytesPerMinute`. */
  low: number | null;
  /** Upper bound of the 99 % interval, in bytes per minute; null with `bytesPerMinute`. */
  high: number | null;
  /**
   * The straight line that was fitted: when it begins and ends, and a point that it goes through, in milliseconds since
   * the load began and in bytes. Null with `bytesPerMinute`.
   */
  line: TrendLine | null;
  /** Whether that is a leak: `fail` is one, `inconclusive` was too short or too noisy to tell. */
  verdict: Growth['verdict'];
}

/** The local process whose memory is read. */
export interface ProcessReport {
  /** Its number; with several that listen there, that of the oldest. */
  pid: number;
  /** Its name. */
  name: string;
  /** Processes that were counted in when it was found: itself, what it started, and others that listen there. */
  processes: number;
  /** Whether it was found by the port on which it listens; else `--server-pid` named it. */
  found: boolean;
  /** The address and port on which it was found listening; null where it was named. */
  listensOn: string | null;
  /** Whether it is known by its name to be a proxy: then its memory is shown and not judged. */
  proxy: boolean;
}

/** The process of the server, as far as it could be looked into. */
export interface ServerReport {
  /** Where the figures come from: `embedded` (the server of the run's own), `pid`, `metrics`, or `none`. */
  source: ServerOrigin['source'];
  /** What `rssBytes` is: `rss`, `pss` (without pages of files), or what the `metric` counts; null without a source. */
  memory: ServerOrigin['memory'];
  /** The local process whose memory it is; null where it is no local process that was named or found. */
  process: ProcessReport | null;
  /** Why nobody looks at the memory of a server on this machine, as a part of a sentence; null elsewhere. */
  unread: string | null;
  /** Restarts of the server that were seen while clients were there. */
  restarts: number;
  /** When each of the first 100 of them was seen, in milliseconds since the load began. */
  restartsMs: number[];
  /** Why the server went away during the run, as a sentence; null while it lives. */
  down: string | null;
  /** Memory of all processes of the server. */
  rssBytes: {
    /** Before any client came, in bytes; null where it was not read. */
    baseline: number | null;
    /** The highest that was seen, in bytes; null where it was not read. */
    peak: number | null;
    /** When the load ended, before the clients left, in bytes; null where it was not read. */
    end: number | null;
    /** After all clients had left, in bytes; null where it was not read. */
    settled: number | null;
  };
  /** The used part of the heap. */
  heapUsedBytes: {
    /** Before any client came, in bytes; null where the source does not tell. */
    baseline: number | null;
    /** When the load ended, before the clients left, in bytes; null where the source does not tell. */
    end: number | null;
    /** After all clients had left, in bytes; null where the source does not tell. */
    settled: number | null;
  };
  /** The growth of `rssBytes` under load. */
  growth: GrowthReport;
  /** The server's use of one core under load: 2 is two cores; null where its source does not tell. */
  cpu: number | null;
  /** Bytes that waited for clients when the load ended; null where the server does not tell. */
  queuedBytesAtEnd: number | null;
  /** Clients that the server had removed until the load ended; null where it does not tell. */
  evicted: number | null;
  /** Clients that the server counted before the run; null where it does not tell. */
  clientsBefore: number | null;
  /** Clients that the server still counted after all had left; null where it does not tell. */
  clientsAfter: number | null;
}

const MOST_RESTARTS = 100;

export function serverReport(record: RunRecord, growth: Growth): ServerReport {
  const { source, memory, process: watched, unread, baseline, end, settled, down } = record.server;
  const restarts = restartsMs(record.server);
  const { limitBytesPerMinute: _limit, ...shownGrowth } = growth;
  return {
    source,
    memory,
    process: processReport(watched),
    unread: unread?.why ?? null,
    restarts: restarts.length,
    restartsMs: restarts.slice(0, MOST_RESTARTS).map((tMs) => rounded(tMs)),
    down,
    rssBytes: {
      baseline: figureOf(baseline, 'rssBytes'),
      peak: peakRssBytes(record.server),
      end: figureOf(end, 'rssBytes'),
      settled: figureOf(settled, 'rssBytes'),
    },
    heapUsedBytes: {
      baseline: figureOf(baseline, 'heapUsedBytes'),
      end: figureOf(end, 'heapUsedBytes'),
      settled: figureOf(settled, 'heapUsedBytes'),
    },
    growth: { ...roundedFigures(shownGrowth), line: growth.line === null ? null : roundedFigures(growth.line) },
    cpu: rounded(serverCpu(record.server)),
    queuedBytesAtEnd: end?.queuedBytes ?? null,
    evicted: end?.evicted ?? null,
    clientsBefore: record.server.clientCount?.before ?? null,
    clientsAfter: settled?.clients ?? null,
  };
}

function figureOf(sample: ServerSample | null, figure: 'rssBytes' | 'heapUsedBytes'): number | null {
  return sample?.[figure] ?? null;
}

function processReport(watched: WatchedProcess | null): ProcessReport | null {
  if (watched === null) return null;
  const { pid, name, processes, listensOn, isProxy } = watched;
  return { pid, name, processes, found: listensOn !== null, listensOn, proxy: isProxy };
}
