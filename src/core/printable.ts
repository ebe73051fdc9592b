/**
 * Text of others, made safe to print: what a server sends must not move a cursor, change a title, ring a bell
 * or turn the line around. Control characters (C0 but tab, DEL, C1), line ends, bidirectional and zero-width
 * characters and halves of surrogate pairs are shown as escapes; what is longer than `limit` characters is cut.
 */
// Classes of Unicode rather than a list: what has no width is added to every few years.
const UNSAFE = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const CUT_PAIR = /[\ud800-\udbff]$/;

export function printable(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1).replace(CUT_PAIR, '')}…` : text;
  return cut.replace(UNSAFE, escape);
}

function escape(char: string): string {
  const hex = (char.codePointAt(0) as number).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
