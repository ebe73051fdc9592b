/**
 * A probe as a person reads it: the verdict, where the time went, when what arrived, and what to do about it.
 *
 * Everything of the server goes through `printable`. Where there is a terminal, lines end at its edge; in a pipe they
 * are whole.
 */
import { fieldsText } from '../../accounts/found-fields.ts';
import { METRIC_UNITS } from '../../core/metric-units.ts';
import { printable } from '../../core/printable.ts';
import { formatBytes, formatCount, formatDuration } from '../../core/units.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { ProbeResult, ProbeThreshold } from '../../probe/result.ts';
import { fitColumns } from '../columns.ts';
import { timeline, waterfall } from './charts.ts';
import { nothingHeard } from './nothing-heard.ts';
import { profileLine } from './profile-text.ts';
import type { Paint } from '../paint.ts';

export interface ProbeView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Whether to print the verdict only. */
  quiet: boolean;
  /** Checks that the verdict ignores. */
  ignore: readonly string[];
}

/** Checks that depend on what was asked: skipped, they leave nothing about the stream open. */
const OF_REQUEST = new Set<CheckResult['id']>(['tls', 'cors', 'compression', 'error-status', 'protocol']);

/** Columns that charts are drawn for on a pipe, which has no width. */
const PIPE_COLUMNS = 100;
const LEAST_COLUMNS = 40;
const MAX_TITLE = 400;
const MAX_HINT = 600;

const VERDICTS = {
  ok: { word: 'OK', paint: 'good' },
  warning: { word: 'WARNING', paint: 'doubt' },
  critical: { word: 'CRITICAL', paint: 'bad' },
  unknown: { word: 'UNKNOWN', paint: 'doubt' },
} as const;
const MARKS = { pass: '✓', warn: '!', fail: '✗', skip: '–' } as const;
const PAINTS = { pass: 'good', warn: 'doubt', fail: 'bad', skip: 'dim' } as const;

/** A probe's result as text: several lines, each with its line end. */
export function probeText(result: ProbeResult, view: ProbeView): string {
  const { paint } = view;
  const head = headline(result, view);
  if (view.quiet) return `${head}\n`;
  const columns = Math.max(view.columns ?? PIPE_COLUMNS, LEAST_COLUMNS);
  const amiss = result.checks.filter(({ status }) => status === 'fail' || status === 'warn');
  const advice = result.checks.filter(({ status, hint }) => status === 'pass' && hint !== '');
  const skipped = result.checks.filter(({ status }) => status === 'skip');
  const passed = result.checks.filter(({ status, hint }) => status === 'pass' && hint === '');
  const lines = [head, '', ...waterfall(result.timingsMs, columns, paint), ...timeline(result, columns, paint)];
  for (const check of amiss) lines.push(...checkLines(check, view), '');
  for (const threshold of result.thresholds) lines.push(thresholdLine(threshold, paint));
  if (result.thresholds.length > 0) lines.push('');
  if (advice.length > 0) {
    lines.push(paint.dim('  good to know'));
    for (const check of advice) lines.push(...adviceLines(check, view));
    lines.push('');
  }
  if (passed.length > 0)
    lines.push(
      ...wrapped(
        `  ${paint.good('✓')} `,
        passed.map(({ id }) => id),
        columns,
      ),
    );
  for (const { id, title, hint } of skipped) {
    const text = hint === '' ? title : `${title}. ${hint}`;
    lines.push(fit(`  ${paint.dim(`– ${id}: `)}`, printable(text, MAX_TITLE), view, `  – ${id}: `.length));
  }
  const ofProfile = profileLine(result.profile);
  const ofFields = fieldsText(result.fields);
  lines.push(
    '',
    ...(ofProfile === '' ? [] : [`  ${ofProfile}`]),
    paint.dim(`  ${figures(result)}`),
    ...(ofFields === '' ? [] : [paint.dim(`  ${printable(ofFields)}`)]),
    ...survivors(result, view),
    '',
  );
  return lines.join('\n');
}

/** The differences from the result before; empty when there are none. */
export function probeChanges(before: ProbeResult, after: ProbeResult, view: ProbeView): string {
  const old = new Map(before.checks.map(({ id, status }) => [id, status]));
  const lines: string[] = [];
  if (before.status !== after.status) lines.push(headline(after, view));
  for (const check of after.checks) {
    const was = old.get(check.id);
    if (was === undefined || was === check.status) continue;
    const colour = view.paint[PAINTS[check.status]];
    lines.push(
      `  ${colour(`${MARKS[check.status]} ${check.id}`)}: ${was} → ${check.status}  ${printable(check.title, MAX_TITLE)}`,
    );
  }
  const time = view.paint.dim(after.startedAt.slice(11, 19));
  return lines.map((line) => `${time} ${line}\n`).join('');
}

function headline(result: ProbeResult, { paint, ignore }: ProbeView): string {
  const { word, paint: colour } = VERDICTS[result.status];
  const counting = result.checks.filter(({ id }) => !ignore.includes(id));
  const worst = counting.find(({ status }) => status === 'fail') ?? counting.find(({ status }) => status === 'warn');
  const broken = result.thresholds.find(({ status }) => status !== 'pass');
  const why =
    worst === undefined
      ? broken === undefined
        ? (nothingHeard(result, ignore) ?? sound(counting))
        : `${broken.expression} does not hold`
      : `${worst.id}: ${printable(worst.title, MAX_TITLE)}`;
  return `${paint[colour](paint.bold(word))}  ${printable(result.url, 200)}  ${paint.dim(why)}`;
}

/** What was not judged is not called sound. */
function sound(checks: readonly CheckResult[]): string {
  const open = checks.filter(({ id, status }) => status === 'skip' && !OF_REQUEST.has(id)).map(({ id }) => id);
  return open.length === 0 ? 'the stream is sound' : `the stream is sound; not judged: ${open.join(', ')}`;
}

function checkLines(check: CheckResult, view: ProbeView): string[] {
  const { paint, ignore } = view;
  const colour = paint[PAINTS[check.status]];
  const ignored = ignore.includes(check.id) ? paint.dim(' (ignored)') : '';
  return [
    `  ${colour(`${MARKS[check.status]} ${paint.bold(check.id)}`)}${ignored}  ${printable(check.title, MAX_TITLE)}`,
    ...(check.hint === '' ? [] : [`    ${paint.dim(`→ ${printable(check.hint, MAX_HINT)}`)}`]),
  ];
}

function adviceLines({ id, title, hint }: CheckResult, view: ProbeView): string[] {
  return [
    fit(`  ${view.paint.good('✓')} ${id}: `, printable(title, MAX_TITLE), view, `  ✓ ${id}: `.length),
    `    ${view.paint.dim(`→ ${printable(hint, MAX_HINT)}`)}`,
  ];
}

function thresholdLine({ expression, actual, unit, status, level }: ProbeThreshold, paint: Paint): string {
  const mark = status === 'pass' ? paint.good('✓') : level === 'crit' ? paint.bad('✗') : paint.doubt('!');
  return `  ${mark} ${expression}  ${paint.dim(actual === null ? 'nothing was measured' : METRIC_UNITS[unit].format(actual))}`;
}

function figures({ stream, protocol, durationMs, endedBy }: ProbeResult): string {
  const parts = [
    protocol ?? 'no answer',
    `${formatCount(stream.events)} events`,
    `${formatCount(stream.comments)} comments`,
    formatBytes(stream.bytes),
    `longest silence ${formatDuration(stream.maxSilenceMs)}`,
    `${formatDuration(durationMs)} (${endedBy})`,
  ];
  return parts.join(' · ');
}

function survivors({ intermediaries, recommendedHeartbeatMs }: ProbeResult, { paint, columns }: ProbeView): string[] {
  if (intermediaries.length === 0) return [];
  const names = (survives: boolean, kind: string): string =>
    intermediaries
      .filter((row) => row.survives === survives && row.kind === kind)
      .map(({ name, limitMs }) =>
        limitMs === null ? name.replace(', buffering', '') : `${name} ${formatDuration(limitMs)}`,
      )
      .join(', ');
  const lines: string[] = [];
  const idle = intermediaries.filter(({ kind }) => kind === 'idle');
  const cut = names(false, 'idle');
  const isKnown = idle.some(({ survives }) => survives !== null);
  const beat =
    recommendedHeartbeatMs === null ? '' : `; a heartbeat every ${formatDuration(recommendedHeartbeatMs)} survives all`;
  if (isKnown)
    lines.push(
      cut === ''
        ? `  survives all ${idle.length} idle limits of well-known proxies and platforms`
        : `  cut when idle by ${cut}${beat}`,
    );
  const aged = names(false, 'absolute');
  if (aged !== '') lines.push(`  cut at an age, heartbeats or not, by ${aged}`);
  const late = names(false, 'first-byte');
  if (late !== '') lines.push(`  too late with its first byte for ${late}`);
  const held = names(false, 'buffering');
  if (held !== '') lines.push(`  collected by default by ${held}`);
  return lines.map((line) => paint.dim(columns === null ? line : fitColumns(line, Math.max(columns, LEAST_COLUMNS))));
}

/** @param taken columns of `before` without its colours */
function fit(before: string, text: string, { columns }: ProbeView, taken: number): string {
  return before + (columns === null ? text : fitColumns(text, Math.max(columns - taken, 10)));
}

function wrapped(first: string, words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length + 6 > columns) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  lines.push(line);
  return lines.map((text, index) => (index === 0 ? first : '    ') + text);
}
