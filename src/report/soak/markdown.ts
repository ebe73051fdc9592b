/**
 * A soak as Markdown, for a comment on a pull request or the summary of a CI job: the verdict, the reasons with what to
 * do, thresholds, figures and times; folded behind them what was judged and what was not, the figures of each finding,
 * and the command that repeats the run. What matters most comes first, since a report that is too long ends earlier.
 */
import { printable } from '../../core/printable.ts';
import { formatDuration } from '../../core/units.ts';
import { codeBlock, COMMENT_BYTES, folded, table, withinBytes } from '../markdown.ts';
import { markdownText } from '../markdown-text.ts';
import { measured } from '../measured.ts';
import { early, targetName, verdictReason } from './headline.ts';
import { repeatCommand } from './repeat-command.ts';
import { keyFigures, measuredTimes, SHOWN_PERCENTILES } from './report-figures.ts';
import type { SoakReport } from './soak-report.ts';
import { isDoubted } from './threshold-doubt.ts';

const VERDICT_MARKS = {
  pass: '✅ PASS',
  fail: '❌ FAIL',
  inconclusive: '❔ INCONCLUSIVE',
  interrupted: '⚠️ INTERRUPTED',
} as const;
const SEVERITY_MARKS = { fail: '❌', inconclusive: '❔', warn: '⚠️', info: 'ℹ️' } as const;
const THRESHOLD_MARKS = { pass: '✅', fail: '❌', 'no-data': '❔' } as const;
const MAX_URL = 500;
const MAX_HINT = 600;
const MAX_EVIDENCE = 1000;
const MAX_COMMAND = 20_000;

/** @param maxBytes that its reader takes */
export function soakMarkdown(report: SoakReport, maxBytes: number = COMMENT_BYTES): string {
  const { target, degraded, thresholds, findings, environment } = report;
  const when = report.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return withinBytes(
    [
      `## ${VERDICT_MARKS[report.verdict]}: ${markdownText(targetName(target), MAX_URL)}`,
      `${markdownText(verdictReason(report))}${markdownText(early(report))}`,
      degraded === null ? '' : `⚠️ ${markdownText(degraded)}`,
      reasons(report),
      table(
        ['', 'threshold', 'result'],
        thresholds.map((threshold) => [
          isDoubted(threshold, report) ? THRESHOLD_MARKS['no-data'] : THRESHOLD_MARKS[threshold.status],
          markdownText(threshold.expression),
          markdownText(measured(threshold)),
        ]),
      ),
      table(
        ['figure', 'value'],
        keyFigures(report).map(([name, figures]) => [name, markdownText(figures)]),
      ),
      table(
        ['time', ...SHOWN_PERCENTILES],
        measuredTimes(report).map(([name, times]) => [
          name,
          ...SHOWN_PERCENTILES.map((percentile) => formatDuration(times[percentile] ?? Number.NaN)),
        ]),
      ),
      judged(report),
      folded(
        'The figures behind the findings',
        table(
          ['finding', 'figures'],
          findings.map(({ id, evidence }) => [id, markdownText(JSON.stringify(evidence), MAX_EVIDENCE)]),
        ),
      ),
      folded('Repeat this run', codeBlock(printable(repeatCommand(report), MAX_COMMAND), 'sh')),
      `${when}, ${formatDuration(report.durationMs)}, seed ${report.seed}; sse-probe ${markdownText(report.version)}, Node.js ${markdownText(environment.node)}, ${environment.cpus} CPUs`,
    ],
    maxBytes,
  );
}

/** Findings with what to do; broken thresholds stand in their table. */
function reasons({ findings }: SoakReport): string {
  return findings
    .filter(({ id, severity }) => id !== 'not-measured' || severity !== 'info')
    .map(
      ({ id, severity, title, hint }) =>
        `- ${SEVERITY_MARKS[severity]} **${id}**: ${markdownText(title)}${hint === '' ? '' : `  \n  → ${markdownText(hint, MAX_HINT)}`}`,
    )
    .join('\n');
}

function judged({ questions }: SoakReport): string {
  const count = questions.filter(({ judgedBy }) => judgedBy !== null).length;
  const rows = questions.flatMap(({ id, judgedBy, notJudged, closes }) => [
    ...(judgedBy === null ? [] : [['✅', id, markdownText(judgedBy)]]),
    ...notJudged.map((what, at) => ['➖', id, markdownText(`not judged: ${what}. ${closes[at] ?? ''}`, MAX_HINT)]),
  ]);
  return folded(`${count} of ${questions.length} areas were judged`, table(['', 'area', 'how, or why not'], rows));
}
