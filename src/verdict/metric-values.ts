/**
 * What a run has measured under each metric's name; null where it has no sample.
 */
import { isOrderJudged, sequenceOf } from '../accounts/sequence.ts';
import type { Percentiles, TimeHistogram } from '../measure/histogram.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { JudgedRun } from './judged-run.ts';
import { leftClients } from '../memory/client-count.ts';
import { peakRssBytes, type ServerRecord } from '../memory/server-memory.ts';
import type { TimeName } from '../record/summary.ts';

/** The histogram behind each family of metrics. */
const FAMILIES: ReadonlyMap<string, TimeName> = new Map([
  ['latency', 'latency'],
  ['latency.sent', 'latencySent'],
  ['spread', 'spread'],
  ['connect', 'connect'],
  ['headers', 'headers'],
  ['firstEvent', 'firstEvent'],
  ['completion', 'completion'],
  ['reconnect', 'reconnect'],
  ['silence', 'silence'],
  ['heartbeat', 'heartbeatInterval'],
  ['firstToken', 'firstToken'],
  ['interToken', 'interToken'],
  ['answer', 'answer'],
  ['initialize', 'initialize'],
  ['eviction.time', 'evictionTime'],
]);

const SINGLE: Readonly<Record<string, (run: JudgedRun) => number | null>> = {
  'events.received': ({ summary }) => summary.counts.events,
  'events.lost': (record) => accounted(record, record.summary.counts.lost + record.summary.counts.resumeLost),
  'events.duplicated': (record) =>
    accounted(record, record.summary.counts.duplicated + record.summary.counts.resumeDuplicated),
  'events.reordered': ({ summary }) =>
    isOrderJudged(sequenceOf(summary)?.method ?? 'none', summary.counts) ? summary.counts.reordered : null,
  'events.malformed': ({ summary }) =>
    summary.counts.events + summary.counts.malformed > 0 ? summary.counts.malformed : null,
  'events.rate': ({ eventsPerSecond }) => eventsPerSecond,
  'bytes.received': ({ summary }) => summary.counts.bytes,
  'bytes.rate': ({ bytesPerSecond }) => bytesPerSecond,
  'clients.connected': ({ summary }) => summary.total('connected'),
  'clients.dropped': (record) => ofStreams(record, record.summary.total('dropped')),
  'clients.dropRate': (record) =>
    ofStreams(
      record,
      record.summary.total('dropped') / (record.summary.total('connected') + record.summary.total('reconnects')),
    ),
  'clients.refused': ({ summary }) => summary.total('refused'),
  'clients.reconnects': (record) => ofStreams(record, record.summary.total('reconnects')),
  'clients.rotated': (record) => ofStreams(record, record.summary.counts.rotated),
  'clients.completed': (record) => (record.until === null ? null : ofStreams(record, record.summary.counts.completed)),
  'answers.completed': ({ summary: { counts } }) => (counts.answers + counts.answersFailed > 0 ? counts.answers : null),
  'answers.failed': ({ summary: { counts } }) =>
    counts.answers + counts.answersFailed > 0 ? counts.answersFailed : null,
  'sessions.opened': ({ summary: { counts } }) =>
    counts.sessions + counts.sessionsRefused > 0 ? counts.sessions : null,
  'sessions.refused': ({ summary: { counts } }) =>
    counts.sessions + counts.sessionsRefused > 0 ? counts.sessionsRefused : null,
  'sessions.expired': ({ summary: { counts } }) => (counts.sessions > 0 ? counts.sessionsExpired : null),
  'eviction.missed': ({ summary: { counts } }) =>
    counts.evictionsSeen + counts.evictionsMissed > 0 ? counts.evictionsMissed : null,
  'eviction.false': ({ server, summary }) => {
    const evicted = server.end?.evicted ?? null;
    // Who was removed too late was stalled all the same: no more than were dropped can have been reading.
    return evicted === null
      ? null
      : Math.min(Math.max(0, evicted - summary.counts.evictionsSeen), summary.total('dropped'));
  },
  'server.rss.growth': ({ growth }) => growth.bytesPerMinute,
  'server.rss.peak': ({ server }) => peakRssBytes(server),
  'server.rss.perClient': (record) => {
    const peak = peakRssBytes(record.server);
    const baseline = record.server.baseline?.rssBytes ?? null;
    return peak === null || baseline === null || record.peakClients === 0
      ? null
      : (peak - baseline) / record.peakClients;
  },
  'server.rss.retained': ({ server }) => difference(server.settled?.rssBytes, server.baseline?.rssBytes),
  'server.clients.leaked': ({ server }) => leftClients(server)?.left ?? null,
  'server.cpu': ({ server }) => serverCpu(server),
  'generator.lag.p99': ({ generator }) => generator.eventLoopDelayMs.p99,
  'generator.cpu': ({ generator }) => generator.cpu,
};

export function metricValue(run: JudgedRun, metric: string): number | null {
  const single = SINGLE[metric];
  if (single !== undefined) return single(run);
  const dot = metric.lastIndexOf('.');
  const family = FAMILIES.get(metric.slice(0, dot));
  return family === undefined ? null : statistic(run.summary.times[family], metric.slice(dot + 1));
}

function statistic(times: TimeHistogram, name: string): number | null {
  return times.count === 0 ? null : (times.percentiles()[name as keyof Percentiles] ?? null);
}

/** The server's use of one core under load; null where nobody tells it. */
export function serverCpu({ baseline, end }: ServerRecord): number | null {
  const seconds = difference(end?.cpuSeconds, baseline?.cpuSeconds);
  const elapsedMs = difference(end?.tMs, baseline?.tMs);
  // A restarted process counts from zero.
  return seconds === null || seconds < 0 || elapsedMs === null || elapsedMs <= 0 ? null : (seconds * 1000) / elapsedMs;
}

/** Null where there was no stream to count anything of. */
function ofStreams({ summary }: RunRecord, figure: number): number | null {
  return summary.total('connected') === 0 ? null : figure;
}

/** Without sequence numbers nobody knows what was lost. */
function accounted({ summary }: RunRecord, count: number): number | null {
  return summary.counts.eventsWithSeq === 0 ? null : count;
}

function difference(after: number | null | undefined, before: number | null | undefined): number | null {
  return typeof after === 'number' && typeof before === 'number' ? after - before : null;
}
