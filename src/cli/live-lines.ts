/**
 * A few lines at the end of a terminal that are drawn anew while something goes on, and erased when it is over.
 *
 * The cursor rests at the beginning of the line below them, visible, so that whatever ends the program leaves nothing to
 * be put right. Each drawing is one write. What stands on the screen is known by how wide each line was drawn: a terminal
 * that got narrower meanwhile has wrapped the longer ones, or has cut them (`wrapsAnew`), and the cursor goes up by as
 * many rows as they take now.
 *
 * It does not read the keyboard: a key that moves the cursor, such as Enter, leaves a line behind.
 */
import { columnsIn, wrapWords } from '../report/columns.ts';

export interface ScreenSize {
  columns: number;
  rows: number;
}

/** The lines as they are now. None is longer than `columns`, and no more than `rows` are shown. */
export type LinesFor = (size: ScreenSize) => readonly string[];

export interface LiveLines {
  /** Draws them anew at once. */
  draw(): void;
  /** Leaves a text above them, in lines broken between words. */
  above(text: string): void;
  /** Erases them, for good. */
  close(): void;
}

const DRAW_EVERY_MS = 500;
/** Rows of a terminal that does not tell how many it has. */
const USUAL_ROWS = 24;
const NOTE_INDENT = 2;
const ERASE_BELOW = '\u001b[J';
/** A terminal that knows these shows what stands between them at once. */
const AT_ONCE = ['\u001b[?2026h', '\u001b[?2026l'] as const;
/** What stands between them is cut where a line ends: it may reach a terminal that has just got narrower. */
const CUT = ['\u001b[?7l', '\u001b[?7h'] as const;

/** @param wrapsAnew whether the terminal wraps lines anew when it gets narrower */
export function liveLines(stream: NodeJS.WriteStream, linesFor: LinesFor, wrapsAnew: boolean): LiveLines {
  /** How many columns each line takes that stands there. */
  let drawn: number[] = [];
  let isClosed = false;

  /** To the beginning of the first line. */
  const toTop = (): string => {
    const rows = drawn.reduce((sum, width) => sum + (wrapsAnew ? rowsOf(width, stream.columns) : 1), 0);
    return rows === 0 ? '\r' : `\r\u001b[${rows}A`;
  };
  const erase = (): void => {
    if (drawn.length > 0) stream.write(`${toTop()}${ERASE_BELOW}`);
    drawn = [];
  };
  const draw = (): void => {
    if (isClosed) return;
    const rows = Math.max((stream.rows ?? USUAL_ROWS) - 1, 1);
    // In the last column some terminals wrap already.
    const lines = linesFor({ columns: stream.columns - 1, rows }).slice(0, rows);
    // Erased first, from the beginning of a line: a terminal forgets only so which lines it had wrapped.
    if (lines.length === 0 && drawn.length === 0) return;
    const text = `${toTop()}${ERASE_BELOW}${lines.map((line) => `${line}\n`).join('')}`;
    stream.write(AT_ONCE.join(wrapsAnew ? text : CUT.join(text)));
    drawn = lines.map(columnsIn);
  };
  /** The shell has written below them meanwhile: they stay there, and begin anew. */
  const onContinued = (): void => {
    drawn = [];
    draw();
  };
  const timer = setInterval(draw, DRAW_EVERY_MS).unref();
  stream.on('resize', draw);
  process.on('SIGCONT', onContinued).on('exit', erase).on('uncaughtExceptionMonitor', erase);
  process.prependListener('warning', erase);
  draw();
  return {
    draw,
    above(text) {
      erase();
      stream.write(`${wrapWords(text, stream.columns - 1, NOTE_INDENT).join('\n')}\n`);
      draw();
    },
    close() {
      if (isClosed) return;
      erase();
      isClosed = true;
      clearInterval(timer);
      stream.off('resize', draw);
      process.off('SIGCONT', onContinued).off('exit', erase).off('uncaughtExceptionMonitor', erase);
      process.off('warning', erase);
    },
  };
}

function rowsOf(width: number, columns: number): number {
  return Math.max(Math.ceil(width / columns), 1);
}
