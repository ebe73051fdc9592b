/**
 * What makes one event the same as another: a short key of its number, of its id, or of its type and data. Long ones
 * are digested, so that what is remembered of an event is bounded.
 *
 * Which of these names events on a stream shows only when several clients are compared, so there is an order in which
 * they are tried (comparison.ts). Data from which the times were taken names the events of servers that write the time
 * for each client: the same event then differs by milliseconds from one client to the next.
 */
import { createHash } from 'node:crypto';
import { eventThatSays, eventWithId, numberedEvent } from '../findings/event-example.ts';
import { MAX_TIMED_CHARACTERS, withoutTimes } from './time-text.ts';

const MAX_PLAIN_CHARS = 256;
/** What SHA-256 in Base64 looks like. */
const DIGEST = /^[A-Za-z0-9+/]{43}=$/;

/** As it was read; `id` is the event's own, null where it sets none. */
export interface KeyedEvent {
  readonly type: string;
  readonly data: string;
  readonly id: string | null;
  /** The number at the pointer, and the one in a member that was found to count; -1 where there is none. */
  readonly seq: number;
  readonly foundSeq: number;
  /** What stands for long data in keys, made once; null until then, and where the data is short. */
  digest?: string | null;
  /** Nobody could hold the data: what is here is its beginning. */
  readonly unread?: boolean;
}

/** How events are named: by a number in the data, by the id, by the data, or by the data without the times in it. */
export type Naming = 'seq' | 'id' | 'data' | 'found' | 'untimed';

/** Null where the event has nothing that names it. */
export function keyOf(event: KeyedEvent, naming: Naming): string | null {
  switch (naming) {
    case 'seq':
      return event.seq < 0 ? null : `n${event.seq}`;
    case 'found':
      return event.foundSeq < 0 ? null : `f${event.foundSeq}`;
    case 'id':
      return event.id === null ? null : `i${short(event.id)}`;
    case 'data':
      return `d${short(event.type)}\n${dataKey(event)}`;
    case 'untimed':
      return `u${short(event.type)}\n${untimedKey(event)}`;
  }
}

/** What a sentence calls the event with this key; null where the key is a digest. */
export function spokenKey(key: string): string | null {
  const name = key.slice(1);
  if (key.startsWith('n') || key.startsWith('f')) return numberedEvent(name);
  const text = key.startsWith('i') ? name : name.slice(name.indexOf('\n') + 1);
  if (text === '' || DIGEST.test(text)) return null;
  if (key.startsWith('i')) return eventWithId(text);
  return key.startsWith('u') ? `${eventThatSays(text)}, times left out` : eventThatSays(text);
}

function dataKey(event: KeyedEvent): string {
  if (event.digest == null && event.data.length > MAX_PLAIN_CHARS) event.digest = digestOf(event.data);
  return event.digest ?? event.data;
}

/** In megabytes of data no times are looked for. */
function untimedKey(event: KeyedEvent): string {
  return event.unread === true || event.data.length > MAX_TIMED_CHARACTERS
    ? dataKey(event)
    : short(withoutTimes(event.data));
}

/** What an event says, as it is and without the times in it: enough to see that what came again is not the same. */
export interface Content {
  readonly exact: number;
  readonly untimed: number;
  /** The hash of its id. */
  readonly id: number;
}

/** @param naming where it is the content that names an event, two of one name do not differ in it */
export function contentOf(event: KeyedEvent, naming: Naming): Content {
  const id = idOf(event);
  if (naming === 'data' || naming === 'untimed') return { exact: 0, untimed: 0, id };
  return { exact: hash(keyOf(event, 'data') ?? ''), untimed: hash(keyOf(event, 'untimed') ?? ''), id };
}

export function idOf({ id }: Pick<KeyedEvent, 'id'>): number {
  return id === null ? 0 : hash(id);
}

function hash(key: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) bits = Math.imul(bits ^ key.charCodeAt(at), 0x01000193);
  return bits | 0;
}

function short(text: string): string {
  return text.length <= MAX_PLAIN_CHARS ? text : digestOf(text);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}
