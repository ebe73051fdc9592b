/**
 * Do times lie around one value? "Network faults scatter; deadlines don't."
 *
 * Reads a histogram by its percentiles, so it works on what several processes have merged, to the histogram's
 * three digits.
 */
import type { TimeHistogram } from './histogram.ts';

export interface Cluster {
  fromMs: number;
  toMs: number;
}

/** The narrowest interval that holds `sharePercent` of all samples; null when there are none. */
export function narrowest(times: TimeHistogram, sharePercent: number): Cluster | null {
  const { count } = times;
  if (count === 0) return null;
  const within = Math.ceil((count * sharePercent) / 100);
  // Every sample as the first of the interval would do; of many, a hundred starts do as well.
  const step = Math.max(1, Math.floor((count - within) / 100));
  let best: Cluster | null = null;
  for (let first = 1; first + within - 1 <= count; first += step) {
    const fromMs = valueOf(times, first);
    const toMs = valueOf(times, first + within - 1);
    if (best === null || toMs - fromMs < best.toMs - best.fromMs) best = { fromMs, toMs };
  }
  return best;
}

/** How many samples lie above `ms`. */
export function countAbove(times: TimeHistogram, ms: number): number {
  let below = 0;
  let above = times.count + 1;
  while (above - below > 1) {
    const rank = (below + above) >> 1;
    if (valueOf(times, rank) > ms) above = rank;
    else below = rank;
  }
  return times.count - below;
}

/** The sample of this rank, from 1 on, in order of size. */
function valueOf(times: TimeHistogram, rank: number): number {
  // A little below, so that rounding never takes it for the next one.
  return times.percentile(((rank - 0.5) / times.count) * 100);
}
