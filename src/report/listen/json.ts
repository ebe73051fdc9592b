/** What `--jsonl` prints of one record. */
import type { ListenRecord } from '../../client/listener.ts';
import { jsonText } from '../json-text.ts';
import { type LongText, PIECE_CHARACTERS, piecesOf } from '../pieces.ts';

/** One line, its end included, in pieces. */
export function* listenJson(record: ListenRecord): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(record)) {
    yield `${before}"${name}":`;
    before = ',';
    if (!isLong(value)) yield jsonText(value);
    else {
      yield '"';
      for (const piece of piecesOf(value)) yield jsonText(piece).slice(1, -1);
      yield '"';
    }
  }
  yield '}\n';
}

function isLong(value: string | number | Uint8Array | null): value is LongText {
  return typeof value === 'string' ? value.length > PIECE_CHARACTERS : value instanceof Uint8Array;
}
