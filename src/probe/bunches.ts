/** Things that were sent apart and came together: events by their own times, heartbeats because they are periodic. */
import { HELD_MS, TOGETHER_MS } from '../findings/arrivals.ts';
import type { StreamLog } from './stream-log.ts';

/** Heartbeats that come together were not sent together. */
const LEAST_BEATS = 3;

/** Nobody sends so many heartbeats at once, and where they were held for so long, it was no pause. */
const MANY_BEATS = 5;
const LONG_MS = 3000;

/** The bunches of events that were no greeting: how many, and over how long they were due and sent. */
export function bunchesEnded({ bunching, bunch }: StreamLog): { judged: number; dueForMs: number; sentForMs: number } {
  bunching.end(bunch);
  const { bunchDue, bunchSent } = bunching.times;
  return { judged: bunchDue.count, dueForMs: bunchDue.percentile(50), sentForMs: bunchSent.percentile(100) };
}

/** Whether many heartbeats came together once, after a long time without any. */
export function isLongBunchOfBeats({ beats }: StreamLog, ownStopMs: number): boolean {
  return beats.some(({ atMs }, at) => {
    const last = beats[at + MANY_BEATS - 1];
    if (last === undefined || last.atMs - atMs > TOGETHER_MS) return false;
    const before = beats[at - 1];
    return before !== undefined && atMs - before.atMs >= LONG_MS + ownStopMs;
  });
}

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
