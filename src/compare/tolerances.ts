/** Which difference is none because the user says so, for all metrics and for some. */
import { UsageError } from '../core/errors.ts';
import { quote } from '../core/printable.ts';
import { closest } from '../core/suggest.ts';
import type { Tolerance } from '../options/values/tolerance.ts';
import { METRIC_FAMILIES, METRICS } from '../verdict/metrics.ts';

/** As ratios of the base's figure. */
export interface Tolerances {
  readonly all: number;
  /** By the name of a metric, or of a family for all its statistics. */
  readonly some: ReadonlyMap<string, number>;
}

export const USUAL_TOLERANCE = 0.1;

/** The last one that was given counts. @throws {UsageError} for a metric that there is none of */
export function tolerancesOf(given: readonly Tolerance[]): Tolerances {
  const some = new Map<string, number>();
  let all = USUAL_TOLERANCE;
  for (const { metric, ratio } of given) {
    if (metric === null) all = ratio;
    else if (METRICS.has(metric) || Object.hasOwn(METRIC_FAMILIES, metric)) some.set(metric, ratio);
    else throw unknownMetric(metric);
  }
  return { all, some };
}

/** That of the metric itself goes before that of its family, and both before that of all. */
export function toleranceOf({ all, some }: Tolerances, metric: string): number {
  return some.get(metric) ?? some.get(metric.slice(0, metric.lastIndexOf('.'))) ?? all;
}

function unknownMetric(metric: string): UsageError {
  const guess = closest(metric, [...METRICS.keys(), ...Object.keys(METRIC_FAMILIES)]);
  return new UsageError(
    `--tolerance: ${quote(metric)} is no metric${guess === null ? '' : `; did you mean ${quote(guess)}?`}`,
    { hint: 'See "sse-probe compare --list metrics".' },
  );
}
