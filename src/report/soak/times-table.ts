/** Distributions of times in one table: a row for each that has samples, its percentiles under each other. */
import { formatDuration } from '../../core/units.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { Paint } from '../paint.ts';

const SHOWN = ['p50', 'p90', 'p95', 'p99', 'max'] as const;
/** Two more than the longest duration, `59m 59s`. */
const CELL_COLUMNS = 9;

/** @param rows by their labels. @param labelColumns that a label takes, with what stands before it */
export function timesTable(
  rows: readonly (readonly [label: string, times: TimeHistogram])[],
  labelColumns: number,
  paint: Paint,
): string[] {
  const present = rows.filter(([, { count }]) => count > 0);
  if (present.length === 0) return [];
  const head = SHOWN.map((name) => name.padStart(CELL_COLUMNS)).join('');
  return [
    paint.dim(`${' '.repeat(labelColumns)}${head}`),
    ...present.map(([label, times]) => {
      const figures = times.percentiles();
      const cells = SHOWN.map((name) => formatDuration(figures[name]).padStart(CELL_COLUMNS)).join('');
      return `${paint.dim(`  ${label}`.padEnd(labelColumns))}${cells}`;
    }),
  ];
}
