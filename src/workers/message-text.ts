/**
 * What processes of a run say to each other, as text that a queue or a channel carries: JSON, and beside it what JSON
 * loses and a structured clone keeps, namely `undefined`, NaN, both infinities and -0. Results that travelled as text
 * merge to the same bits as those that came from a child process.
 *
 * Such a value is a string that begins with a mark, and a string that begins with the mark has it twice. A replacer sees
 * each value once, while a tagged object for each value would double the size of a message.
 *
 * It refuses to write what is no plain data (a map, a date, an object of a class), since the other side would read
 * something else, and to read what is larger or deeper than any message: texts come from a store that others can write to.
 */
import { MessageError } from '../core/errors.ts';

/** A result with every histogram full has 350 KiB (measured), and the audiences come to it. */
export const MOST_TEXT_LENGTH = 64 * 1024 * 1024;
/** The deepest message has seven levels. */
const MOST_LEVELS = 32;

const MARK = '~';
const LOST = new Map<unknown, string>([
  [undefined, `${MARK}undefined`],
  [Number.NaN, `${MARK}NaN`],
  [Number.POSITIVE_INFINITY, `${MARK}Infinity`],
  [Number.NEGATIVE_INFINITY, `${MARK}-Infinity`],
]);
/** A map takes -0 for 0. */
const NEGATIVE_ZERO = `${MARK}-0`;
const FOUND = new Map<string, unknown>([
  ...[...LOST].map(([value, text]) => [text, value] as const),
  [NEGATIVE_ZERO, -0],
]);

/** @throws {TypeError} for what is no plain data */
export function toText(message: unknown): string {
  return JSON.stringify(
    message,
    function replaced(this: Record<string, unknown>, name: string, shown: unknown): unknown {
      // What stands there, and not what its `toJSON` makes of it.
      const value = this[name];
      if (value === null || typeof value === 'boolean') return value;
      if (typeof value === 'string') return value.startsWith(MARK) ? MARK + value : value;
      if (Object.is(value, -0)) return NEGATIVE_ZERO;
      if (typeof value === 'number' || value === undefined) return LOST.get(value) ?? value;
      if (value !== shown || !isPlain(value)) throw new TypeError(`a message has no plain data in its member ${name}`);
      return value;
    },
  );
}

/** @throws {MessageError} for what `toText` does not write */
export function fromText(text: string): unknown {
  if (text.length > MOST_TEXT_LENGTH) {
    throw new MessageError(`a message has ${text.length} characters, more than the ${MOST_TEXT_LENGTH} that are read`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MessageError('a message is no JSON', { cause: error });
  }
  return restored(parsed, 0);
}

/** Restores in place: a reviver would drop the members that are `undefined`. */
function restored(value: unknown, level: number): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? unmarked(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (level === MOST_LEVELS) throw new MessageError(`a message has more than ${MOST_LEVELS} levels`);
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    const before = members[name];
    const after = restored(before, level + 1);
    if (!Object.is(before, after)) put(members, name, after);
  }
  return members;
}

/** A member of its own also under the name `__proto__`, which an assignment would take for something else. */
function put(members: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
}

function unmarked(text: string): unknown {
  if (text.startsWith(MARK, MARK.length)) return text.slice(MARK.length);
  if (!FOUND.has(text)) throw new MessageError('a message has a value with an unknown mark');
  return FOUND.get(text);
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
