/** JSON that others wrote: nothing is taken for granted, nothing is thrown, and what it would take of memory is bounded. */

/** The members of a JSON object. */
export type JsonFields = Readonly<Record<string, unknown>>;

/**
 * Values of one text. A megabyte of `[[[[` would be sixty megabytes of arrays, so what has more is not read. A document
 * of 2 MB that means something has some 150,000 of them.
 */
export const MAX_JSON_VALUES = 200_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** An object, and no array. */
export function isFields(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the text says; undefined, which no JSON is, where it is not JSON, or too much of it. */
export function parseJson(text: string): unknown {
  if (hasTooManyValues(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** More values than are read, members and containers counted. */
export function hasTooManyValues(text: string): boolean {
  if (text.length <= MAX_JSON_VALUES) return false;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || code === BRACKET || code === BRACE) values += 1;
    if (values > MAX_JSON_VALUES) return true;
  }
  return false;
}

/** Where the string ends that begins at `start`: its quotation mark, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
