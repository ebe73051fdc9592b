/** A chart over time as it is planned: how each of its lines is read from the series. */
import type { SeriesPoint } from '../../../record/series-point.ts';
import type { Chart, ChartLine } from './chart-model.ts';

export interface TimeChart extends Pick<Chart, 'id' | 'title' | 'about' | 'unit' | 'instead'> {
  lines: readonly TimeLine[];
  isStepped?: boolean;
  isJoined?: boolean;
  /** Made of the times that are left: what is computed and not measured. */
  fitted?: (timesMs: readonly number[]) => Pick<Chart, 'band'> & { line: ChartLine };
}

export interface TimeLine {
  label: string;
  /** @param seconds since the point before */
  read(point: SeriesPoint, seconds: number): number | null;
}

/** What is not seen is not written: five digits, and whole numbers as they are. */
export function shortened(value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}
