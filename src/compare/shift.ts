/**
 * By how much the seconds of one run lie above those of another, with the interval in which that difference lies.
 *
 * The estimate is the median of all differences between a second of one and a second of the other (Hodges and Lehmann),
 * its interval that of the rank sum (Mann and Whitney): one second in which the machine stood still moves neither. Seconds
 * that follow each other are alike, so that there are fewer independent ones than seconds: the variance is raised by their
 * serial correlation, as if they came in blocks. What lasts longer than a block is a change and no noise.
 *
 * It knows nothing of what differs between two runs as wholes, such as where the system put the process: that is left to
 * the tolerance and the floors beside it.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Shift extends Interval {
  readonly estimate: number;
}

/** Fewer seconds of a run say nothing. */
export const LEAST_SECONDS = 8;
/** The quantile of the normal distribution for 99 %, two-sided. */
const Z = 2.576;
/** A block of 5 s: the variance is raised by no more than if all seconds of one were the same. */
const BLOCK_SECONDS = 5;
/** Every one is held against every other, so that longer series are put together first. */
const MOST_POINTS = 400;

/** @returns null where one of them is too short */
export function shiftBetween(base: readonly number[], next: readonly number[]): Shift | null {
  if (base.length < LEAST_SECONDS || next.length < LEAST_SECONDS) return null;
  const [before, after] = [thinned(base), thinned(next)];
  const differences = allDifferences(before, after);
  const pairs = differences.length;
  const raised = Math.max(varianceInflation(before), varianceInflation(after));
  const deviation = Math.sqrt((pairs * (before.length + after.length + 1) * raised) / 12);
  const last = pairs - 1;
  const cut = Math.min(Math.max(0, Math.floor(pairs / 2 - Z * deviation)), Math.floor(last / 2));
  return {
    estimate: medianOfSorted(differences),
    low: differences[cut] as number,
    high: differences[last - cut] as number,
  };
}

/** The median of some numbers; 0 of none. */
export function median(values: readonly number[]): number {
  return medianOfSorted(Float64Array.from(values).toSorted());
}

function medianOfSorted(sorted: Float64Array): number {
  if (sorted.length === 0) return 0;
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

function allDifferences(before: readonly number[], after: readonly number[]): Float64Array {
  const differences = new Float64Array(before.length * after.length);
  let at = 0;
  for (const one of before) for (const other of after) differences[at++] = other - one;
  return differences.toSorted();
}

/** Neighbours are replaced by their median. */
function thinned(values: readonly number[]): readonly number[] {
  const stride = Math.ceil(values.length / MOST_POINTS);
  if (stride === 1) return values;
  const thin: number[] = [];
  for (let at = 0; at < values.length; at += stride) thin.push(median(values.slice(at, at + stride)));
  return thin;
}

/** By how much the variance of a mean of such values is larger than of independent ones: 1 and more. */
function varianceInflation(values: readonly number[]): number {
  const ranks = ranksOf(values);
  const middle = (values.length - 1) / 2;
  let together = 0;
  let all = 0;
  for (const [at, rank] of ranks.entries()) {
    all += (rank - middle) ** 2;
    if (at > 0) together += (rank - middle) * ((ranks[at - 1] as number) - middle);
  }
  if (all === 0) return 1;
  // In short series the estimate lies too low (Kendall).
  const correlation = together / all;
  const corrected = Math.min(Math.max(0, correlation + (1 + 4 * Math.max(0, correlation)) / values.length), 0.99);
  return Math.min((1 + corrected) / (1 - corrected), BLOCK_SECONDS);
}

/** The place of each value among all, from 0; the mean of their places for equal ones. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = values.map((_value, at) => at).toSorted((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number]) to += 1;
    for (let at = from; at <= to; at += 1) ranks[order[at] as number] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}
