/**
 * Long text in pieces: escaping makes up to six characters of one, and a value of some MiB is to cost no more while it
 * is printed than it does anyway.
 */
export const PIECE_CHARACTERS = 8192;

/** All of `text`, in pieces; surrogate pairs stay whole. */
export function* piecesOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    let end = Math.min(at + PIECE_CHARACTERS, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    yield text.slice(at, end);
    at = end;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
