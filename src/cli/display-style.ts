/** How what is shown while something goes on looks in this terminal: its colours, its characters, its sign of life. */
import type { Paint } from '../report/paint.ts';
import { ASCII_GLYPHS, GLYPHS, type Glyphs } from './live-row.ts';
import { isUtf8, paintFor } from './terminal.ts';

export interface DisplayStyle {
  paint: Paint;
  glyphs: Glyphs;
  /** The frames of the spinner. */
  frames: readonly string[];
}

export async function displayStyle(stream: NodeJS.WriteStream, noColor: boolean): Promise<DisplayStyle> {
  const { spinners } = await import('ora');
  const utf8 = isUtf8();
  return {
    paint: await paintFor(stream, noColor),
    glyphs: utf8 ? GLYPHS : ASCII_GLYPHS,
    frames: (utf8 ? spinners.dots : spinners.line).frames,
  };
}
