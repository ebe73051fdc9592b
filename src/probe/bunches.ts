/** Things that were sent apart and came together: events by their own times, heartbeats because they are periodic. */
import { HELD_MS, TOGETHER_MS } from '../findings/arrivals.ts';
import type { StreamLog } from './stream-log.ts';

/** Heartbeats that come together were not sent together. */
const LEAST_BEATS = 3;

/** How many bunches of either kind there were. */
export function bunchesOf(log: StreamLog): number {
  return log.bunching.bunches + beatBunches(log);
}

/** How many bunches of heartbeats there were. */
export function beatBunches({ beats }: StreamLog): number {
  let bunches = 0;
  let inBunch = 0;
  let startMs = Number.NEGATIVE_INFINITY;
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const { atMs } of beats) {
    if (atMs - startMs > TOGETHER_MS) {
      previousMs = startMs;
      startMs = atMs;
      inBunch = 0;
    }
    inBunch += 1;
    // Together, and after a silence of heartbeats in which they were sent.
    if (inBunch === LEAST_BEATS && atMs - previousMs > HELD_MS) bunches += 1;
  }
  return bunches;
}
