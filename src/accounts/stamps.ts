/**
 * Reads the sequence number and the time stamps out of an event's data, by JSON pointer (RFC 6901).
 *
 * What is not within a day of now is no time of sending, whatever its size: a random number, an age, somebody's
 * birthday. Data that is not JSON, or has nothing at the pointer, gives no stamps: what is not there is not measured.
 */
import { pointerPath, valueAt } from '../core/json-pointer.ts';
import { parseJson } from '../core/json.ts';
import { isNear, isWholeSeconds, unixMs } from './unix-time.ts';

export interface Stamps {
  seq: number;
  scheduledMs: number;
  sentMs: number;
  /** Something stands where a time was to be, and is none. */
  badTime: boolean;
  /** The times are written in whole seconds: what is measured with them is too, and up to a second too much. */
  coarse: boolean;
}

const NOTHING: Readonly<Stamps> = {
  seq: -1,
  scheduledMs: Number.NaN,
  sentMs: Number.NaN,
  badTime: false,
  coarse: false,
};
const MAX_JSON_LENGTH = 1024 * 1024;

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
    if (data.charCodeAt(0) !== 0x7b || data.length > MAX_JSON_LENGTH) return NOTHING;
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

function plausibleMs(value: unknown, ourMs: number): number {
  const ms = unixMs(value);
  return isNear(ms, ourMs) ? ms : Number.NaN;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
