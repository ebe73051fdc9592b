/** A chunked body (RFC 9112, 7.1) as a reader of it sees it: no code of ours. */
export interface Unchunked {
  body: Buffer;
  /** The last chunk has come. */
  isWhole: boolean;
}

/** What there is of it so far, the part of a chunk that is under way included. */
export function unchunked(bytes: Buffer): Unchunked {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) break;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`no chunk begins with ${JSON.stringify(line.slice(0, 60))}`);
    const size = Number.parseInt(line, 16);
    if (size === 0) return { body: Buffer.concat(parts), isWhole: bytes.toString('latin1', lineEnd) === '\r\n\r\n' };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
    if (at <= bytes.length && bytes.toString('latin1', at - 2, at) !== '\r\n') throw new Error('a chunk has no end');
  }
  return { body: Buffer.concat(parts), isWhole: false };
}
