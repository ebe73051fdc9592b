import { METRIC_UNITS, type MetricUnit } from '../core/metric-units.ts';

/**
 * The names of everything that a threshold can hold a run to, each with its unit.
 *
 * Latencies, connects and so on are families: the same statistics of one distribution. The names are a
 * contract with scripts; what a run has measured under them is the caller's business.
 */

export { METRIC_UNITS, type MetricUnit };

export interface Metric {
  readonly unit: MetricUnit;
  /** What it is, for lists in help and documentation. */
  readonly says: string;
  /** It has no value before the run is over. */
  readonly atEnd: boolean;
}

/** The statistics that each family has. */
export const STATISTICS = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const;

/** Distributions of times; each has all the statistics. */
export const METRIC_FAMILIES = {
  latency: 'from when an event was due until a healthy client had it',
  'latency.sent': 'from when an event was sent until a healthy client had it',
  spread: 'from the first client to the last one for the same event',
  connect: 'time for the TCP connection',
  headers: 'time from the request to the complete response head',
  firstEvent: 'time from the attempt to connect to the first event',
  completion: 'time from the attempt to connect to the event that --until names',
  reconnect: 'time from losing a stream to having it again',
  silence: 'the longest gap between any two bytes, by client',
  heartbeat: 'time between two heartbeats',
  firstToken: 'time from the request to the first token (profile openai)',
  interToken: 'time between two tokens of an answer (profile openai)',
  initialize: 'time from a request for a session to its answer (profile mcp)',
  answer: 'time from the request to the end of an answer (profile openai)',
} as const;

const SINGLE: Readonly<Record<string, Omit<Metric, 'atEnd'>>> = {
  'events.received': { unit: 'count', says: 'events that clients received' },
  'events.lost': { unit: 'count', says: 'events that never came' },
  'events.duplicated': { unit: 'count', says: 'events that came twice' },
  'events.reordered': { unit: 'count', says: 'events that came out of order' },
  'events.malformed': { unit: 'count', says: 'lines of streams that no client can read' },
  'events.rate': { unit: 'perSecond', says: 'events received a second, all clients together' },
  'bytes.received': {
    unit: 'bytes',
    says: "bytes of the streams' bodies that clients read, decoded and without framing",
  },
  'bytes.rate': { unit: 'bytesPerSecond', says: 'the same a second, all clients together' },
  'clients.connected': { unit: 'count', says: 'clients that ever had a stream' },
  'clients.dropped': { unit: 'count', says: 'streams that ended though the client had done nothing wrong' },
  'clients.dropRate': { unit: 'ratio', says: 'dropped streams by streams opened' },
  'clients.refused': { unit: 'count', says: 'connections that were refused' },
  'clients.reconnects': { unit: 'count', says: 'times that clients came back' },
  'clients.rotated': { unit: 'count', says: 'streams that ended cleanly, announced or spread by the server' },
  'clients.completed': { unit: 'count', says: 'streams that came to the event that --until names' },
  'answers.completed': { unit: 'count', says: 'answers that came to their end (profile openai)' },
  'answers.failed': { unit: 'count', says: 'answers that ended in an error or without a token (profile openai)' },
  'sessions.opened': { unit: 'count', says: 'sessions that were opened (profile mcp)' },
  'sessions.refused': { unit: 'count', says: 'sessions that the server would not open (profile mcp)' },
  'sessions.expired': { unit: 'count', says: 'sessions that the server knew no more (profile mcp)' },
  'eviction.time.p50': { unit: 'ms', says: 'time until a client that reads nothing was removed, median' },
  'eviction.time.max': { unit: 'ms', says: 'time until a client that reads nothing was removed, longest' },
  'eviction.missed': { unit: 'count', says: 'clients that should have been removed and were not' },
  'eviction.false': { unit: 'count', says: 'clients that read and were removed all the same' },
  'server.rss.growth': { unit: 'bytesPerMinute', says: "growth of the server's memory" },
  'server.rss.peak': { unit: 'bytes', says: "the server's memory at its highest" },
  'server.rss.perClient': { unit: 'bytes', says: "the server's memory by client" },
  'server.rss.retained': { unit: 'bytes', says: "the server's memory after all clients left, above the baseline" },
  'server.clients.leaked': {
    unit: 'count',
    says: 'clients that the server counts after all left, above its count before the run',
  },
  'server.cpu': { unit: 'ratio', says: "the server's use of one core (200% is two cores)" },
  'generator.lag.p99': { unit: 'ms', says: "our own event loop's delay" },
  'generator.cpu': { unit: 'ratio', says: 'our own use of one core' },
};

/** Metrics and families that are closed, or looked at, when the load is over. */
const AT_END: ReadonlySet<string> = new Set([
  'spread',
  'silence',
  'eviction.false',
  'server.rss.retained',
  'server.clients.leaked',
  'server.cpu',
]);

/** By name. */
export const METRICS: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  ...Object.entries(METRIC_FAMILIES).flatMap(([family, says]) =>
    STATISTICS.map((statistic): [string, Metric] => [
      `${family}.${statistic}`,
      { unit: 'ms', says: `${says}, ${statistic}`, atEnd: AT_END.has(family) },
    ]),
  ),
  ...Object.entries(SINGLE).map(([name, metric]): [string, Metric] => [name, { ...metric, atEnd: AT_END.has(name) }]),
]);
