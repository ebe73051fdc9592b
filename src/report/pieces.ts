/**
 * Long text in pieces: escaping makes up to six characters of one, and a value of some MiB is to cost no more while it
 * is printed than it does anyway. It may be given as the bytes that it came in; then no other copy of it is made.
 */
export const PIECE_CHARACTERS = 8192;

/** Text, or its bytes in UTF-8. What is not UTF-8 in them reads as U+FFFD. */
export type LongText = string | Uint8Array;

const LINE_FEED = 0x0a;
/** The longest character. */
const CHARACTER_BYTES = 4;

/** All of `text`, in pieces; surrogate pairs stay whole. */
export function* piecesOf(text: LongText): Generator<string> {
  if (typeof text !== 'string') return yield* decoded(text);
  let at = 0;
  while (at < text.length) {
    let end = Math.min(at + PIECE_CHARACTERS, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    yield text.slice(at, end);
    at = end;
  }
}

/** How many characters there are, as the length of a string counts them. */
export function lengthOf(text: LongText): number {
  if (typeof text === 'string') return text.length;
  let characters = 0;
  for (const piece of decoded(text)) characters += piece.length;
  return characters;
}

/** The first so many characters, or a few more. */
export function beginningOf(text: LongText, characters: number): string {
  if (typeof text === 'string') return text.slice(0, characters);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(text.subarray(0, characters * CHARACTER_BYTES), {
    stream: true,
  });
}

/** The first `most` lines. */
export function linesOf(text: LongText, most: number): LongText[] {
  if (typeof text === 'string') return text.split('\n', most);
  const lines: Uint8Array[] = [];
  let from = 0;
  while (lines.length < most) {
    const end = text.indexOf(LINE_FEED, from);
    lines.push(text.subarray(from, end === -1 ? text.length : end));
    if (end === -1) break;
    from = end + 1;
  }
  return lines;
}

function* decoded(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let at = 0; at < bytes.length; at += PIECE_CHARACTERS) {
    const piece = decoder.decode(bytes.subarray(at, at + PIECE_CHARACTERS), { stream: true });
    if (piece !== '') yield piece;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
