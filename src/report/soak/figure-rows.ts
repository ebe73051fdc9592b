/**
 * The figures of a run as labelled lines of the summary: who came, who left, what arrived, and what it cost. Times are in
 * the table below them (`times-table.ts`); here stands why there are none.
 */
import { CLIENT_KINDS } from '../../core/client-kinds.ts';
import { printable } from '../../core/printable.ts';
import { counted, formatBytes, formatCount, formatDuration, formatRate } from '../../core/units.ts';
import { fieldsOf, fieldsText } from '../../accounts/found-fields.ts';
import { clockSkewMs } from '../../accounts/clock-skew.ts';
import type { LoadWorker } from '../../record/load-worker.ts';
import { markerText } from '../../core/stream-marker.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import { isOrderJudged, sequenceOf } from '../../accounts/sequence.ts';
import { serverText } from './server-text.ts';
import type { SoakResult } from './soak-result.ts';

/** How lost events are recognised. */
const JUDGED_BY = { pointer: 'by their numbers', ids: 'by their ids', comparison: 'by comparing clients' } as const;

/** Each figure with its label; what was not measured says so. */
export function figureRows({ record, verdict, plan }: SoakResult): [string, string][] {
  const { summary, server, generator } = record;
  const { counts } = summary;
  // In the order of the documentation, not in that in which they came.
  const kinds = CLIENT_KINDS.flatMap((kind) => {
    const planned = summary.byKind.get(kind)?.planned ?? 0;
    return planned === 0 ? [] : `${formatCount(summary.byKind.get(kind)?.connected ?? 0)} ${kind}`;
  }).join(', ');
  const rows: [string, string][] = [
    [
      'clients',
      `${formatCount(summary.total('connected'))} of ${formatCount(summary.total('planned'))} connected (${kinds}), ${counted(summary.total('reconnects'), 'reconnect')}`,
    ],
    ['drops', drops(record)],
    ['events', events(record)],
    ...(counts.tokens > 0 ? answers(record) : counts.sessions > 0 ? sessions(record) : times(record)),
    ...fields(record),
    ...completion(record),
    ['heartbeats', heartbeats(record)],
    ['evictions', evictions(record)],
  ];
  if (counts.incidents > 0) rows.push(['incidents', incidents(record)]);
  if (server.source !== 'none' || server.clientCount !== null)
    rows.push(['server', serverText(record, verdict.growth, plan.urls.length)]);
  rows.push([
    'generator',
    `${formatDuration(generator.cpuSeconds * 1000)} CPU, ${formatBytes(generator.rssBytes)} RSS, event loop delay p99 ${formatDuration(generator.eventLoopDelayMs.p99)}`,
  ]);
  if (record.workers !== null) rows.push(['workers', record.workers.map(workerText).join('; ')]);
  return rows;
}

/** A worker says its name and host itself. */
function workerText({ name, host, shards, clients, clockAheadMs, clockErrorMs }: LoadWorker): string {
  const clock =
    clockAheadMs === null || clockErrorMs === null
      ? 'clock not measured'
      : `clock ${formatDuration(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? 'behind' : 'ahead'} ± ${formatDuration(clockErrorMs)}`;
  const split = shards === 1 ? '' : ` in ${counted(shards, 'shard')}`;
  return `${printable(name)} on ${printable(host)} with ${counted(clients, 'client')}${split}, ${clock}`;
}

function drops({ summary }: SoakResult['record']): string {
  const { rotated } = summary.counts;
  const parts = [
    `${formatCount(summary.total('dropped'))} dropped${causes(summary.dropsByCause)}`,
    `${formatCount(summary.total('refused'))} rejected${causes(summary.refusalsByCause)}`,
    ...(rotated > 0 ? [`${formatCount(rotated)} rotated as planned`] : []),
  ];
  return parts.join(', ');
}

function events({ summary, eventsPerSecond }: SoakResult['record']): string {
  const { counts } = summary;
  const received = `${formatCount(counts.events)} received (${formatRate(eventsPerSecond)})`;
  const sequence = sequenceOf(summary);
  if (sequence === null || sequence.method === 'none')
    return counts.events === 0 ? received : `${received}; loss, duplication and order not judged`;
  const lost = formatCount(counts.lost + counts.resumeLost);
  const duplicated = formatCount(counts.duplicated + counts.resumeDuplicated);
  const by = JUDGED_BY[sequence.method];
  return isOrderJudged(sequence.method, counts)
    ? `${received}, ${lost} lost, ${duplicated} duplicated, ${formatCount(counts.reordered)} reordered, ${by}`
    : `${received}, ${lost} lost, ${duplicated} duplicated, ${by}; order not judged (an order that is wrong for all clients does not show)`;
}

/** Where the numbers and the times of the events were read. */
function fields({ summary }: SoakResult['record']): [string, string][] {
  const text = fieldsText(fieldsOf(summary));
  return text === '' ? [] : [['fields', printable(text)]];
}

/** Streams with an end, where the plan names one. */
function completion({ summary: { counts }, until }: SoakResult['record']): [string, string][] {
  if (until === null) return [];
  const came = `${formatCount(counts.completed)} reached ${printable(markerText(until), 100)}`;
  return [
    ['completion', counts.unfinished === 0 ? came : `${came}; ${formatCount(counts.unfinished)} still open at the end`],
  ];
}

/** The rows about a language model's answers, whose events carry no times. */
function answers({ summary: { counts } }: SoakResult['record']): [string, string][] {
  return [
    [
      'answers',
      `${formatCount(counts.answers)} complete, ${formatCount(counts.answersFailed)} failed, ${formatCount(counts.tokens)} tokens or more`,
    ],
  ];
}

/** With a server of the Model Context Protocol, whose messages carry no times. */
function sessions({ summary: { counts } }: SoakResult['record']): [string, string][] {
  const streamless =
    counts.sessionsStreamless > 0 ? `; ${formatCount(counts.sessionsStreamless)} without a stream` : '';
  return [
    [
      'sessions',
      `${formatCount(counts.sessions)} opened, ${formatCount(counts.sessionsRefused)} rejected, ${formatCount(counts.sessionsExpired)} expired; ${formatCount(counts.sessionsEnded)} ended, ${formatCount(counts.sessionsNotEnded)} could not be ended, ${formatCount(counts.sessionsAbandoned)} abandoned${streamless}`,
    ],
  ];
}

/** Why there is no latency, or why it is in doubt. */
function times({ summary }: SoakResult['record']): [string, string][] {
  const skewMs = clockSkewMs(summary);
  const isMeasured = summary.times.latency.count > 0;
  if (skewMs === null) return isMeasured ? [] : [['latency', 'not measured: no event has a time']];
  const off = formatDuration(Math.abs(skewMs));
  if (!isMeasured)
    return [['latency', `not measured: the server's clock is ${off} ${skewMs > 0 ? 'ahead' : 'behind'}`]];
  const doubt =
    skewMs > 0
      ? `${counted(summary.counts.skewed, 'time')} were in the future (by ${off})`
      : `the server's clock may be ${off} behind`;
  return [['latency', `in doubt: ${doubt}`]];
}

function heartbeats({ summary: { counts, times } }: SoakResult['record']): string {
  if (counts.heartbeats === 0) return 'none';
  return `${formatCount(counts.heartbeats)} received, interval ${spreadOut(times.heartbeatInterval, 'unknown: no client received two')}`;
}

function evictions({ summary, expectations }: SoakResult['record']): string {
  const { evictionsSeen, evictionsMissed, evictionsUnknown } = summary.counts;
  if (evictionsSeen + evictionsMissed + evictionsUnknown === 0) return 'no stalled or vanished clients in this run';
  const took =
    summary.times.evictionTime.count > 0
      ? ` after p50 ${formatDuration(summary.times.evictionTime.percentile(50))}, max ${formatDuration(summary.times.evictionTime.percentile(100))}`
      : '';
  const unknown = evictionsUnknown > 0 ? `, ${formatCount(evictionsUnknown)} not judged` : '';
  return `${formatCount(evictionsSeen)} evicted${took}, ${formatCount(evictionsMissed)} kept longer than ${formatDuration(expectations.evictWithinMs)}${unknown}`;
}

function incidents({ summary: { counts, times } }: SoakResult['record']): string {
  const back =
    times.recovery.count > 0
      ? `reconnected after ${spreadOut(times.recovery, '')}, at most ${formatCount(counts.peakReconnectsPerSecond)} per second; `
      : '';
  return `${back}${formatCount(counts.dropsInIncident)} dropped and ${formatCount(counts.refusedInIncident)} rejected during it, ${formatCount(counts.notRecovered)} not reconnected; latency during it ${spreadOut(times.latencyIncident, '–')}`;
}

function spreadOut(times: TimeHistogram, otherwise: string): string {
  if (times.count === 0) return otherwise;
  const { p50, p99, max } = times.percentiles();
  return `p50 ${formatDuration(p50)} · p99 ${formatDuration(p99)} · max ${formatDuration(max)}`;
}

function causes(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return '';
  return ` (${[...counts].map(([cause, count]) => `${formatCount(count)} ${printable(cause, 100)}`).join(', ')})`;
}
