/**
 * From an entry of the Redis stream to an event: its id `SECONDS-N` names a life, by the second it began in, and a number.
 *
 * Anybody who reaches Redis can write to the stream. An entry that is no event keeps its number; one whose id no instance
 * gives (`XADD … *` counts milliseconds) has no place in the feed, and stops it until the stream is deleted.
 */
import type { BackplaneEntry } from '../hub/backplane.ts';

export type RawEntry = [id: string, fields: string[]];

/** Where in the stream an entry is. */
export interface StreamPlace {
  life: number;
  /** The number of the event; 0 is the beginning of its life. */
  seq: number;
}

const LIFE_DIGITS = 6;
const BASE = 36;
/** A second of the year 2038. */
export const LAST_LIFE = BASE ** LIFE_DIGITS - 1;
/** Hubs read no longer numbers in an id. */
export const MOST_SEQ_DIGITS = 15;
const ID = new RegExp(`^(\\d{1,10})-(\\d{1,${MOST_SEQ_DIGITS}})$`);
/** Larger data is no event: it would be held, and written to every client, as one piece. */
export const MOST_DATA_CHARS = 16 * 1024 * 1024;

/** A letter and six characters, as all lives of a hub are named. */
export function lifeName(seconds: number): string {
  return `s${seconds.toString(BASE).padStart(LIFE_DIGITS, '0')}`;
}

/** @returns null for an id that no instance gives */
export function placeOf(id: string): StreamPlace | null {
  const [, life, seq] = ID.exec(id) ?? [];
  const place = { life: Number(life), seq: Number(seq) };
  return place.life <= LAST_LIFE ? place : null;
}

export function entryOf({ life, seq }: StreamPlace, fields: readonly string[]): BackplaneEntry {
  const named = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) named.set(fields[at] as string, fields[at + 1] as string);
  const data = named.get('data');
  const isEvent = data !== undefined && data.length <= MOST_DATA_CHARS;
  return {
    life: lifeName(life),
    seq,
    event: isEvent ? { data, event: named.get('event'), id: named.get('id') } : null,
  };
}
