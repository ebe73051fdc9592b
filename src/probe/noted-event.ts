/** An event as a probe remembers it: what tells it from others, and no long text of it. */
import { createHash } from 'node:crypto';
import { MAX_TIMED_CHARACTERS, withoutTimes } from '../accounts/time-text.ts';
import { keptText } from '../core/kept-text.ts';

/** A published event: no heartbeat, and nothing that is about the stream itself. */
export interface NotedEvent {
  readonly atMs: number;
  /** Its own, as `notedId` has it; null where it sets none. */
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

/** An event as it came. */
export interface EventToNote {
  readonly atMs: number;
  readonly id: string | null;
  readonly type: string;
  /** Where it was digested, its beginning. */
  readonly data: string;
  /** What stands for data that nobody could hold, as `digestOf` digests it. */
  readonly digest?: string | undefined;
}

/** Data that may be digested as it comes is digested in any case, so that both are known for the same. */
const LONG_CHARACTERS = 8192;
const LONG_ID_CHARACTERS = 256;
const SHOWN_ID_CHARACTERS = 40;
/** Stands behind the beginning of an id that is not kept whole; no id has this character, which nothing encodes. */
const CUT = '\uffff';

export function notedEvent(
  { atMs, id, type, data, digest }: EventToNote,
  stamps: Pick<NotedEvent, 'seq' | 'dueMs' | 'sentMs'>,
): NotedEvent {
  const content = contentOf(type, digest ?? (data.length < LONG_CHARACTERS ? data : digestOf(data)));
  const isTimed = digest === undefined && data.length <= MAX_TIMED_CHARACTERS;
  const noted = id === null ? null : notedId(id);
  return {
    atMs,
    id: noted,
    key: `${content} ${noted === null ? 'none' : JSON.stringify(noted)}`,
    content,
    untimed: isTimed ? contentOf(type, withoutTimes(data)) : content,
    ...stamps,
  };
}

/** The id itself, or what tells a long one from all others. */
export function notedId(id: string): string {
  if (id.length <= LONG_ID_CHARACTERS) return id;
  return `${keptText(id, SHOWN_ID_CHARACTERS)}${CUT}${digestOf(id)}`;
}

/** Not the id that came: nobody can come back with it. */
export function isCutId(id: string): boolean {
  return id.includes(CUT);
}

function contentOf(type: string, data: string): string {
  return createHash('sha1').update(type).update('\0').update(data).digest('base64');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
