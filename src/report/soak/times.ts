/** A distribution of times, as the JSON report has it. */
import type { TimeHistogram } from '../../measure/histogram.ts';
import { roundedFigures } from './rounded-figures.ts';

/** A distribution of times, in milliseconds. Without samples `count` is 0 and everything else is null. */
export interface Times {
  /** Number of samples. */
  count: number;
  /** Arithmetic mean, in milliseconds; null without samples. */
  mean: number | null;
  /** Median, in milliseconds; null without samples. */
  p50: number | null;
  /** 90th percentile, in milliseconds; null without samples. */
  p90: number | null;
  /** 95th percentile, in milliseconds; null without samples. */
  p95: number | null;
  /** 99th percentile, in milliseconds; null without samples. */
  p99: number | null;
  /** 99.9th percentile, in milliseconds; null without samples. */
  p999: number | null;
  /** Longest time, in milliseconds; null without samples. */
  max: number | null;
}

export function timesOf(histogram: TimeHistogram): Times {
  const { count, ...figures } = histogram.percentiles();
  return {
    count,
    ...(count > 0
      ? roundedFigures(figures)
      : { mean: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null }),
  };
}
