/**
 * Reads the sequence number and the time stamps out of an event's data, by JSON pointer (RFC 6901).
 *
 * The unit of a time is found from its size: seconds, milliseconds, microseconds and nanoseconds since 1970
 * are a factor of a thousand apart, and only one of them is near our time. What is not within a day of now is
 * no time of sending, whatever its size: a random number, an age, somebody's birthday. Data that is not JSON,
 * or has nothing at the pointer, gives no stamps: what is not there is not measured.
 */
import { pointerPath, valueAt } from '../core/json-pointer.ts';
import { parseJson } from '../core/json.ts';

export interface Stamps {
  seq: number;
  scheduledMs: number;
  sentMs: number;
  /** Something stands where a time was to be, and is none. */
  badTime: boolean;
  /** The times are written in whole seconds: what is measured with them is too, and up to a second too much. */
  coarse: boolean;
  /** The data is too long to be read for them. */
  unread?: true;
}

const NOTHING: Readonly<Stamps> = {
  seq: -1,
  scheduledMs: Number.NaN,
  sentMs: Number.NaN,
  badTime: false,
  coarse: false,
};
const UNREAD: Readonly<Stamps> = { ...NOTHING, unread: true };
/** Longer data costs more than the stamps are worth: a tenth of a second for each event that is not the same for all. */
const MAX_JSON_LENGTH = 8 * 1024 * 1024;
/** A clock, or a replay, that is further off is not believed to be either. */
const PLAUSIBLE_MS = 86_400_000;

export interface StampPointers {
  seq: string;
  scheduled: string;
  sent: string;
}

export const DEFAULT_POINTERS: StampPointers = { seq: '/seq', scheduled: '/scheduled', sent: '/sent' };

/** @param nowMs our own time, Unix ms */
export function stampReader(
  pointers: StampPointers,
  nowMs: () => number = Date.now,
): (type: string, data: string) => Stamps {
  const seqPath = pointerPath(pointers.seq);
  const scheduledPath = pointerPath(pointers.scheduled);
  const sentPath = pointerPath(pointers.sent);
  // Nobody said where the time is: the one at which it was sent is the best there is, where the other is missing.
  const sentWillDo = pointers.scheduled === DEFAULT_POINTERS.scheduled;
  return (_type, data) => {
    // An object is what a pointer can point into.
    if (data.charCodeAt(0) !== 0x7b) return NOTHING;
    if (data.length > MAX_JSON_LENGTH) return UNREAD;
    const json = parseJson(data);
    if (json === undefined) return NOTHING;
    const seq = valueAt(json, seqPath);
    const scheduled = valueAt(json, scheduledPath);
    const sent = valueAt(json, sentPath);
    const ourMs = nowMs();
    const scheduledMs = plausibleMs(scheduled, ourMs);
    const sentMs = plausibleMs(sent, ourMs);
    const used = isThere(scheduled) || !sentWillDo ? scheduled : sent;
    return {
      seq: typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0 ? seq : -1,
      scheduledMs: used === scheduled ? scheduledMs : sentMs,
      sentMs,
      badTime: isThere(used) && Number.isNaN(used === scheduled ? scheduledMs : sentMs),
      coarse: isWholeSeconds(used),
    };
  };
}

/** What `Date.parse` alone would not insist on: to it "version 2" is a day in 2001. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const DIGITS = /^\d+(\.\d+)?$/;
const MOST_SECONDS = 1e11;

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

function plausibleMs(value: unknown, ourMs: number): number {
  const ms = unixMs(value);
  return Math.abs(ms - ourMs) <= PLAUSIBLE_MS ? ms : Number.NaN;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isWholeSeconds(value: unknown): boolean {
  if (typeof value === 'string') return DIGITS.test(value) ? isWholeSeconds(Number(value)) : !value.includes('.');
  return typeof value === 'number' && value < MOST_SECONDS && Number.isInteger(value);
}
