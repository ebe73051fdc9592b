/**
 * The summary that a person reads: the verdict, then why, then figures with units, and the times in a table; the verdict
 * once more as the last line, which is in sight however long the rest is.
 *
 * Lines are broken between words, also in a file. What came from a server goes through `printable`. Colours are passed in, so that a file or a pipe gets none.
 */
import { printable } from '../../core/printable.ts';
import { formatDuration } from '../../core/units.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { Finding } from '../../findings/finding.ts';
import { METRIC_UNITS, type MetricUnit } from '../../verdict/metrics.ts';
import { textColumns, wrapWords } from '../columns.ts';
import { clientsReport } from './clients-report.ts';
import { eventsReport } from './events-report.ts';
import { figureRows } from './figure-rows.ts';
import { type Concluded, headline, lastLine } from './headline.ts';
import { questionLines, questionsReport } from './questions-report.ts';
import { evictionReport } from './server-report.ts';
import type { Paint } from '../paint.ts';
import type { SoakResult } from './soak-result.ts';
import { timesChart } from './times-chart.ts';
import { timesTable } from './times-table.ts';

const SEVERITY_PAINT = { fail: 'bad', warn: 'doubt', info: 'dim', inconclusive: 'doubt' } as const;

export interface SoakView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Whether the terminal shows UTF-8. */
  isUtf8: boolean;
}

const LABEL_COLUMNS = 14;
const FINDING_INDENT = 4;
const HINT_INDENT = 6;

/** A run's result as text: several lines, broken between words, each with its line end. */
export function textReport(result: SoakResult, view: SoakView): string {
  const { record, verdict } = result;
  const { paint } = view;
  const columns = textColumns(view.columns);
  const made = concluded(result);
  const lines = ['', ...wrapWords(headline(made, paint), columns, 2), ''];
  for (const finding of verdict.findings) {
    // Its gaps stand in the list below, each with what closes it.
    if (finding.id === 'not-measured' && finding.severity === 'info') continue;
    lines.push(...findingLines(finding, paint, columns), '');
  }
  for (const { expression, actual, unit, status } of verdict.thresholds) {
    const shown = actual === null ? 'no data' : METRIC_UNITS[unit as MetricUnit].format(actual);
    const mark = status === 'pass' ? paint.good('✓') : paint.bad('✗');
    lines.push(`  ${mark} ${expression}  ${paint.dim(shown)}`);
  }
  if (verdict.thresholds.length > 0) lines.push('');
  if (record.summary.total('connected') > 0) lines.push(...judgedLines(result, paint, columns), '');
  for (const [label, text] of figureRows(result))
    lines.push(...wrapWords(`  ${paint.dim(label.padEnd(LABEL_COLUMNS - 3))} ${text}`, columns, LABEL_COLUMNS));
  const { latency } = record.summary.times;
  const chart = timesChart(latency, 'latency', LABEL_COLUMNS, { paint, columns, isUtf8: view.isUtf8 });
  for (const block of [timesTable(timesOf(record.summary), LABEL_COLUMNS, paint), chart])
    if (block.length > 0) lines.push('', ...block);
  const run = `seed ${result.seed} · ${formatDuration(record.durationMs)}`;
  lines.push('', `  ${paint.dim(run)}`, ...wrapWords(lastLine(made, record.target.url, paint), columns, 2), '');
  return lines.join('\n');
}

/** What the JSON report says of it, without the parts that take time to make. */
function concluded({ record, verdict }: SoakResult): Concluded {
  return {
    ...verdict,
    durationMs: record.durationMs,
    endedEarly: record.endedEarly,
    questions: questionsReport(verdict.questions),
    clients: clientsReport(record),
    events: eventsReport(record),
    eviction: evictionReport(record),
  };
}

/** What was judged, and each gap with the flag that closes it. */
function judgedLines({ verdict: { questions } }: SoakResult, paint: Paint, columns: number): string[] {
  const { judged, gaps } = questionLines(questions);
  return [
    ...(judged === '' ? [] : wrapWords(`  ${paint.good('✓')} judged: ${judged}`, columns, FINDING_INDENT)),
    ...gaps.flatMap((gap) => wrapWords(`  ${paint.dim(`– not judged: ${gap}`)}`, columns, FINDING_INDENT)),
  ];
}

function findingLines({ id, severity, title, hint }: Finding, paint: Paint, columns: number): string[] {
  const colour = paint[SEVERITY_PAINT[severity]];
  return [
    ...wrapWords(`  ${colour(`${severity} ${paint.bold(id)}`)}  ${printable(title, 400)}`, columns, FINDING_INDENT),
    ...wrapWords(`    ${paint.dim(`→ ${printable(hint, 600)}`)}`, columns, HINT_INDENT),
  ];
}

/** The distributions that the run has samples of, in the order in which a client meets them. */
function timesOf({ times }: SoakResult['record']['summary']): [label: string, times: TimeHistogram][] {
  return [
    ['latency', times.latency],
    ['first token', times.firstToken],
    ['next token', times.interToken],
    ['answer', times.answer],
    ['initialize', times.initialize],
    ['ping', times.sessionPing],
    ['completion', times.completion],
    ['connect', times.connect],
    ['headers', times.headers],
    ['first event', times.firstEvent],
    ['reconnect', times.reconnect],
  ];
}
