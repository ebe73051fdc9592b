/** The members of an event's data that may be a number that counts, or a time: among these both are searched for. */
import type { EventMember } from '../client/event-cache.ts';
import type { JsonFields } from '../core/json.ts';
import { pointerText } from '../core/json-pointer.ts';
import { isNear, unixMs } from './unix-time.ts';

/** Members beyond these are not looked at. */
const MOST_MEMBERS = 24;
const MOST_NAME_CHARACTERS = 100;
const MOST_TIME_CHARACTERS = 40;

/** @param nowMs our own time, Unix ms */
export function membersOf(json: JsonFields, nowMs: number): EventMember[] {
  const members: EventMember[] = [];
  for (const [name, value] of Object.entries(json).slice(0, MOST_MEMBERS)) {
    const isText = typeof value === 'string' && value.length <= MOST_TIME_CHARACTERS;
    if (name.length > MOST_NAME_CHARACTERS || (!isText && typeof value !== 'number')) continue;
    const ms = unixMs(value);
    const timeMs = isNear(ms, nowMs) ? ms : Number.NaN;
    const count = countOf(value);
    if (count >= 0 || !Number.isNaN(timeMs)) members.push({ pointer: pointerText([name]), count, timeMs });
  }
  return members;
}

/** A whole number that may be one of a sequence; -1 for everything else. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;
}
