/** An event as a probe remembers it: what tells it from others, and no text of it. */
import { createHash } from 'node:crypto';
import { withoutTimes } from '../accounts/time-text.ts';

/** A published event: no heartbeat, and nothing that is about the stream itself. */
export interface NotedEvent {
  readonly atMs: number;
  /** Its own; null where it sets none. */
  readonly id: string | null;
  /** The same event on another stream has the same. */
  readonly key: string;
  /** The same type and data have the same, whatever their id. */
  readonly content: string;
  /** The same but for the times in the data. */
  readonly untimed: string;
  /** -1 where the data has none. */
  readonly seq: number;
  /** When it was due, or sent, by its own word: Unix ms; NaN where it does not say. */
  readonly dueMs: number;
  readonly sentMs: number;
}

export function notedEvent(
  { atMs, id, type, data }: { atMs: number; id: string | null; type: string; data: string },
  stamps: Pick<NotedEvent, 'seq' | 'dueMs' | 'sentMs'>,
): NotedEvent {
  const content = contentOf(type, data);
  return {
    atMs,
    id,
    key: `${content} ${id === null ? 'none' : JSON.stringify(id)}`,
    content,
    untimed: contentOf(type, withoutTimes(data)),
    ...stamps,
  };
}

function contentOf(type: string, data: string): string {
  return createHash('sha1').update(type).update('\0').update(data).digest('base64');
}
