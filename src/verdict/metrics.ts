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
  latency: 'time from when an event was due until a healthy client received it',
  'latency.sent': 'time from when an event was sent until a healthy client received it',
  spread: 'time between the first and the last client that received the same event',
  connect: 'time for the TCP connection',
  headers: 'time from the request to the complete response headers',
  firstEvent: 'time from the connection attempt to the first event',
  completion: 'time from the connection attempt to the event given with --until',
  reconnect: 'time from the end of a stream to its reopening',
  silence: 'longest time without a byte, per client',
  heartbeat: 'time between two heartbeats',
  firstToken: 'time from the request to the first token (profile openai)',
  interToken: 'time between two tokens of a response (profile openai)',
  initialize: 'time from the request for a session to its response (profile mcp)',
  answer: 'time from the request to the end of the response (profile openai)',
} as const;

const SINGLE: Readonly<Record<string, Omit<Metric, 'atEnd'>>> = {
  'events.received': { unit: 'count', says: 'events that clients received' },
  'events.lost': { unit: 'count', says: 'events that never arrived' },
  'events.duplicated': { unit: 'count', says: 'events that arrived twice' },
  'events.reordered': { unit: 'count', says: 'events that arrived out of order' },
  'events.malformed': { unit: 'count', says: 'lines of streams that are not valid' },
  'events.rate': { unit: 'perSecond', says: 'events received per second by all clients together' },
  'bytes.received': {
    unit: 'bytes',
    says: 'size of the response bodies that clients read, decoded and without framing',
  },
  'bytes.rate': { unit: 'bytesPerSecond', says: 'bytes received per second by all clients together' },
  'clients.connected': { unit: 'count', says: 'clients that opened a stream at least once' },
  'clients.dropped': { unit: 'count', says: 'streams that ended although the client was reading' },
  'clients.dropRate': { unit: 'ratio', says: 'share of the opened streams that were dropped' },
  'clients.refused': { unit: 'count', says: 'connection attempts that were refused or rejected' },
  'clients.reconnects': { unit: 'count', says: 'successful reconnections' },
  'clients.rotated': {
    unit: 'count',
    says: 'streams that the server ended as planned: announced, or at spread-out ages',
  },
  'clients.completed': { unit: 'count', says: 'streams that reached the event given with --until' },
  'answers.completed': { unit: 'count', says: 'responses that were complete (profile openai)' },
  'answers.failed': { unit: 'count', says: 'responses that ended in an error or without a token (profile openai)' },
  'sessions.opened': { unit: 'count', says: 'sessions that were opened (profile mcp)' },
  'sessions.refused': { unit: 'count', says: 'sessions that the server refused to open (profile mcp)' },
  'sessions.expired': { unit: 'count', says: 'sessions that the server no longer recognized (profile mcp)' },
  'eviction.time.p50': { unit: 'ms', says: 'median time until a client that reads nothing was evicted' },
  'eviction.time.max': { unit: 'ms', says: 'longest time until a client that reads nothing was evicted' },
  'eviction.missed': { unit: 'count', says: 'clients that read nothing and were not evicted' },
  'eviction.false': { unit: 'count', says: 'clients that were evicted although they were reading' },
  'server.rss.growth': { unit: 'bytesPerMinute', says: "growth of the server's memory per minute" },
  'server.rss.peak': { unit: 'bytes', says: 'highest memory of the server' },
  'server.rss.perClient': { unit: 'bytes', says: 'memory of the server per client' },
  'server.rss.retained': {
    unit: 'bytes',
    says: 'memory of the server after all clients disconnected, above the baseline',
  },
  'server.clients.leaked': {
    unit: 'count',
    says: 'clients that the server still counts after all disconnected, above its count before the run',
  },
  'server.cpu': { unit: 'ratio', says: 'CPU usage of the server (200% is two cores)' },
  'generator.lag.p99': { unit: 'ms', says: 'event loop delay of the load processes' },
  'generator.cpu': { unit: 'ratio', says: 'CPU usage of the load processes, in percent of one core' },
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
