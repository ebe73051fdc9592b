/**
 * Text of others, made safe to print: what a server sends must not move a cursor, change a title, ring a bell
 * or turn the line around. Control characters (C0 but tab, DEL, C1), line ends, bidirectional and zero-width
 * characters and halves of surrogate pairs are shown as escapes; what is longer than `limit` characters is cut.
 */
/** Classes of Unicode rather than a list: what has no width is added to every few years. */
export const UNPRINTABLE = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const CUT_PAIR = /[\ud800-\udbff]$/;
const MAX_QUOTED = 60;

export function printable(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1).replace(CUT_PAIR, '')}…` : text;
  return cut.replace(UNPRINTABLE, escape);
}

/** A text inside a message: printable, on one line, in quotes, at most 60 characters of it. */
export function quote(text: string): string {
  const cut = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED - 3)}...` : text;
  return printable(JSON.stringify(cut), Number.POSITIVE_INFINITY);
}

function escape(char: string): string {
  const hex = (char.codePointAt(0) as number).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
