/**
 * One line on stderr of what a command is waiting for, drawn anew while it waits; nothing where there is no terminal, and
 * with --quiet. Loaded beside the work that it tells of, which does not wait for it.
 */
import { wholeSeconds } from '../core/units.ts';
import type { DisplayStyle } from './display-style.ts';
import { liveLines, type LiveLines } from './live-lines.ts';
import { barOf, type Glyphs, type Piece, rowText, widthOf } from './live-row.ts';
import { canRewrite, wrapsAnew } from './terminal.ts';

/** Parts of a line, of which the last ones are left out where they do not fit. Asked for whenever it is drawn. */
export type LineParts = (glyphs: Glyphs) => readonly (readonly Piece[])[];

export interface LiveLine {
  /** False where nothing is shown. */
  readonly isShown: boolean;
  show(parts: LineParts): void;
  /** Erases it, until it is shown again. */
  hide(): void;
  close(): void;
}

const FRAME_MS = 500;
const BAR_COLUMNS = 8;

export function liveLine({ quiet, noColor }: { quiet: boolean; noColor: boolean }): LiveLine {
  const { stderr } = process;
  if (quiet || !canRewrite(stderr)) return { isShown: false, show: () => {}, hide: () => {}, close: () => {} };
  let parts: LineParts | null = null;
  let lines: LiveLines | null = null;
  let isClosed = false;
  const load = async (): Promise<void> => {
    const { displayStyle } = await import('./display-style.ts');
    const style = await displayStyle(stderr, noColor);
    if (isClosed) return;
    const text = ({ columns }: { columns: number }): string[] =>
      parts === null ? [] : [lineOf(parts, columns, style)];
    lines = liveLines(stderr, text, wrapsAnew());
  };
  void load();
  return {
    isShown: true,
    show(shown) {
      parts = shown;
      lines?.draw();
    },
    hide() {
      parts = null;
      lines?.draw();
    },
    close() {
      isClosed = true;
      lines?.close();
    },
  };
}

function lineOf(partsFor: LineParts, columns: number, { glyphs, paint, frames }: DisplayStyle): string {
  const frame = frames[Math.floor(performance.now() / FRAME_MS) % frames.length] ?? '';
  const line: Piece[] = [`${frame} `];
  for (const [index, part] of partsFor(glyphs).entries()) {
    const more = index === 0 ? part : [glyphs.between, ...part];
    if (index > 0 && widthOf(line) + widthOf(more) > columns) break;
    line.push(...more);
  }
  return rowText(line, columns, glyphs, paint);
}

/** A wait of a known length for what the text says. */
export function waitingParts(text: string, waitMs: number): LineParts {
  const startMs = performance.now();
  return (glyphs) => {
    const doneMs = Math.min(performance.now() - startMs, waitMs);
    return [
      [
        ...barOf(doneMs / waitMs, BAR_COLUMNS, glyphs),
        ` ${wholeSeconds(waitMs - doneMs)} left${glyphs.between}${text}`,
      ],
    ];
  };
}
