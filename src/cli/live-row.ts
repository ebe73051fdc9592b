/** What a line is made of that is shown while something goes on: pieces with their colours, bars and sparklines. */
import { columnsIn, fitColumns } from '../report/columns.ts';
import type { Paint } from '../report/paint.ts';

/** A text, or one in a colour. */
export type Piece = string | readonly [colour: keyof Paint, text: string];

/** The characters of a display. Those of a bar differ in shape, so that it shows without colours how far all is. */
export interface Glyphs {
  done: string;
  left: string;
  /** From the lowest to the highest. */
  levels: string;
  yes: string;
  no: string;
  between: string;
  more: string;
  unknown: string;
}

export const GLYPHS: Glyphs = {
  done: '█',
  left: '░',
  levels: '▁▂▃▄▅▆▇█',
  yes: '✓',
  no: '·',
  between: ' · ',
  more: '…',
  unknown: '–',
};

/** For a terminal without UTF-8. */
export const ASCII_GLYPHS: Glyphs = {
  done: '#',
  left: '.',
  levels: '.:-=+*#@',
  yes: '[x]',
  no: '[ ]',
  between: ', ',
  more: '~',
  unknown: '-',
};

/** The pieces as one text that takes no more than `columns`; what was cut is marked. */
export function rowText(pieces: readonly Piece[], columns: number, { more }: Glyphs, paint: Paint): string {
  const isCut = widthOf(pieces) > columns;
  let room = isCut ? columns - more.length : columns;
  let row = '';
  for (const piece of pieces) {
    const [colour, text] = typeof piece === 'string' ? [null, piece] : piece;
    const shown = fitColumns(text, room);
    if (shown !== '') row += colour === null ? shown : paint[colour](shown);
    if (shown !== text) break;
    room -= columnsIn(text);
  }
  return isCut ? `${row}${more}` : row;
}

export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + columnsIn(typeof piece === 'string' ? piece : piece[1]), 0);
}

/** @param share of the whole that is done, 0 to 1 */
export function barOf(share: number, columns: number, { done, left }: Glyphs): Piece[] {
  const filled = Math.round(columns * Math.min(Math.max(share, 0), 1));
  return [
    ['good', done.repeat(filled)],
    ['dim', left.repeat(columns - filled)],
  ];
}

/** The last values that fit, one in each column, as a share of the largest of them; a space where there is none. */
export function sparkline(values: readonly (number | null)[], columns: number, { levels }: Glyphs): string {
  const shown = columns <= 0 ? [] : values.slice(-columns);
  const most = Math.max(...shown.map((value) => value ?? 0));
  return shown
    .map((value) => {
      if (value === null) return ' ';
      const level = most === 0 ? 0 : Math.ceil((value / most) * levels.length) - 1;
      return levels[Math.max(level, 0)] ?? ' ';
    })
    .join('');
}
