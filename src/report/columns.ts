/**
 * How much of a text fits into so many columns of a terminal. East Asian and emoji characters take two, marks that
 * sit on others none (Unicode TR 11, roughly: where it is wrong a line wraps, and nothing worse).
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const MARK = /\p{M}/u;
const TAB_COLUMNS = 8;

/** The longest beginning of `text` that takes no more; its characters stay whole. */
export function fitColumns(text: string, columns: number): string {
  let taken = 0;
  let end = 0;
  for (const char of text) {
    taken += columnsOf(char);
    if (taken > columns) return text.slice(0, end);
    end += char.length;
  }
  return text;
}

function columnsOf(char: string): number {
  if (char >= ' ' && char <= '~') return 1;
  if (char === '\t') return TAB_COLUMNS;
  if (MARK.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
