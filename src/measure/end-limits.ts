/** Is there one value around which streams ended: one age, or one silence? And did others survive that silence? */
import { LEAST_LIMIT_MS, leastRefutingMs, limitToleranceMs } from '../findings/cuts.ts';
import { type Cluster, countAbove, narrowest } from './cluster.ts';
import type { TimeHistogram } from './histogram.ts';

/** So many of the ends lie around it. */
export const SHARE_PERCENT = 80;
/** More than an hour is more than the histograms tell. */
export const MOST_LIMIT_MS = 3_500_000;
/** Streams that survived it, by those that did not. */
export const SURVIVORS = 0.25;

export interface EndLimit {
  readonly limitMs: number;
  readonly within: Cluster;
}

/** @param delayMs our own, by which the ends may lie further apart than they were */
export function limitIn(ends: TimeHistogram, delayMs = 0): EndLimit | null {
  const within = narrowest(ends, SHARE_PERCENT);
  if (within === null) return null;
  const limitMs = (within.fromMs + within.toMs) / 2;
  if (limitMs < LEAST_LIMIT_MS || limitMs > MOST_LIMIT_MS) return null;
  return within.toMs - within.fromMs > limitToleranceMs(limitMs) + delayMs ? null : { limitMs, within };
}

/**
 * One silence that was clearly longer is enough to refute an idle limit; some that were as long are chance.
 *
 * @param delayMs the longest that we stood still: so much longer a silence may seem
 */
export function isSurvived(
  { limitMs, within }: EndLimit,
  times: Readonly<Record<'survivedSilence' | 'deathSilence', TimeHistogram>>,
  delayMs = 0,
): boolean {
  if (countAbove(times.survivedSilence, within.toMs + limitToleranceMs(limitMs) + delayMs) > 0) return true;
  return countAbove(times.survivedSilence, leastRefutingMs(within.fromMs)) > times.deathSilence.count * SURVIVORS;
}
