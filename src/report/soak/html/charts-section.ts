/** The charts of a report without its script: what each shows, its keys, and a table of the same figures. */
import { formatCount, formatDuration } from '../../../core/units.ts';
import { type Markup, markup } from '../../html-text.ts';
import { marksText } from './chart-marks.ts';
import { type Chart, type ChartLine, type ChartSet, unitText } from './chart-model.ts';
import { extremesOf, stepsOf } from './downsample.ts';
import { dashOf } from './line-styles.ts';
import { KNOWN_SHARES } from './percentile-curve.ts';
import { table } from './table.ts';

/** Rows of a table: a reader looks for a time and not for a second; the seconds are in the CSV report. */
const MOST_ROWS = 60;

export function chartsSection(set: ChartSet): Markup {
  const marks = marksText(set.marks);
  return markup`<section id="charts"><h2>Charts</h2>
<noscript><p class="note">Charts are drawn by a script, which does not run here. The table below each has the same figures.</p></noscript>
${marks === '' ? null : markup`<p class="marks">Marked on the charts over time: ${marks}.</p>`}
<div class="charts">${set.charts.map((chart) => chartFigure(chart, set.timesMs))}</div>
</section>`;
}

function chartFigure(chart: Chart, timesMs: readonly number[]): Markup {
  const { id, title, about, instead } = chart;
  const head = markup`<figcaption><h3>${title}</h3><p>${about}</p></figcaption>`;
  if (instead !== null)
    return markup`<figure class="chart" id="chart-${id}">${head}<p class="instead">${instead}</p></figure>\n`;
  return markup`<figure class="chart" id="chart-${id}">${head}
<ul class="keys">${chart.lines.map((line, at) => key(chart, line, at))}</ul>
<div class="plot" aria-hidden="true"></div>
<details><summary>Table</summary>${chart.axis === 'time' ? timeTable(chart, timesMs) : shareTable(chart)}</details>
</figure>\n`;
}

/** A key has the line's own dashes, and its highest value; the script puts there what is under the pointer. */
function key({ unit }: Chart, { label, values, style }: ChartLine, at: number): Markup {
  const highest = extremesOf(values, { from: 0, to: values.length })?.high.value ?? null;
  return markup`<li data-line="${at}"><svg class="line line-${style}" width="28" height="10" viewBox="0 0 28 10" aria-hidden="true"><line x1="0" y1="5" x2="28" y2="5" stroke-dasharray="${dashOf(style).join(' ')}"/></svg> ${label} <span class="value">max ${unitText(unit, highest)}</span></li>`;
}

function timeTable({ title, unit, lines }: Chart, timesMs: readonly number[]): Markup {
  const steps = stepsOf(timesMs.length, MOST_ROWS);
  return table({
    label: title,
    head: ['Until', ...lines.map(({ label }) => label)],
    rows: steps.map((step) => [
      formatDuration(timesMs[step.to - 1] ?? 0),
      ...lines.map(({ values }) => {
        const extremes = extremesOf(values, step);
        if (extremes === null) return '–';
        const [low, high] = [unitText(unit, extremes.low.value), unitText(unit, extremes.high.value)];
        return low === high ? low : `${low} to ${high}`;
      }),
    ]),
  });
}

function shareTable({ title, unit, lines, shares }: Chart): Markup {
  const rows = [...shares.entries()].filter(([at, share]) => KNOWN_SHARES.includes(share) || at === shares.length - 1);
  return table({
    label: title,
    head: ['Percentile', 'One of', ...lines.map(({ label }) => label)],
    rows: rows.map(([at, share]) => [
      percentileText(share),
      formatCount(1 / (1 - share)),
      ...lines.map(({ values }) => unitText(unit, values[at] ?? null)),
    ]),
  });
}

/** Without the noise of the last digits: `99.95 %`. */
function percentileText(share: number): string {
  return `${Number((share * 100).toFixed(7))} %`;
}
