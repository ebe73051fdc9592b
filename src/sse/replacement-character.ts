/** Where a piece of a stream begins or ends with a replacement character: its bytes, before any text is read of them. */

/** U+FFFD in UTF-8. */
const MARK = [0xef, 0xbf, 0xbd] as const;
const MARK_BYTES = MARK.length;

/** Whether a piece of a stream ends with a replacement character. */
export function endsReplaced(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= MARK_BYTES && MARK.every((byte, at) => bytes[end - MARK_BYTES + at] === byte);
}

/** Whether a piece of a stream begins with one. */
export function beginsReplaced(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= MARK_BYTES && MARK.every((byte, at) => bytes[start + at] === byte);
}
