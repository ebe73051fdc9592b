/** The charts of a report, in the order in which they stand on the page. */
import type { SeriesPoint } from '../../../record/series-point.ts';
import type { SoakReport } from '../soak-report.ts';
import { marksOf } from './chart-marks.ts';
import type { Chart, ChartSet } from './chart-model.ts';
import { fewerTimes, fewerValues } from './downsample.ts';
import { memoryCharts } from './memory-charts.ts';
import { streamCharts } from './stream-charts.ts';
import { shortened, type TimeChart } from './time-chart.ts';
import { timingCharts } from './timing-charts.ts';

/** More than a screen has columns. */
const MOST_POINTS = 1500;

const NO_SERIES = 'The run ended before its first second.';

export function chartsOf(report: SoakReport): ChartSet {
  const times = report.series.map(({ tMs }) => tMs);
  const timesMs = fewerTimes(times, MOST_POINTS);
  const charts = [...streamCharts(report), ...timingCharts(report), ...memoryCharts(report)].map((chart) =>
    'axis' in chart ? chart : thinned(chart, report.series, timesMs),
  );
  return { timesMs, marks: marksOf(report), charts };
}

function thinned(
  { lines, fitted, isStepped = false, isJoined = false, instead, ...plan }: TimeChart,
  series: readonly SeriesPoint[],
  timesMs: readonly number[],
): Chart {
  const chart: Chart = {
    ...plan,
    lines: [],
    band: null,
    axis: 'time',
    shares: [],
    isStepped,
    isJoined,
    instead: series.length === 0 ? NO_SERIES : instead,
  };
  if (chart.instead !== null) return chart;
  chart.lines = lines.map(({ label, read }, style) => {
    const values = series.map((point, at) => {
      const sinceMs = point.tMs - (series[at - 1]?.tMs ?? 0);
      // The last second is cut short: what came in it, and not what a whole one like it would have had.
      return read(point, Math.max(sinceMs, 1000) / 1000);
    });
    return { label, style, values: fewerValues(values, MOST_POINTS).map(shortened) };
  });
  const line = fitted?.(timesMs);
  if (line === undefined) return chart;
  return { ...chart, lines: [...chart.lines, line.line], band: line.band };
}
