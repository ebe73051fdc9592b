/**
 * What the charts of a report draw: plain data, made from the report by `charts-of.ts` and drawn by the script of the
 * page, which knows nothing else of a run. Given again, it is drawn again.
 */
import { formatBytes, formatCount, formatDuration, formatRate } from '../../../core/units.ts';

/** What a value is. */
export type ChartUnit = 'count' | 'perSecond' | 'ms' | 'bytes';

const FORMATS: Readonly<Record<ChartUnit, (value: number) => string>> = {
  count: formatCount,
  perSecond: formatRate,
  ms: formatDuration,
  bytes: formatBytes,
};

export function unitText(unit: ChartUnit, value: number | null): string {
  return value === null ? '–' : FORMATS[unit](value);
}

/** One line; null where nothing was measured. */
export interface ChartLine {
  label: string;
  values: (number | null)[];
  /** Which of the patterns and colours, which are the same for the page's keys (`line-styles.ts`). */
  style: number;
}

/** What may lie around the last line, between two others that have no key. */
export interface ChartBand {
  low: (number | null)[];
  high: (number | null)[];
}

export interface Chart {
  id: string;
  title: string;
  /** One or two sentences below the title. */
  about: string;
  unit: ChartUnit;
  lines: ChartLine[];
  band: ChartBand | null;
  /** Where the values stand: in time, or by the share of samples that lie below them. */
  axis: 'time' | 'percentile';
  /** The x values of a percentile chart: shares of the samples, below 1. Empty for a chart over time. */
  shares: number[];
  /** The value goes from one to the next at once: a count that somebody keeps. */
  isStepped: boolean;
  /** The line goes on over seconds in which nothing was measured: what comes every few seconds is no gap. */
  isJoined: boolean;
  /** What stands in place of the chart where there is nothing to draw; null where there is. */
  instead: string | null;
}

/** Something that happened in the run, on all charts over time. */
export interface ChartMark {
  tMs: number;
  label: string;
}

export interface ChartSet {
  /** In milliseconds since the load began, ascending. */
  timesMs: number[];
  marks: ChartMark[];
  charts: Chart[];
}
