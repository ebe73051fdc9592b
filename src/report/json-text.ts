/**
 * JSON that can be printed, and that says all it holds. It may hold some characters as they are (RFC 8259, 7) where a
 * reader of lines ends one (Python's `splitlines`), a terminal obeys (C1 controls, what turns a line around) or nobody
 * sees anything (characters of no width, tags): they are written as escapes, which every reader of JSON gives back.
 * What makes one picture of several emoji is seen, and stays.
 */
import { UNPRINTABLE } from '../core/printable.ts';

/** The zero-width joiner between two pictures, and the selector behind one (Unicode TR 51, 1.4). */
const IN_A_PICTURE =
  /(?<=\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)\u200d(?=\p{Extended_Pictographic})|(?<=\p{Emoji})\ufe0f/uy;
const LONGEST_BEFORE = 4;
const LONGEST_AFTER = 3;

/** On one line where no indent is given, with those characters as escapes. @param replacer as `JSON.stringify` takes it */
export function jsonText(
  value: unknown,
  replacer?: ((key: string, value: unknown) => unknown) | null,
  indent = 0,
): string {
  return JSON.stringify(value, replacer ?? undefined, indent).replace(UNPRINTABLE, (char, at: number, text: string) =>
    staysAsItIs(char, at, text) ? char : escape(char),
  );
}

function staysAsItIs(char: string, at: number, text: string): boolean {
  // Line feeds are those of the indent.
  if (char === '\n') return true;
  if (char !== '\u200d' && char !== '\ufe0f') return false;
  const around = text.slice(Math.max(0, at - LONGEST_BEFORE), at + LONGEST_AFTER);
  IN_A_PICTURE.lastIndex = Math.min(at, LONGEST_BEFORE);
  return IN_A_PICTURE.test(around);
}

/** Outside the plane of 16 bits as two escapes (RFC 8259, 7). */
function escape(char: string): string {
  return Array.from({ length: char.length }, (_, at) => char.charCodeAt(at).toString(16).padStart(4, '0'))
    .map((hex) => `\\u${hex}`)
    .join('');
}
