/**
 * The summary that a person reads: the verdict first, then why, then figures with units.
 *
 * What came from a server goes through `printable`. Colours are passed in, so that a file or a pipe gets none.
 */
import { printable } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { counted, formatBytes, formatCount, formatDuration, formatRate } from '../../core/units.ts';
import { fieldsOf, fieldsText } from '../../accounts/found-fields.ts';
import { clockSkewMs } from '../../accounts/clock-skew.ts';
import { markerText } from '../../core/stream-marker.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import { isOrderJudged, sequenceOf } from '../../accounts/sequence.ts';
import type { Finding } from '../../findings/finding.ts';
import { METRIC_UNITS, type MetricUnit } from '../../verdict/metrics.ts';
import { headline } from './headline.ts';
import { questionLines } from './questions-report.ts';
import type { Paint } from '../paint.ts';
import { serverText } from './server-text.ts';
import type { SoakResult } from './soak-result.ts';

/** How lost events are recognised. */
const JUDGED_BY = { pointer: 'by their numbers', ids: 'by their ids', comparison: 'by comparing clients' } as const;
const SEVERITY_PAINT = { fail: 'bad', warn: 'doubt', info: 'dim', inconclusive: 'doubt' } as const;

export function textReport(result: SoakResult, paint: Paint): string {
  const { record, verdict } = result;
  const lines = ['', headline(result, paint), ''];
  for (const finding of verdict.findings) {
    // Its gaps stand in the list below, each with what closes it.
    if (finding.id !== 'not-measured' || finding.severity !== 'info') lines.push(...findingLines(finding, paint), '');
  }
  for (const { expression, actual, unit, status } of verdict.thresholds) {
    const shown = actual === null ? 'no data' : METRIC_UNITS[unit as MetricUnit].format(actual);
    const mark = status === 'pass' ? paint.good('✓') : paint.bad('✗');
    lines.push(`  ${mark} ${expression}  ${paint.dim(shown)}`);
  }
  if (verdict.thresholds.length > 0) lines.push('');
  if (record.summary.total('connected') > 0) lines.push(...judgedLines(result, paint), '');
  for (const [label, text] of figures(result)) lines.push(`  ${paint.dim(label.padEnd(11))} ${text}`);
  lines.push(
    '',
    paint.dim(
      `  seed ${result.seed} · ${formatDuration(record.durationMs)} · ${printable(redactUrl(record.target.url))}`,
    ),
    '',
  );
  return lines.join('\n');
}

/** What was judged, and each gap with the flag that closes it. */
function judgedLines({ verdict: { questions } }: SoakResult, paint: Paint): string[] {
  const { judged, gaps } = questionLines(questions);
  return [
    ...(judged === '' ? [] : [`  ${paint.good('✓')} judged: ${judged}`]),
    ...gaps.map((gap) => `  ${paint.dim(`– not judged: ${gap}`)}`),
  ];
}

function findingLines({ id, severity, title, hint }: Finding, paint: Paint): string[] {
  const colour = paint[SEVERITY_PAINT[severity]];
  return [
    `  ${colour(`${severity} ${paint.bold(id)}`)}  ${printable(title, 400)}`,
    `    ${paint.dim(`→ ${printable(hint, 600)}`)}`,
  ];
}

function figures({ record, verdict, plan }: SoakResult): [string, string][] {
  const { summary, server, generator } = record;
  const { counts, times } = summary;
  const kinds = [...summary.byKind].map(([kind, { connected }]) => `${formatCount(connected)} ${kind}`).join(', ');
  const rows: [string, string][] = [
    [
      'clients',
      `${formatCount(summary.total('connected'))} of ${formatCount(summary.total('planned'))} connected (${kinds}), ${formatCount(summary.total('reconnects'))} reconnects`,
    ],
    [
      'drops',
      `${formatCount(summary.total('dropped'))} dropped${causes(summary.dropsByCause)}, ${formatCount(summary.total('refused'))} refused${causes(summary.refusalsByCause)}${counts.rotated > 0 ? `, ${formatCount(counts.rotated)} rotated as planned` : ''}`,
    ],
    ['events', events(record)],
    ...(counts.tokens > 0
      ? answers(record)
      : counts.sessions > 0
        ? sessions(record)
        : [['latency', latency(record)] as [string, string]]),
    ...fields(record),
    ...completion(record),
    ['connect', spreadOut(times.connect, 'nobody connected')],
    ['heartbeats', heartbeats(record)],
    ['evictions', evictions(record)],
  ];
  if (counts.incidents > 0) rows.push(['incidents', incidents(record)]);
  if (server.source !== 'none' || server.clientCount !== null)
    rows.push(['server', serverText(record, verdict.growth, plan.urls.length)]);
  rows.push([
    'load tool',
    `${formatDuration(generator.cpuSeconds * 1000)} CPU, ${formatBytes(generator.rssBytes)} RSS, own event loop late by p99 ${formatDuration(generator.eventLoopDelayMs.p99)}`,
  ]);
  return rows;
}

function events({ summary, eventsPerSecond }: SoakResult['record']): string {
  const { counts } = summary;
  const received = `${formatCount(counts.events)} received (${formatRate(eventsPerSecond)})`;
  const sequence = sequenceOf(summary);
  if (sequence === null || sequence.method === 'none')
    return counts.events === 0 ? received : `${received}; loss, doubles and order not measured`;
  const lost = formatCount(counts.lost + counts.resumeLost);
  const doubled = formatCount(counts.duplicated + counts.resumeDuplicated);
  const by = JUDGED_BY[sequence.method];
  return isOrderJudged(sequence.method, counts)
    ? `${received}, ${lost} lost, ${doubled} doubled, ${formatCount(counts.reordered)} reordered, ${by}`
    : `${received}, ${lost} lost, ${doubled} doubled, ${by}; order not judged (one that is wrong for all does not show)`;
}

/** Where the numbers and the times of the events were read. */
function fields({ summary }: SoakResult['record']): [string, string][] {
  const text = fieldsText(fieldsOf(summary));
  return text === '' ? [] : [['fields', printable(text)]];
}

/** Streams with an end, where the plan names one. */
function completion({ summary: { counts, times }, until }: SoakResult['record']): [string, string][] {
  if (until === null) return [];
  const came = `${formatCount(counts.completed)} came to ${printable(markerText(until), 100)}`;
  const after = times.completion.count === 0 ? '' : `, after ${spreadOut(times.completion, '')}`;
  const unfinished = counts.unfinished === 0 ? '' : `; ${formatCount(counts.unfinished)} still open at the end`;
  return [['completion', `${came}${after}${unfinished}`]];
}

/** The rows about a language model's answers, whose events carry no times. */
function answers({ summary: { counts, times } }: SoakResult['record']): [string, string][] {
  return [
    [
      'answers',
      `${formatCount(counts.answers)} complete, ${formatCount(counts.answersFailed)} failed, ${formatCount(counts.tokens)} tokens or more; whole in ${spreadOut(times.answer, 'no time')}`,
    ],
    ['first token', spreadOut(times.firstToken, 'no token')],
    ['next token', spreadOut(times.interToken, 'no second token')],
  ];
}

/** With a server of the Model Context Protocol, whose messages carry no times. */
function sessions({ summary: { counts, times } }: SoakResult['record']): [string, string][] {
  const rows: [string, string][] = [
    [
      'sessions',
      `${formatCount(counts.sessions)} opened, ${formatCount(counts.sessionsRefused)} refused, ${formatCount(counts.sessionsExpired)} forgotten by the server; ${formatCount(counts.sessionsEnded)} ended, ${formatCount(counts.sessionsNotEnded)} could not be, ${formatCount(counts.sessionsAbandoned)} left behind`,
    ],
    ['initialize', spreadOut(times.initialize, 'no session')],
  ];
  if (counts.sessionsStreamless > 0)
    rows.push([
      'ping',
      `${spreadOut(times.sessionPing, 'no answer')}; ${formatCount(counts.sessionsStreamless)} without a stream`,
    ]);
  return rows;
}

function latency({ summary }: SoakResult['record']): string {
  const skewMs = clockSkewMs(summary);
  if (skewMs === null) return spreadOut(summary.times.latency, 'no event carries the time at which it was due');
  const off = formatDuration(Math.abs(skewMs));
  if (summary.times.latency.count === 0)
    return `not measured: the server's clock is ${off} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
  const doubt =
    skewMs > 0
      ? `${counted(summary.counts.skewed, 'time')} lay in the future (by ${off})`
      : `the server's clock may be ${off} behind ours`;
  return `${spreadOut(summary.times.latency, '')}; but ${doubt}`;
}

function heartbeats({ summary: { counts, times } }: SoakResult['record']): string {
  if (counts.heartbeats === 0) return 'none';
  return `${formatCount(counts.heartbeats)}, apart ${spreadOut(times.heartbeatInterval, 'unknown: none came twice')}`;
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
      ? `streams back after ${spreadOut(times.recovery, '')}, at most ${formatCount(counts.peakReconnectsPerSecond)} a second; `
      : '';
  return `${back}${formatCount(counts.dropsInIncident)} dropped and ${formatCount(counts.refusedInIncident)} refused meanwhile, ${formatCount(counts.notRecovered)} not back; latency meanwhile ${spreadOut(times.latencyIncident, '–')}`;
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
