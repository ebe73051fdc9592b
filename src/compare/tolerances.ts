/** Which difference is none because the user says so, for all metrics and for some. */
import { UsageError } from '../core/errors.ts';
import { quote } from '../core/printable.ts';
import { closest } from '../core/suggest.ts';
import type { Tolerance } from '../options/values/tolerance.ts';
import { METRIC_FAMILIES, METRICS } from '../verdict/metrics.ts';

/** As ratios of the base's figure. */
export interface Tolerances {
  readonly all: number;
  /** By the name of a metric, or the beginning of several: `latency` for all that begins with `latency.`. */
  readonly some: ReadonlyMap<string, number>;
}

const USUAL_TOLERANCE = 0.1;

/** The last one that was given counts. @throws {UsageError} for a metric that there is none of */
export function tolerancesOf(given: readonly Tolerance[]): Tolerances {
  const some = new Map<string, number>();
  let all = USUAL_TOLERANCE;
  for (const { metric, ratio } of given) {
    if (metric === null) all = ratio;
    else if (isKnown(metric)) some.set(metric, ratio);
    else throw unknownMetric(metric);
  }
  return { all, some };
}

/** The longest name goes before shorter ones, and all of them before that of all. */
export function toleranceOf({ all, some }: Tolerances, metric: string): number {
  for (let name = metric; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const ratio = some.get(name);
    if (ratio !== undefined) return ratio;
  }
  return all;
}

function isKnown(name: string): boolean {
  return [...METRICS.keys()].some((metric) => metric === name || metric.startsWith(`${name}.`));
}

function unknownMetric(metric: string): UsageError {
  const guess = closest(metric, [...METRICS.keys(), ...Object.keys(METRIC_FAMILIES)]);
  return new UsageError(
    `--tolerance: ${quote(metric)} is no metric${guess === null ? '' : `; did you mean ${quote(guess)}?`}`,
    { hint: 'See "sse-probe compare --list metrics".' },
  );
}
