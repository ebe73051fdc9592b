/**
 * A comparison that a person reads: what the runs are and how they differ, then what is worse, what is better and what is
 * the same, the verdict last, where a terminal shows it. Lines are broken between words, also in a file.
 */
import type { FindingChange, ThresholdChange } from '../../compare/changes.ts';
import type { Comparison } from '../../compare/comparison.ts';
import type { RunDifference } from '../../compare/differences.ts';
import type { JudgedMetric } from '../../compare/judged-metric.ts';
import { printable } from '../../core/printable.ts';
import { textColumns, wrapWords } from '../columns.ts';
import type { Paint } from '../paint.ts';
import {
  changeText,
  DIFFERENCE_WORDS,
  figureText,
  headingOf,
  intervalText,
  namesTogether,
  runText,
  sameWithin,
  severityText,
  thresholdText,
  toldFindings,
  unjudged,
  VERDICT_WORDS,
  verdictSentence,
} from './compare-text.ts';

export interface CompareView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Only the verdict. */
  quiet: boolean;
}

const LABEL_COLUMNS = 16;
const NAME_COLUMNS = 23;
const CELL_COLUMNS = 10;
const VERDICT_PAINT = { pass: 'good', fail: 'bad', inconclusive: 'doubt' } as const;
const KINDS: readonly RunDifference['kind'][] = ['load', 'judging', 'context'];

/** Several lines, each with its line end. */
export function compareText(comparison: Comparison, view: CompareView): string {
  const { paint } = view;
  const columns = textColumns(view.columns);
  const { verdict } = comparison;
  const word = paint[VERDICT_PAINT[verdict]](paint.bold(VERDICT_WORDS[verdict]));
  const last = wrapWords(`  ${word}  ${printable(verdictSentence(comparison), 1000)}`, columns, 4);
  if (view.quiet) return `${last.join('\n').trimStart()}\n`;
  const blocks = [
    runLines(comparison, paint, columns),
    metricLines(comparison, 'worse', paint),
    changeLines(comparison, paint, columns),
    metricLines(comparison, 'better', paint),
    sameLines(comparison, paint, columns),
    last,
  ];
  return blocks.flatMap((block) => (block.length === 0 ? [] : ['', ...block])).join('\n') + '\n\n';
}

function labelled(label: string, text: string, paint: Paint, columns: number): string[] {
  return wrapWords(`  ${paint.dim(label.padEnd(LABEL_COLUMNS - 3))} ${text}`, columns, LABEL_COLUMNS);
}

function runLines(comparison: Comparison, paint: Paint, columns: number): string[] {
  const { base, new: next, differences, isSameRun } = comparison;
  const lines = (
    [
      ['BASE', base],
      ['NEW', next],
    ] as const
  ).flatMap(([name, run]) => [
    ...labelled(name, `${run.verdict} · ${printable(run.file)}`, paint, columns),
    ...labelled('', paint.dim(printable(runText(run), 100)), paint, columns),
  ]);
  for (const kind of KINDS) {
    const texts = differences
      .filter((difference) => difference.kind === kind)
      .map(({ what, base: was, new: is }) => `${what} ${printable(was)} → ${printable(is)}`);
    if (texts.length === 0) continue;
    const text = texts.join(', ');
    lines.push(...labelled(DIFFERENCE_WORDS[kind], kind === 'context' ? text : paint.doubt(text), paint, columns));
  }
  if (isSameRun) lines.push(...labelled('', paint.doubt('both files are the same run'), paint, columns));
  return lines;
}

function metricLines(comparison: Comparison, judgement: 'worse' | 'better', paint: Paint): string[] {
  const rows = comparison.metrics.filter((metric) => metric.judgement === judgement);
  if (rows.length === 0) return [];
  const head = ['BASE', 'NEW', 'change'].map((name) => name.padStart(CELL_COLUMNS)).join('');
  const [colour, mark] = judgement === 'worse' ? ([paint.bad, '✗'] as const) : ([paint.good, '✓'] as const);
  return [
    `  ${colour(headingOf(comparison, judgement).padEnd(NAME_COLUMNS))}${paint.dim(`${head}  difference`)}`,
    ...rows.map((metric) => `  ${colour(mark)} ${metricRow(metric, paint)}`),
  ];
}

function metricRow(metric: JudgedMetric, paint: Paint): string {
  const cells = [figureText(metric, metric.base), figureText(metric, metric.new), changeText(metric)];
  const shown = cells.map((cell) => cell.padStart(CELL_COLUMNS)).join('');
  return `${metric.metric.padEnd(NAME_COLUMNS - 2)}${shown}  ${paint.dim(intervalText(metric))}`.trimEnd();
}

/** Findings and thresholds that changed, what is worse before the rest, and in one line those that did not. */
function changeLines(comparison: Comparison, paint: Paint, columns: number): string[] {
  const told = toldFindings(comparison);
  const changes = [
    ...told.filter(({ change }) => change !== 'stayed').map((finding) => findingChange(finding, paint)),
    ...comparison.thresholds
      .filter(({ change }) => change !== 'stayed')
      .map((threshold) => thresholdChange(threshold, paint)),
  ];
  const stayed = told.filter(({ change }) => change === 'stayed').map(({ id, new: is }) => `${printable(id)} (${is})`);
  return [
    ...changes
      .toSorted((a, b) => Number(a.isGood) - Number(b.isGood))
      .flatMap(({ text }) => wrapWords(text, columns, 4)),
    ...(stayed.length === 0 ? [] : labelled('in both runs', stayed.join(', '), paint, columns)),
  ];
}

interface ChangeLine {
  isGood: boolean;
  text: string;
}

function findingChange(finding: FindingChange, paint: Paint): ChangeLine {
  const { id, change, title, isWorse } = finding;
  const isGood = change === 'went' || change === 'milder';
  const colour = isWorse ? paint.bad : isGood ? paint.good : paint.doubt;
  const mark = isWorse ? '✗' : isGood ? '✓' : '!';
  const said = isGood ? '' : `  ${printable(title, 300)}`;
  return { isGood, text: `  ${colour(`${mark} ${change} ${severityText(finding)}`)} ${printable(id)}${said}` };
}

function thresholdChange(threshold: ThresholdChange, paint: Paint): ChangeLine {
  const isGood = threshold.change === 'holds-again';
  const what = isGood ? paint.good('✓ holds again') : paint.bad('✗ broke');
  return { isGood, text: `  ${what} ${printable(threshold.expression)}  ${paint.dim(thresholdText(threshold))}` };
}

function sameLines(comparison: Comparison, paint: Paint, columns: number): string[] {
  const same = comparison.metrics.filter(({ judgement }) => judgement === 'same');
  const lines =
    same.length === 0
      ? []
      : [
          ...labelled('the same', namesTogether(same).join(', '), paint, columns),
          ...labelled('', paint.dim(sameWithin(comparison)), paint, columns),
        ];
  for (const [why, metrics] of unjudged(comparison))
    lines.push(...labelled('not judged', paint.dim(`${namesTogether(metrics).join(', ')}: ${why}`), paint, columns));
  return lines;
}
