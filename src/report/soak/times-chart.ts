/**
 * How times are spread, as a small chart: a column for each range of times, as high as it has samples. The ranges grow by
 * the same factor, since latencies lie as far above the median as ten times of it; one sample is always to be seen.
 */
import { formatDuration } from '../../core/units.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { Paint } from '../paint.ts';

const ROWS = 3;
const MOST_COLUMNS = 48;
const LEAST_COLUMNS = 16;
/** The fillings of a cell, from one part to all of it. */
const BLOCKS = '▁▂▃▄▅▆▇█';
/** For a terminal without UTF-8. */
const ASCII_BLOCKS = '.:#';
/** Times are measured in whole microseconds; what is less than ten of them is no latency. */
const LEAST_MS = 0.01;
/** Times that are nearer to each other are alike: the histogram keeps three digits. */
const LEAST_RATIO = 1.05;

export interface ChartView {
  paint: Paint;
  /** Columns of the line. */
  columns: number;
  isUtf8: boolean;
}

/** Empty without samples, and where all are alike. @param labelColumns that stand before the chart */
export function timesChart(times: TimeHistogram, label: string, labelColumns: number, view: ChartView): string[] {
  const { paint, columns, isUtf8 } = view;
  const room = Math.min(columns - labelColumns, MOST_COLUMNS);
  const fromMs = Math.max(times.percentile(0), LEAST_MS);
  const toMs = times.percentile(100);
  if (times.count === 0 || toMs < fromMs * LEAST_RATIO || room < LEAST_COLUMNS) return [];
  const bounds = Array.from({ length: room }, (_, at) => fromMs * (toMs / fromMs) ** ((at + 1) / room));
  // The last bound is the longest time, and not what the power makes of it.
  bounds[room - 1] = toMs;
  const bars = rowsOf(times.countsUpTo(bounds), isUtf8 ? BLOCKS : ASCII_BLOCKS);
  const from = formatDuration(fromMs);
  const to = formatDuration(toMs);
  const middle = formatDuration(Math.sqrt(fromMs * toMs));
  const before = Math.max(Math.floor((room - middle.length) / 2), from.length + 1);
  const scale = `${`${from.padEnd(before)}${middle}`.padEnd(room - to.length)}${to}`;
  return [
    ...bars.map((bar, row) => {
      const head = row === bars.length - 1 ? `  ${label}` : '';
      return `${paint.dim(head.padEnd(labelColumns))}${bar}`.trimEnd();
    }),
    `${' '.repeat(labelColumns)}${paint.dim(scale)}`,
  ];
}

/** @param fillings of one cell; a space is none */
function rowsOf(counts: readonly number[], fillings: string): string[] {
  const most = Math.max(...counts);
  const heights = counts.map((count) =>
    count === 0 ? 0 : Math.max(Math.round((count / most) * ROWS * fillings.length), 1),
  );
  return Array.from({ length: ROWS }, (_, row) => {
    const below = (ROWS - 1 - row) * fillings.length;
    return heights
      .map((height) => {
        const filled = Math.min(Math.max(height - below, 0), fillings.length);
        return filled === 0 ? ' ' : (fillings[filled - 1] ?? ' ');
      })
      .join('');
  });
}
