/**
 * Text of others, made safe to print: what a server sends must not move a cursor, change a title, ring a bell
 * or turn the line around. Control characters (C0 but tab, DEL, C1), line ends, bidirectional and zero-width
 * characters are shown as escapes; what is longer than `limit` characters is cut.
 */
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function printable(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return cut.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
