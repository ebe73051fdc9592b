/** What `--jsonl` prints of one record. */
import type { ListenRecord } from '../../client/listener.ts';
import { PIECE_CHARACTERS, piecesOf } from '../pieces.ts';

/**
 * JSON may hold these as they are (RFC 8259, 7), but some readers of lines end one there (Python's `splitlines`), and
 * a terminal obeys them: C1 controls, the line ends of Unicode, what turns a line around.
 */
const LEFT_BY_JSON = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/** One line, its end included, in pieces. */
export function* listenJson(record: ListenRecord): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(record)) {
    yield `${before}"${name}":`;
    before = ',';
    if (typeof value !== 'string' || value.length <= PIECE_CHARACTERS) yield json(value);
    else {
      yield '"';
      for (const piece of piecesOf(value)) yield json(piece).slice(1, -1);
      yield '"';
    }
  }
  yield '}\n';
}

function json(value: unknown): string {
  return JSON.stringify(value).replace(LEFT_BY_JSON, escape);
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
