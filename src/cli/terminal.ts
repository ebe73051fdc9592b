/**
 * What the terminal behind an output can show. A pipe has no columns and no colours; a dumb terminal (TERM=dumb) has
 * neither colours nor a cursor that moves.
 */
import { type Paint, PLAIN } from '../report/paint.ts';

/** Colours where they are wanted: not in a pipe, not with NO_COLOR (no-color.org), TERM=dumb or --no-color. */
export async function paintFor(stream: NodeJS.WriteStream, noColor: boolean): Promise<Paint> {
  if (!hasColours(stream, noColor)) return PLAIN;
  const { default: chalk, chalkStderr } = await import('chalk');
  // Each of the two asks its own stream what it can show.
  const { green, red, yellow, dim, bold } = stream === process.stderr ? chalkStderr : chalk;
  return { good: green, bad: red, doubt: yellow, dim, bold };
}

function hasColours(stream: NodeJS.WriteStream, noColor: boolean): boolean {
  return !noColor && (process.env['NO_COLOR'] ?? '') === '' && !isDumb() && stream.isTTY === true;
}

/** Whether a line that was written can be written again. In CI, what looks like a terminal is a log. */
export function canRewrite(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.columns !== 0 && !isDumb() && process.env['CI'] === undefined;
}

/** Columns of the terminal; null where there is none, or where it does not tell. */
export function columnsOf(stream: NodeJS.WriteStream): number | null {
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : null;
}

/** Whether text is shown as UTF-8: what POSIX reads of the environment, the first that is set. Elsewhere terminals do. */
export function isUtf8(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): boolean {
  if (platform === 'win32') return true;
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find((value) => value);
  return /utf-?8/i.test(locale ?? '');
}

/**
 * Whether the terminal wraps long lines anew when it gets narrower. Most do; xterm, rxvt, st, GNU screen and the console of
 * Linux cut them.
 */
export function wrapsAnew(environment: NodeJS.ProcessEnv = process.env): boolean {
  const { TERM = '', TERM_PROGRAM, TMUX, XTERM_VERSION } = environment;
  // What runs within another terminal inherits the variables of that one.
  if (TMUX !== undefined || TERM_PROGRAM !== undefined) return true;
  return XTERM_VERSION === undefined && !/^(?:linux|rxvt|st|screen)(?:-|$)/.test(TERM);
}

function isDumb(): boolean {
  return process.env['TERM'] === 'dumb';
}
