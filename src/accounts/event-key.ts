/**
 * What makes one event the same as another: a short key of its id, or of its type and data. Long ones are
 * digested, so that what is remembered of an event is bounded.
 */
import { createHash } from 'node:crypto';

const MAX_PLAIN_CHARS = 256;

/** As it was read; `id` is the event's own, null where it sets none. */
export interface KeyedEvent {
  type: string;
  data: string;
  id: string | null;
  /** What stands for long data in keys, made once; null until then, and where the data is short. */
  digest?: string | null;
}

export function idKey(id: string): string {
  return `i${short(id)}`;
}

export function contentKey(event: KeyedEvent): string {
  const { type, data } = event;
  if (event.digest == null && data.length > MAX_PLAIN_CHARS) event.digest = digestOf(data);
  return `d${short(type)}\n${event.digest ?? data}`;
}

/** 32 bits: enough to see that what came again is not the same. */
export function contentHash(event: KeyedEvent): number {
  const key = contentKey(event);
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash | 0;
}

function short(text: string): string {
  return text.length <= MAX_PLAIN_CHARS ? text : digestOf(text);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}
