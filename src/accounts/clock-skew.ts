/**
 * Stamps of a clock that is not ours. A time that lies in the future cannot be a latency: it shows by how much
 * the server's clock is ahead. One that is behind looks like a delay; only that everything is late by the same,
 * the fastest event as the slowest, gives it away, and a real delay could do that too: so it is told, and the
 * figures stay.
 */
import type { ReadTimes } from '../measure/figures.ts';

/** A stamp that is ahead by no more is the jitter of two clocks on one machine. */
export const JITTER_MS = 1;
/**
 * Up to here a sample still counts, as zero: between machines clocks agree no better, and what is measured is
 * too low by that little. Beyond, it says nothing.
 */
export const TOLERATED_SKEW_MS = 50;
/** With more than this share of such stamps, the others say nothing either. */
export const VOID_SHARE = 0.1;

/** A clock behind by less cannot be told from the delay of a busy server. */
const LEAST_BEHIND_MS = 1000;
/** All events are late by the same within this: a share of the delay, and at least so much. */
const SAME_SHARE = 0.05;
const SAME_MS = 50;
const LEAST_SAMPLES = 20;

/**
 * How far the server's clock seems to be ahead of ours, the median of the stamps in the future; negative where it
 * seems to be behind. Null where nothing says that it is either.
 */
export function clockSkewMs({ times: { skew, latency } }: ReadTimes<'skew' | 'latency'>): number | null {
  if (skew.count > 0) return skew.percentile(50);
  if (latency.count < LEAST_SAMPLES) return null;
  const fastestMs = latency.percentile(0);
  const sameMs = Math.max(SAME_MS, fastestMs * SAME_SHARE);
  return fastestMs >= LEAST_BEHIND_MS && latency.percentile(99) - fastestMs <= sameMs ? -fastestMs : null;
}
