/**
 * How much of a text fits into so many columns of a terminal. East Asian and emoji characters take two, marks that
 * sit on others none (Unicode TR 11, roughly: where it is wrong a line wraps, and nothing worse).
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const MARK = /\p{M}/u;
const TAB_COLUMNS = 8;
/** A colour, which takes no column. Only ours are there: `printable` lets none of a server through. */
const COLOUR = new RegExp(String.raw`\u001b\[[\d;]*m`, 'g');
/** Columns of a text where no terminal says how many it has, and the fewest that a text is broken for. */
const USUAL_COLUMNS = 80;
const LEAST_COLUMNS = 40;
/** A word with the spaces before it. */
const WORD = / *[^ ]+/g;

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

/** @param columns of the terminal; null where there is none. @returns how many a text is broken for */
export function textColumns(columns: number | null): number {
  return Math.max(columns ?? USUAL_COLUMNS, LEAST_COLUMNS);
}

/** How many columns a text takes, without its colours. */
export function columnsIn(text: string): number {
  let taken = 0;
  for (const char of text.replace(COLOUR, '')) taken += columnsOf(char);
  return taken;
}

/**
 * A text in lines of so many columns, broken between words. A longer word stays whole, so that a URL can be copied.
 *
 * @param indent columns that are left free before every line but the first
 */
export function wrapWords(text: string, columns: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const [piece] of text.matchAll(WORD)) {
    const width = columnsIn(piece);
    if (taken + width > columns && line.trim() !== '') {
      lines.push(line);
      const word = piece.trimStart();
      line = ' '.repeat(indent) + word;
      taken = indent + columnsIn(word);
    } else {
      line += piece;
      taken += width;
    }
  }
  lines.push(line);
  return lines;
}

function columnsOf(char: string): number {
  if (char >= ' ' && char <= '~') return 1;
  if (char === '\t') return TAB_COLUMNS;
  if (MARK.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
