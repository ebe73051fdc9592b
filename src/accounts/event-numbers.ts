/** What may be the number of an event in a sequence: the digits at the end of its id, and whole numbers in its data. */
import { isFields, parseJson } from '../core/json.ts';
import type { KeyedEvent } from './event-key.ts';
import { membersOf } from './members.ts';

const NUMBERED = /^(.{0,40}?)(0|[1-9]\d{0,14})$/s;
const MOST_CHARACTERS = 16_384;
const MOST_NUMBERS = 6;

/** @param nowMs our own time, Unix ms: what may be a time is no number */
export function numbersIn({ id, data }: KeyedEvent, nowMs: number): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = {};
  const found = id === null ? null : NUMBERED.exec(id);
  if (found !== null) numbers[`id ${found[1]}`] = Number(found[2]);
  if (data.charCodeAt(0) !== 0x7b || data.length > MOST_CHARACTERS) return numbers;
  const json = parseJson(data);
  if (!isFields(json)) return numbers;
  const counting = membersOf(json, nowMs).filter(({ count, timeMs }) => count >= 0 && Number.isNaN(timeMs));
  for (const { pointer, count } of counting.slice(0, MOST_NUMBERS)) numbers[pointer] = count;
  return numbers;
}
