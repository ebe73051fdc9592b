/**
 * How far the difference between two figures of one metric may be off, as an interval. Where the difference comes from
 * decides which figure says so: the seconds of both runs, the neighbours of a percentile, the chance in a count, the
 * sawtooth of a collected heap, or the interval that a trend has of its own.
 */
import type { KeptRun, KeptSeconds } from './kept-run.ts';
import { type Interval, LEAST_SECONDS, median, shiftBetween } from './shift.ts';

/** The two runs, and the figure of both. */
export interface Pair {
  readonly base: KeptRun;
  readonly next: KeptRun;
  readonly baseValue: number;
  readonly nextValue: number;
}

/** What the difference may be, or why nobody can tell. */
export type Noise = (Interval & { readonly estimate?: number }) | { readonly unknown: string };

/** So many samples must lie beyond a percentile; with fewer it is the accident of one of them. */
const LEAST_BEYOND = 10;
/** Three standard deviations of a count of independent things (Poisson). */
const DEVIATIONS = 3;

/** By the seconds under load. */
export function bySeconds({ base, next }: Pair, series: keyof KeptSeconds): Noise {
  return (
    shiftBetween(base.seconds[series], next.seconds[series]) ?? {
      unknown: `fewer than ${LEAST_SECONDS} s of load in which it was measured`,
    }
  );
}

interface Statistic {
  /** The share of the samples that lies beyond it. */
  readonly beyond: number;
  /** The figures between which it lies for sure. */
  readonly between: readonly [below: string, above: string];
}

/** What lies further out is one sample in most runs. */
const STATISTICS: Readonly<Record<string, Statistic>> = {
  mean: { beyond: 0.5, between: ['p50', 'p90'] },
  p50: { beyond: 0.5, between: ['p50', 'p90'] },
  p90: { beyond: 0.1, between: ['p50', 'p95'] },
  p95: { beyond: 0.05, between: ['p90', 'p99'] },
  p99: { beyond: 0.01, between: ['p95', 'p999'] },
  p999: { beyond: 0.001, between: ['p99', 'max'] },
};

/**
 * By the neighbours of a percentile: without a series there is nothing else, since nobody knows how many of the samples
 * are independent.
 */
export function byNeighbours({ base, next }: Pair, metric: string): Noise {
  const dot = metric.lastIndexOf('.');
  const family = metric.slice(0, dot);
  const statistic = STATISTICS[metric.slice(dot + 1)];
  const fewest = Math.min(base.samples.get(family) ?? 0, next.samples.get(family) ?? 0);
  if (statistic === undefined || fewest * statistic.beyond < LEAST_BEYOND) return { unknown: 'too few samples' };
  const of = ({ figures }: KeptRun): number[] =>
    [metric, ...statistic.between.map((name) => `${family}.${name}`)].flatMap((name) => figures.get(name) ?? []);
  return {
    low: Math.min(...of(next)) - Math.max(...of(base)),
    high: Math.max(...of(next)) - Math.min(...of(base)),
  };
}

/** What neither of two intervals rules out. */
export function byBoth(one: Noise, other: Noise): Noise {
  if ('unknown' in one) return one;
  if ('unknown' in other) return other;
  return { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };
}

/**
 * A count of what must not happen at all is exact where it did not happen before; elsewhere counts vary by chance.
 *
 * @param expected the count of the base, for a run as long as the new one
 */
export function byCounts({ nextValue }: Pair, expected: number, isExact: boolean): Noise {
  const difference = nextValue - expected;
  const chance = isExact && (expected === 0 || nextValue === 0) ? 0 : DEVIATIONS * Math.sqrt(expected + nextValue);
  return { low: difference - chance, high: difference + chance };
}

/** By how far the memory of the run with less of it goes up and down on its own. @param parts into which it is divided */
export function bySawtooth({ base, next, baseValue, nextValue }: Pair, parts = 1): Noise {
  const calmer = nextValue > baseValue ? base : next;
  const { rssBytes } = calmer.seconds;
  const middle = median(rssBytes);
  const swing = rssBytes.reduce((most, bytes) => Math.max(most, Math.abs(bytes - middle)), 0) / parts;
  return { low: nextValue - baseValue - swing, high: nextValue - baseValue + swing };
}

/** By the intervals of both trends. */
export function byTrends({ base, next }: Pair): Noise {
  if (base.growth === null || next.growth === null) return { unknown: 'too short for a trend' };
  return { low: next.growth.low - base.growth.high, high: next.growth.high - base.growth.low };
}
