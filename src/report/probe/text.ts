/**
 * A probe as a person reads it: where the time went, when what arrived, what to do about it, and last the verdict, which
 * so is in sight however long the rest is.
 *
 * Everything of the server goes through `printable`. Where there is a terminal, lines are broken between words; in a
 * pipe they are whole, so that a pattern finds them.
 */
import { fieldsText } from '../../accounts/found-fields.ts';
import { printable } from '../../core/printable.ts';
import { counted, formatBytes, formatDuration } from '../../core/units.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { ProbeResult } from '../../probe/result.ts';
import { textColumns, wrapWords } from '../columns.ts';
import type { Paint } from '../paint.ts';
import { timeline, waterfall } from './charts.ts';
import { checkLines, checkName, skippedLines, thresholdLine } from './check-text.ts';
import { profileLine } from './profile-text.ts';
import { refusedLines, whyRefused } from './refused-text.ts';
import { survivors } from './survivors-text.ts';
import { shortVerdictLine, verdictLine } from './verdict-line.ts';

export interface ProbeView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Whether to print the verdict only. */
  quiet: boolean;
  /** Checks that the verdict ignores. */
  ignore: readonly string[];
}

/** Columns that charts are drawn for on a pipe, which has no width. */
const PIPE_COLUMNS = 100;
const MAX_TITLE = 400;
const INDENT = 4;

/** Why a probe ended, as its reader would say it. */
const ENDS: Readonly<Record<ProbeResult['endedBy'], string>> = {
  answered: 'every check has a result',
  until: 'what --until waits for has arrived',
  duration: '--duration has passed',
  deadline: '--deadline has passed',
  stream: 'the server ended the stream',
  bytes: 'the byte limit was reached',
  interrupted: 'interrupted',
};

/** A probe's result as text: several lines, each with its line end. */
export function probeText(result: ProbeResult, view: ProbeView): string {
  const { paint, quiet, ignore } = view;
  if (quiet) return `${verdictLine(result, paint, ignore)}\n`;
  const columns = view.columns === null ? Number.POSITIVE_INFINITY : textColumns(view.columns);
  const refused = whyRefused(result);
  const lines =
    refused === null
      ? [...streamLines(result, view, columns), '', ...wrapWords(verdictLine(result, paint, ignore), columns, 2)]
      : refusedLines(refused, wrapWords(shortVerdictLine(result, paint, ignore), columns, 2), { paint, columns });
  return `${lines.join('\n')}\n`;
}

/** The differences from the result before; empty when there are none. */
export function probeChanges(before: ProbeResult, after: ProbeResult, { paint, ignore }: ProbeView): string {
  const old = new Map(before.checks.map(({ id, status }) => [id, status]));
  const lines: string[] = [];
  if (before.status !== after.status) lines.push(verdictLine(after, paint, ignore));
  for (const check of after.checks) {
    const was = old.get(check.id);
    if (was === undefined || was === check.status) continue;
    lines.push(`  ${checkName(check, paint)}: ${was} → ${check.status}  ${printable(check.title, MAX_TITLE)}`);
  }
  const time = paint.dim(after.startedAt.slice(11, 19));
  return lines.map((line) => `${time} ${line}\n`).join('');
}

/** What does not pass stands last, nearest to the verdict. */
function streamLines(result: ProbeResult, { paint, ignore, columns: shown }: ProbeView, columns: number): string[] {
  const { checks, thresholds } = result;
  const chartColumns = shown === null ? PIPE_COLUMNS : columns;
  const amiss = checks.filter(({ status }) => status === 'fail' || status === 'warn');
  const advice = checks.filter(({ status, hint }) => status === 'pass' && hint !== '');
  const blocks = [
    [...waterfall(result.timingsMs, chartColumns, paint), ...timeline(result, chartColumns, paint)],
    wholeLines(result, paint, columns),
    [
      ...passedLines(checks, paint, columns),
      ...skippedLines(
        checks.filter(({ status }) => status === 'skip'),
        paint,
        columns,
      ),
    ],
    advice.length === 0 ? [] : [paint.dim('  advice'), ...advice.flatMap((check) => checkLines(check, paint, columns))],
    ...amiss.map((check) => checkLines(check, paint, columns, ignore.includes(check.id))),
    thresholds.map((threshold) => thresholdLine(threshold, paint)),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function passedLines(checks: readonly CheckResult[], paint: Paint, columns: number): string[] {
  const passed = checks.filter(({ status, hint }) => status === 'pass' && hint === '').map(({ id }) => id);
  return passed.length === 0 ? [] : wrapWords(`  ${paint.good('✓')} ${passed.join(' ')}`, columns, INDENT);
}

/** The stream as a whole: its figures, and what intermediaries would do to it. */
function wholeLines(result: ProbeResult, paint: Paint, columns: number): string[] {
  const ofProfile = profileLine(result.profile);
  const ofFields = fieldsText(result.fields);
  return [
    ...(ofProfile === '' ? [] : wrapWords(`  ${ofProfile}`, columns, INDENT)),
    ...[figures(result), ...(ofFields === '' ? [] : [printable(ofFields)]), ...survivors(result)].flatMap((line) =>
      wrapWords(`  ${paint.dim(line)}`, columns, INDENT),
    ),
  ];
}

function figures({ stream, protocol, durationMs, endedBy }: ProbeResult): string {
  const parts = [
    protocol ?? 'no response',
    counted(stream.events, 'event'),
    counted(stream.comments, 'comment'),
    formatBytes(stream.bytes),
    `longest silence ${formatDuration(stream.maxSilenceMs)}`,
    `ended after ${formatDuration(durationMs)}: ${ENDS[endedBy]}`,
  ];
  return parts.join(' · ');
}
