/**
 * Stamps of a clock that is not ours. A time that lies in the future cannot be a latency: it shows by how much
 * the server's clock is ahead. One that is behind looks like a delay; only that everything is late by the same
 * gives it away (latency-floor.ts), and a real delay could do that too: so it is told, and the figures stay.
 */
import type { ReadTimes } from '../measure/figures.ts';
import { mayBeBehind, type ReadFloor } from './latency-floor.ts';

/** A stamp that is ahead by no more is the jitter of two clocks on one machine. */
export const JITTER_MS = 1;
/**
 * Up to here a sample still counts, as zero: between machines clocks agree no better, and what is measured is
 * too low by that little. Beyond, it says nothing.
 */
export const TOLERATED_SKEW_MS = 50;
/** With more than this share of such stamps, the others say nothing either. */
export const VOID_SHARE = 0.1;

/** A histogram holds an hour, and a stamp may be a day old (stamps.ts). */
export const AGE_SCALE = 24;
/**
 * Times before a stream began that are all as old, within this, are those of a clock; history is of many ages. The share
 * is what a histogram can tell apart.
 */
const SAME_AGE_MS = 500;
const SAME_AGE_SHARE = 0.002;
const LEAST_SAMPLES = 20;

/**
 * How far the server's clock seems to be ahead of ours, the median of the stamps in the future; negative where it
 * seems to be behind. Null where nothing says that it is either.
 */
export function clockSkewMs(figures: ReadFloor & ReadTimes<'skew' | 'latency' | 'ageBefore'>): number | null {
  const { skew, latency, latencyFloor, ageBefore } = figures.times;
  if (skew.count > 0) return skew.percentile(50);
  if (latency.count > 0) return mayBeBehind(figures) ? -latencyFloor.percentile(50) : null;
  if (ageBefore.count < LEAST_SAMPLES) return null;
  const [least, usual, most] = [0, 50, 90].map((rank) => ageBefore.percentile(rank) * AGE_SCALE) as [
    number,
    number,
    number,
  ];
  return most - least <= Math.max(SAME_AGE_MS, usual * SAME_AGE_SHARE) ? -usual : null;
}
