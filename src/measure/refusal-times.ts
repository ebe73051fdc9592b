/**
 * How long clients waited for the head of an answer that refused them, by status: the shortest and the longest time.
 *
 * A tally of steps and not a histogram for each status: any status may come, few times are of interest, and all that is
 * asked is whether they lie together.
 */
import { countUp, figures, type Measured } from './figures.ts';

export const REFUSAL_TIME_FIGURES = figures({
  tallies: [
    /** Refused attempts by status and time, in steps: `503 2000`; `503 any` where too many times were seen. */
    'refusedAfter',
  ],
});
type RefusalTimeFigures = Measured<typeof REFUSAL_TIME_FIGURES>;

const STEP_MS = 50;
/** The most keys of one process. More of one status would lie too far apart to be one time limit. */
const MAX_KEYS = 60;
const ANY = 'any';

export interface RefusalTimes {
  attempts: number;
  shortestMs: number;
  longestMs: number;
}

export function noteRefusalTime({ refusedAfter }: RefusalTimeFigures, statusCode: number, waitedMs: number): void {
  const key = `${statusCode} ${Math.round(waitedMs / STEP_MS) * STEP_MS}`;
  countUp(refusedAfter, refusedAfter.has(key) || refusedAfter.size < MAX_KEYS ? key : `${statusCode} ${ANY}`);
}

/** Null where no answer had this status, or where too many times were seen to be kept. */
export function refusalTimes({ refusedAfter }: RefusalTimeFigures, statusCode: number): RefusalTimes | null {
  let attempts = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  let longestMs = 0;
  for (const [key, count] of refusedAfter) {
    const [status, after] = key.split(' ');
    if (Number(status) !== statusCode) continue;
    if (after === ANY) return null;
    attempts += count;
    shortestMs = Math.min(shortestMs, Number(after));
    longestMs = Math.max(longestMs, Number(after));
  }
  return attempts === 0 ? null : { attempts, shortestMs, longestMs };
}
