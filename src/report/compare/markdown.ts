/**
 * A comparison as Markdown, for a pull request: the verdict, what is worse and what came, then all metrics, folded. The
 * number of metrics has a bound, and so have the findings and thresholds that are written, so that the text has one too.
 */
import type { Comparison } from '../../compare/comparison.ts';
import type { JudgedMetric } from '../../compare/judged-metric.ts';
import { counted } from '../../core/units.ts';
import { folded, table } from '../markdown.ts';
import { markdownText } from '../markdown-text.ts';
import {
  changeText,
  DIFFERENCE_WORDS,
  figureText,
  intervalText,
  runText,
  sameWithin,
  severityText,
  thresholdText,
  toldFindings,
  VERDICT_WORDS,
  verdictSentence,
} from './compare-text.ts';

const VERDICT_MARKS = { pass: '✅', fail: '❌', inconclusive: '❔' } as const;
const JUDGEMENT_MARKS = { worse: '❌', better: '✅', same: '➖', neutral: '', 'not-judged': '❔' } as const;
const MOST_ROWS = 100;

export function compareMarkdown(comparison: Comparison): string {
  const { verdict, base, new: next, differences, metrics, thresholds } = comparison;
  const changed = metrics.filter(({ judgement }) => judgement === 'worse' || judgement === 'better');
  const sections = [
    `## ${VERDICT_MARKS[verdict]} ${VERDICT_WORDS[verdict]}: ${markdownText(verdictSentence(comparison), 1000)}`,
    boundedTable(
      ['', 'report', 'run', 'verdict'],
      (
        [
          ['BASE', base],
          ['NEW', next],
        ] as const
      ).map(([name, run]) => [name, markdownText(run.file), markdownText(runText(run)), run.verdict]),
    ),
    boundedTable(
      ['', 'what differs', 'BASE', 'NEW'],
      differences.map(({ kind, what, base: was, new: is }) => [
        DIFFERENCE_WORDS[kind],
        markdownText(what),
        markdownText(was),
        markdownText(is),
      ]),
    ),
    boundedTable(['', 'metric', 'BASE', 'NEW', 'change', 'difference'], changed.map(metricRow)),
    boundedTable(
      ['', 'finding', 'severity', 'what was seen'],
      toldFindings(comparison).map((finding) => [
        finding.isWorse ? `❌ ${finding.change}` : finding.change,
        markdownText(finding.id),
        severityText(finding),
        markdownText(finding.title),
      ]),
    ),
    boundedTable(
      ['', 'threshold', 'BASE → NEW'],
      thresholds
        .filter(({ change }) => change !== 'stayed')
        .map((threshold) => [
          threshold.change === 'broke' ? '❌ broke' : '✅ holds again',
          markdownText(threshold.expression),
          markdownText(thresholdText(threshold)),
        ]),
    ),
    folded(
      counted(metrics.length, 'metric'),
      boundedTable(['', 'metric', 'BASE', 'NEW', 'change', 'difference'], metrics.map(metricRow)),
    ),
    `The same: ${markdownText(sameWithin(comparison))}.`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function metricRow(metric: JudgedMetric): string[] {
  const { metric: name, judgement, why } = metric;
  return [
    JUDGEMENT_MARKS[judgement],
    name,
    figureText(metric, metric.base),
    figureText(metric, metric.new),
    changeText(metric),
    why === null ? (judgement === 'worse' || judgement === 'better' ? intervalText(metric) : '') : markdownText(why),
  ];
}

/** Empty without rows. Cells have no bar and no line end of their own. */
function boundedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const left = rows.length - MOST_ROWS;
  const shown = table(head, rows.slice(0, MOST_ROWS));
  return left > 0 ? `${shown}\n\n${counted(left, 'more row')} in the JSON.` : shown;
}
