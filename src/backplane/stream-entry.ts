/** From an entry of the Redis stream to an event: its id `SECONDS-N` names a life, by the second it began in, and a number. */
import type { BackplaneEntry } from '../hub/backplane.ts';

export type RawEntry = [id: string, fields: string[]];

const LIFE_DIGITS = 6;
const BASE = 36;

/** A letter and six characters, as all lives of a hub are named. */
export function lifeName(seconds: number): string {
  return `s${seconds.toString(BASE).padStart(LIFE_DIGITS, '0')}`;
}

export function entryOf([id, fields]: RawEntry): BackplaneEntry {
  const [seconds, seq] = id.split('-').map(Number) as [number, number];
  const named = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) named.set(fields[at] as string, fields[at + 1] as string);
  const event = { data: named.get('data') ?? '', event: named.get('event'), id: named.get('id') };
  return { life: lifeName(seconds), seq, event };
}
