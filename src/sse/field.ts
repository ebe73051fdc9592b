/**
 * The names of a line (HTML standard, 9.2.6, "Interpreting an event stream"), told from its first bytes.
 *
 * A line may arrive in pieces, and only four names mean anything. So the question is asked of whatever part
 * is there: "may this still become a line that matters?" An unknown field, however long, is seen to be
 * unknown after at most six bytes, and nothing of it has to be kept. Names are compared as bytes and
 * case-sensitively: the standard compares them literally.
 */

export const COMMENT = 0;
export const DATA = 1;
export const EVENT = 2;
export const ID = 3;
export const RETRY = 4;
export const UNKNOWN = 5;
export type Field = 0 | 1 | 2 | 3 | 4 | 5;

/** After this many bytes of a line its field is decided: the longest name and its colon. */
export const DECIDED_AFTER_BYTES = 6;

const NAMES: readonly [string, string, string, string, string, string] = ['', 'data', 'event', 'id', 'retry', ''];

const COLON = 0x3a;
const SPACE = 0x20;

/**
 * The field that `bytes[start, end)`, a line or the beginning of one, is or may become. `UNKNOWN` is final;
 * the others are final from `DECIDED_AFTER_BYTES` on, or when the line has ended and `nameIsWhole` agrees.
 */
export function fieldOf(bytes: Uint8Array, start: number, end: number): Field {
  const field = candidate(bytes[start]);
  if (field === COMMENT || field === UNKNOWN) return field;
  const name = NAMES[field];
  const compared = Math.min(name.length, end - start);
  for (let i = 1; i < compared; i++) if (bytes[start + i] !== name.charCodeAt(i)) return UNKNOWN;
  if (end - start > name.length && bytes[start + name.length] !== COLON) return UNKNOWN;
  return field;
}

/** Whether a line of `lineBytes` bytes has room for the name of its field: `dat` is not `data`. */
export function nameIsWhole(field: Field, lineBytes: number): boolean {
  return lineBytes >= NAMES[field].length;
}

/**
 * Where the value of a line `bytes[start, end)` begins. A line without a colon has the empty value
 * ("Otherwise, the string is not empty but does not contain a U+003A COLON character"); of the spaces after
 * the colon one is dropped, and only a space ("If value starts with a U+0020 SPACE character, remove it").
 */
export function valueStart(bytes: Uint8Array, start: number, end: number, field: Field): number {
  const afterName = start + NAMES[field].length;
  if (afterName >= end) return end;
  return bytes[afterName + 1] === SPACE && afterName + 1 < end ? afterName + 2 : afterName + 1;
}

function candidate(firstByte: number | undefined): Field {
  switch (firstByte) {
    case 0x64:
      return DATA;
    case 0x65:
      return EVENT;
    case 0x69:
      return ID;
    case 0x72:
      return RETRY;
    case COLON:
      return COMMENT;
    default:
      return UNKNOWN;
  }
}
