/**
 * Times as servers write them: ISO 8601, or Unix time whose unit is found from its size. Seconds, milliseconds,
 * microseconds and nanoseconds since 1970 are a factor of a thousand apart, and only one of them is near our time.
 */

/** The units of a time in an event. */
export const TIME_UNITS = ['s', 'ms', 'µs', 'ns', 'ISO 8601'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** What `Date.parse` alone would not insist on: to it "version 2" is a day in 2001. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const DIGITS = /^\d+(\.\d+)?$/;
const MOST_SECONDS = 1e11;
/** A clock, or a replay, that is further off is not believed to be either. */
const PLAUSIBLE_MS = 86_400_000;

/** A number, digits or ISO 8601 text as Unix milliseconds; NaN for everything else. */
export function unixMs(value: unknown): number {
  if (typeof value === 'string') {
    if (DIGITS.test(value)) return unixMs(Number(value));
    return ISO_8601.test(value) ? Date.parse(value) : Number.NaN;
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return Number.NaN;
  if (value < MOST_SECONDS) return value * 1e3;
  if (value < 1e14) return value;
  if (value < 1e17) return value / 1e3;
  return value / 1e6;
}

/** Whether a time, Unix ms, may be one of sending: within a day of ours. False for NaN. */
export function isNear(ms: number, ourMs: number): boolean {
  return Math.abs(ms - ourMs) <= PLAUSIBLE_MS;
}

/** The unit of what {@link unixMs} took for a time. */
export function timeUnit(value: unknown): TimeUnit {
  const number = Number(value);
  if (Number.isNaN(number)) return 'ISO 8601';
  if (number < MOST_SECONDS) return 's';
  if (number < 1e14) return 'ms';
  return number < 1e17 ? 'µs' : 'ns';
}

export function isWholeSeconds(value: unknown): boolean {
  if (typeof value === 'string') return DIGITS.test(value) ? isWholeSeconds(Number(value)) : !value.includes('.');
  return typeof value === 'number' && value < MOST_SECONDS && Number.isInteger(value);
}
