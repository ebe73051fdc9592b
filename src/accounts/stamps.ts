/**
 * Reads the sequence number and the time stamps out of an event's data, by JSON pointer (RFC 6901).
 *
 * What is not within a day of now is no time of sending, whatever its size: a random number, an age, somebody's
 * birthday. Data that is not JSON, or has nothing at the pointer, gives no stamps: what is not there is not measured.
 */
import { pointerPath, valueAt } from '../core/json-pointer.ts';
import { type EventStamps, NO_STAMPS, UNREAD } from '../client/event-cache.ts';
import { hasTooManyValues, isFields, parseJson } from '../core/json.ts';
import type { FieldSearch } from './field-search.ts';
import { countOf, membersOf } from './members.ts';
import type { StampPointers } from './stamp-pointers.ts';
import { isNear, isWholeSeconds, unixMs } from './unix-time.ts';

export type Stamps = Required<EventStamps>;

/** Longer data costs more than the stamps are worth: a tenth of a second for each event that is not the same for all. */
const MAX_JSON_LENGTH = 8 * 1024 * 1024;

/**
 * @param nowMs our own time, Unix ms
 * @param search what was found in other members; it is told what was read
 */
export function stampReader(
  pointers: StampPointers,
  nowMs: () => number = Date.now,
  search: FieldSearch | null = null,
): (type: string, data: string) => Stamps {
  const seqPath = pointerPath(pointers.seq);
  const scheduledPath = pointerPath(pointers.scheduled);
  const sentPath = pointerPath(pointers.sent);
  const isAsked = (seq: unknown, time: unknown): boolean =>
    (pointers.seqGiven && isThere(seq)) || (pointers.timeGiven && isThere(time));
  return (_type, data) => {
    // An object is what a pointer can point into.
    if (data.charCodeAt(0) !== 0x7b) return NO_STAMPS;
    if (data.length > MAX_JSON_LENGTH || hasTooManyValues(data)) return UNREAD;
    const json = parseJson(data);
    if (!isFields(json)) return NO_STAMPS;
    const ourMs = nowMs();
    const seq = valueAt(json, seqPath);
    const scheduled = valueAt(json, scheduledPath);
    const sent = valueAt(json, sentPath);
    // Nobody said where the time is: the one at which it was sent is the best there is, where the other is missing.
    const known = isThere(scheduled) || pointers.timeGiven ? scheduled : sent;
    const found = isThere(known) ? undefined : foundAt(json, search?.timePath);
    const timeFound = isThere(found);
    const used = timeFound ? found : known;
    const usedMs = plausibleMs(used, ourMs);
    const count = countOf(seq);
    search?.noteRead(count, usedMs, used);
    return {
      seq: count,
      foundSeq: countOf(foundAt(json, search?.sequencePath)),
      scheduledMs: usedMs,
      sentMs: timeFound ? usedMs : plausibleMs(sent, ourMs),
      badTime: !timeFound && isThere(used) && Number.isNaN(usedMs),
      coarse: isWholeSeconds(used),
      planned: isThere(scheduled) && !pointers.timeGiven && !Number.isNaN(usedMs),
      timeFound,
      asked: isAsked(seq, scheduled),
      members: search?.searching === true ? membersOf(json, ourMs) : null,
      unread: false,
    };
  };
}

function foundAt(json: unknown, path: readonly string[] | null | undefined): unknown {
  return path === null || path === undefined ? undefined : valueAt(json, path);
}

function plausibleMs(value: unknown, ourMs: number): number {
  const ms = unixMs(value);
  return isNear(ms, ourMs) ? ms : Number.NaN;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
