/**
 * Which way of a metric is the better one, for what holds two runs against each other. Neutral is what the plan or the
 * load tool decides and not the server, and what is one sample of a tail, such as the longest of all times.
 */
import { type METRIC_FAMILIES, METRICS } from './metrics.ts';

export type Direction = 'lower' | 'higher' | 'neutral';

/** The direction of all metrics of a family but its maximum, which is neutral. */
const OF_FAMILIES: Readonly<Record<keyof typeof METRIC_FAMILIES, Direction>> = {
  latency: 'lower',
  'latency.sent': 'lower',
  spread: 'lower',
  connect: 'lower',
  headers: 'lower',
  firstEvent: 'lower',
  completion: 'lower',
  reconnect: 'lower',
  // The longest of each client, and mostly the same moment for all of them: one sample.
  silence: 'neutral',
  // A shorter period is another configuration; heartbeats that are late or missing are findings.
  heartbeat: 'neutral',
  firstToken: 'lower',
  interToken: 'lower',
  initialize: 'lower',
  answer: 'lower',
};

const OF_SINGLE: Readonly<Record<string, Direction>> = {
  // It follows from the rate and the duration.
  'events.received': 'neutral',
  'events.lost': 'lower',
  'events.duplicated': 'lower',
  'events.reordered': 'lower',
  'events.malformed': 'lower',
  'events.rate': 'higher',
  'bytes.received': 'neutral',
  'bytes.rate': 'neutral',
  'clients.connected': 'higher',
  'clients.dropped': 'lower',
  // It follows from the streams that were dropped, and of few streams each is a lot.
  'clients.dropRate': 'neutral',
  'clients.refused': 'lower',
  'clients.reconnects': 'neutral',
  'clients.rotated': 'neutral',
  'clients.completed': 'higher',
  'answers.completed': 'higher',
  'answers.failed': 'lower',
  'sessions.opened': 'neutral',
  'sessions.refused': 'lower',
  'sessions.expired': 'lower',
  'eviction.time.p50': 'lower',
  'eviction.time.max': 'neutral',
  'eviction.missed': 'lower',
  'eviction.false': 'lower',
  'server.rss.growth': 'lower',
  'server.rss.peak': 'lower',
  'server.rss.perClient': 'lower',
  'server.rss.retained': 'lower',
  'server.clients.leaked': 'lower',
  'server.cpu': 'lower',
  'generator.lag.p99': 'neutral',
  'generator.cpu': 'neutral',
};

/** By the name of the metric, in the order of the metrics. */
export const METRIC_DIRECTIONS: ReadonlyMap<string, Direction> = new Map(
  [...METRICS.keys()].map((name): [string, Direction] => [name, OF_SINGLE[name] ?? ofFamily(name)]),
);

function ofFamily(name: string): Direction {
  const dot = name.lastIndexOf('.');
  if (name.endsWith('.max')) return 'neutral';
  return OF_FAMILIES[name.slice(0, dot) as keyof typeof METRIC_FAMILIES] ?? 'neutral';
}
