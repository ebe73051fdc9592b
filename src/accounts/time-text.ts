/**
 * Takes the times out of a text, so that two texts which differ only in when they were written are the same.
 *
 * It works on the text and not on JSON: times stand in nested members, in lines of a log and alone, and parsing would
 * cost more. What is taken out are dates and times of day as ISO 8601, HTTP and JavaScript write them, and numbers that
 * are a Unix time within a day of now, in whatever unit. A number that merely looks like a time is taken out as well:
 * two events that differ in nothing else are then held to be one, which is never an accusation.
 */
import { isNear, unixMs } from './unix-time.ts';

const TIMES =
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?|\d{1,2}:\d\d:\d\d(?:[.,]\d+)?|(?<!\d)\d{10,19}(?:\.\d+)?(?!\d)/g;
const TAKEN_OUT = '~';
/** In longer text times are not looked for. */
export const MAX_TIMED_CHARACTERS = 65_536;
const DIGITS = /^\d{10,}/;

/** @param nowMs our own time, Unix ms */
export function withoutTimes(text: string, nowMs: number = Date.now()): string {
  return text.replaceAll(TIMES, (found) => (DIGITS.test(found) && !isNear(unixMs(found), nowMs) ? found : TAKEN_OUT));
}
