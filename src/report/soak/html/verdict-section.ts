/** The top of a report: the verdict, why it is what it is, and what was judged and what was not. */
import { printable } from '../../../core/printable.ts';
import { formatDuration } from '../../../core/units.ts';
import type { Finding } from '../../../findings/finding.ts';
import { METRIC_UNITS, type MetricUnit } from '../../../verdict/metrics.ts';
import { type Markup, markup, type MarkupPart } from '../../html-text.ts';
import { early, targetName, verdictReason } from '../headline.ts';
import type { SoakReport } from '../soak-report.ts';
import { isDoubted } from '../threshold-doubt.ts';
import { table } from './table.ts';

/** A sign beside each word, so that nothing is said by colour alone. */
const VERDICT_SIGN = { pass: '✓', fail: '✗', inconclusive: '?', interrupted: '■' } as const;
const SEVERITY_SIGN = { fail: '✗', inconclusive: '?', warn: '!', info: 'i' } as const;
const MOST_EVIDENCE = 40;
const MAX_EVIDENCE = 500;

export function header(report: SoakReport): Markup {
  const { verdict } = report;
  return headerOf(report, {
    state: verdict,
    sign: VERDICT_SIGN[verdict] ?? '',
    below: markup`<p class="reason">${reasonSentence(report)}</p>`,
  });
}

/** @param shown what stands in place of a verdict while a run goes on */
export function headerOf(report: SoakReport, shown: { state: string; sign: string; below: Markup }): Markup {
  const { target, startedAt, durationMs, seed, version } = report;
  const { state, sign, below } = shown;
  const when = `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const facts: [string, string][] = [
    ['Target', target.embedded ? `${targetName(target)} at ${target.url}` : target.url],
    ['Protocol', target.protocol],
    ['Started', when],
    ['Took', formatDuration(durationMs)],
    ['Seed', String(seed)],
    ['sse-probe', version],
  ];
  return markup`<header class="verdict" data-verdict="${state}">
<p class="program">sse-probe soak</p>
<h1><span class="sign" aria-hidden="true">${sign}</span>${state.toUpperCase()}</h1>
${below}
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function reasonSentence(report: SoakReport): string {
  const reason = verdictReason(report) ?? '';
  const sentence = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${early(report)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

export function reasons(report: SoakReport): Markup {
  const { findings, thresholds, degraded } = report;
  // Its gaps stand in the list of what was not judged, each with what closes it.
  const shown = findings.filter(({ id, severity }) => id !== 'not-measured' || severity !== 'info');
  const nothing = shown.length === 0 && thresholds.length === 0 && degraded === null;
  return markup`<section id="reasons"><h2>Reasons</h2>
${nothing ? markup`<p>No finding, and no threshold was asked for.</p>` : null}
${degraded === null ? null : markup`<p class="note">Part of the plan was not done: ${degraded}</p>`}
${thresholds.length === 0 ? null : thresholdTable(report)}
${shown.map(findingCard)}
</section>`;
}

/** What a threshold came to; one that the load tool may have broken says nothing of the server. */
const RESULT = { pass: '✓ held', fail: '✗ broken', 'no-data': '✗ no data', doubted: '? in doubt' } as const;

export function thresholdTable(report: SoakReport): Markup {
  return table({
    label: 'Thresholds',
    head: ['Threshold', 'Measured', 'Result'],
    texts: [2],
    rows: report.thresholds.map((threshold) => {
      const { expression, actual, unit, status } = threshold;
      const result = isDoubted(threshold, report) ? 'doubted' : status;
      return [
        markup`<code>${expression}</code>`,
        actual === null ? 'no data' : (METRIC_UNITS[unit as MetricUnit]?.format(actual) ?? String(actual)),
        markup`<span class="result" data-result="${result}">${RESULT[result] ?? result}</span>`,
      ];
    }),
  });
}

function findingCard({ id, severity, title, hint, evidence }: Finding): Markup {
  const figures = Object.entries(evidence).slice(0, MOST_EVIDENCE);
  return markup`<article class="finding" data-severity="${severity}">
<h3><span class="severity"><span aria-hidden="true">${SEVERITY_SIGN[severity] ?? ''}</span> ${severity}</span> <code>${id}</code></h3>
<p class="title">${withCode(title)}</p>
${hint === '' ? null : markup`<p class="hint"><strong>What to do:</strong> ${withCode(hint)}</p>`}
${figures.length === 0 ? null : evidenceOf(id, figures)}
</article>\n`;
}

/** What stands between backticks is code. A text of a server that has some is no less escaped for it. */
function withCode(text: string): MarkupPart {
  const pieces = text.split('`');
  if (pieces.length % 2 === 0) return withFlags(text);
  return pieces.map((piece, at) => (at % 2 === 0 ? withFlags(piece) : markup`<code>${piece}</code>`));
}

/** No line ends behind the dashes of a flag. */
function withFlags(text: string): MarkupPart {
  return text
    .split(/(--[a-z][a-z-]{1,30})/)
    .map((piece, at) => (at % 2 === 0 ? piece : markup`<span class="flag">${piece}</span>`));
}

function evidenceOf(id: string, figures: readonly (readonly [string, unknown])[]): Markup {
  const rows = figures.map(([name, value]) => [markup`<code>${name}</code>`, evidenceText(value)]);
  return markup`<details><summary>Evidence</summary>${table({ label: `Evidence of ${id}`, head: ['Figure', 'Value'], rows, texts: [1] })}</details>`;
}

function evidenceText(value: unknown): string {
  return typeof value === 'string'
    ? printable(value, MAX_EVIDENCE)
    : (JSON.stringify(value) ?? '').slice(0, MAX_EVIDENCE);
}

export function judged({ questions }: SoakReport): Markup {
  const told = questions.flatMap(({ id, judgedBy }) => (judgedBy === null ? [] : [[named(id), judgedBy] as const]));
  const gaps = questions.flatMap(({ id, notJudged, closes }) =>
    notJudged.map((what, at) => ({ name: named(id), what, closes: closes[at] ?? '' })),
  );
  return markup`<section id="judged"><h2>What was judged</h2>
<div class="pair">
<div><h3>Judged</h3>${
    told.length === 0
      ? markup`<p>Nothing.</p>`
      : markup`<ul class="signs judged">${told.map(([name, by]) => markup`<li><strong>${name}</strong> <span class="by">${by}</span></li>\n`)}</ul>`
  }</div>
<div><h3>Not judged</h3>${
    gaps.length === 0
      ? markup`<p>Nothing was left open.</p>`
      : markup`<ul class="signs gaps">${gaps.map(({ name, what, closes }) => markup`<li><strong>${name}</strong> <span class="by">${what}</span>${closes === '' ? null : markup`<br><span class="closes">${withCode(closes)}</span>`}</li>\n`)}</ul>`
  }</div>
</div></section>`;
}

/** `slow-clients` → `slow clients` */
function named(id: string): string {
  return id.replaceAll('-', ' ');
}
