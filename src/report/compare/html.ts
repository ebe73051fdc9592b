/**
 * A comparison as one page that needs nothing else and runs no script: it works offline, on a phone, in light and dark,
 * and on paper. What is better and worse is said in words beside the colours.
 */
import type { Comparison } from '../../compare/comparison.ts';
import type { JudgedMetric, MetricJudgement } from '../../compare/judged-metric.ts';
import { counted } from '../../core/units.ts';
import { type Markup, markup, type MarkupPart } from '../html-text.ts';
import {
  changeText,
  DIFFERENCE_WORDS,
  figureText,
  headingOf,
  intervalText,
  runText,
  sameWithin,
  severityText,
  thresholdText,
  toldFindings,
  VERDICT_WORDS,
  verdictSentence,
} from './compare-text.ts';

const JUDGEMENT_WORDS: Readonly<Record<MetricJudgement, string>> = {
  worse: 'worse',
  better: 'better',
  same: 'same',
  neutral: 'for information',
  'not-judged': 'not judged',
};
const JUDGEMENT_MARKS: Readonly<Record<MetricJudgement, readonly [colour: string, mark: string]>> = {
  worse: ['bad', '✗ '],
  better: ['good', '✓ '],
  same: ['', ''],
  neutral: ['', ''],
  'not-judged': ['', ''],
};
const MOST_ROWS = 200;
const METRIC_HEAD = ['metric', 'BASE', 'NEW', 'change', 'difference'] as const;

const STYLE = markup`
:root { color-scheme: light dark; --text: #1d2329; --dim: #5b6570; --page: #fff; --line: #d8dee4; --good: #0a6b2d; --bad: #b3261e; --doubt: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaee; --dim: #9aa5b1; --page: #14181c; --line: #343c44; --good: #5fd38a; --bad: #ff8a80; --doubt: #ffc46b; }
}
body { margin: 0 auto; max-width: 62rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
h2::first-letter { text-transform: uppercase; }
.good { color: var(--good); } .bad { color: var(--bad); } .doubt { color: var(--doubt); } .dim, footer { color: var(--dim); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
td:first-child, .named td:nth-child(2), .metrics td:nth-child(-n+4) { white-space: nowrap; overflow-wrap: normal; }
.metrics :is(th, td):is(:nth-child(2), :nth-child(3), :nth-child(4)) { text-align: right; }
summary { cursor: pointer; font-weight: 600; }
@media (max-width: 30rem) { body { font-size: 13px; } th, td { padding-right: .4rem; } }
`;
const VERDICT_CLASS = { pass: 'good', fail: 'bad', inconclusive: 'doubt' } as const;

export function compareHtml(comparison: Comparison): string {
  const { verdict, base, new: next, differences, metrics, thresholds, version } = comparison;
  const title = `${VERDICT_WORDS[verdict]}: ${verdictSentence(comparison)}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1><span class="${VERDICT_CLASS[verdict]}">${VERDICT_WORDS[verdict]}</span> ${verdictSentence(comparison)}</h1>
${table(
  ['', 'report', 'run', 'verdict'],
  (
    [
      ['BASE', base],
      ['NEW', next],
    ] as const
  ).map(([name, run]) => [name, run.file, runText(run), run.verdict]),
)}
${section(
  'What else differs',
  table(
    ['', 'what', 'BASE', 'NEW'],
    differences.map(({ kind, what, base: was, new: is }) => [
      markup`<span class="${kind === 'context' ? 'dim' : 'doubt'}">${DIFFERENCE_WORDS[kind]}</span>`,
      what,
      was,
      is,
    ]),
    'named',
  ),
)}
${(['worse', 'better'] as const).map((judgement) =>
  section(
    headingOf(comparison, judgement),
    table(
      METRIC_HEAD,
      metrics
        .filter((metric) => metric.judgement === judgement)
        .map((metric) => metricRow(metric, intervalText(metric))),
      'metrics',
    ),
  ),
)}
${section(
  'Findings',
  table(
    ['', 'finding', 'what was seen'],
    toldFindings(comparison).map((finding) => [
      markup`<span class="${finding.isWorse ? 'bad' : 'dim'}">${finding.isWorse ? '✗ ' : ''}${finding.change}, ${severityText(finding)}</span>`,
      finding.id,
      finding.title,
    ]),
    'named',
  ),
)}
${section(
  'Thresholds',
  table(
    ['', 'threshold', 'BASE → NEW'],
    thresholds.map((threshold) => [
      markup`<span class="${threshold.change === 'broke' ? 'bad' : 'dim'}">${threshold.change === 'broke' ? '✗ broke' : threshold.change === 'stayed' ? 'stayed' : '✓ holds again'}</span>`,
      threshold.expression,
      thresholdText(threshold),
    ]),
  ),
)}
<h2>All metrics</h2>
<details><summary>${counted(metrics.length, 'metric')}</summary>
${table(
  METRIC_HEAD,
  metrics.map((metric) => metricRow(metric, judgementText(metric))),
  'metrics',
)}
</details>
<p class="dim">The same: ${sameWithin(comparison)}.</p>
<footer>sse-probe ${version} compare</footer>
</body>
</html>
`;
  return page.html;
}

function metricRow(metric: JudgedMetric, last: string): MarkupPart[] {
  const { metric: name, judgement } = metric;
  const [colour, mark] = JUDGEMENT_MARKS[judgement];
  return [
    markup`<span class="${colour}">${mark}${name}</span>`,
    figureText(metric, metric.base),
    figureText(metric, metric.new),
    changeText(metric),
    last,
  ];
}

/** `worse, by 128ms to 211ms`, `not judged: too few samples`. */
function judgementText(metric: JudgedMetric): string {
  const { judgement, why } = metric;
  const word = JUDGEMENT_WORDS[judgement];
  if (why !== null) return `${word}: ${why}`;
  return judgement === 'worse' || judgement === 'better' ? `${word}, by ${intervalText(metric)}` : word;
}

function section(title: string, body: Markup | null): Markup | null {
  return body === null ? null : markup`<h2>${title}</h2>\n${body}`;
}

/** Null without rows. */
function table(head: readonly string[], rows: readonly (readonly MarkupPart[])[], name = ''): Markup | null {
  if (rows.length === 0) return null;
  const left = rows.length - MOST_ROWS;
  return markup`<div class="wide"><table class="${name}">
<thead><tr>${head.map((cell) => markup`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.slice(0, MOST_ROWS).map((cells) => markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>${left > 0 ? markup`<p class="dim">${counted(left, 'more row')} in the JSON.</p>` : null}`;
}
