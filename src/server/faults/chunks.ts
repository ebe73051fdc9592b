/**
 * Chunks of HTTP/1.1 (RFC 9112, 7.1) on their way into a socket, taken apart and put together again, so that a fault
 * sees the blocks of a stream however they were written: by the hub as whole chunks, by node:http in four writes each.
 */

const LINE_END = Buffer.from('\r\n', 'latin1');
/** The last chunk, without trailers: node:http writes none. */
export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n', 'latin1');

/**
 * What all streams of a server share. An event is one buffer for all clients, and stays one on both sides of a fault:
 * what was asked last is asked again for each of them.
 */
export class SharedChunks {
  #chunk: Buffer | null = null;
  #bodyOfChunk: Buffer | null = null;
  #body: Buffer | null = null;
  #chunkOfBody: Buffer = LAST_CHUNK;

  /** The data of a whole chunk; null where these bytes are none, and for the last one, which has no data. */
  bodyOf(bytes: Buffer): Buffer | null {
    if (bytes !== this.#chunk) {
      this.#chunk = bytes;
      const found = sizedAt(bytes);
      const isWhole = found !== null && found.sizeBytes > 0 && found.endAt === bytes.length;
      this.#bodyOfChunk = isWhole ? bytes.subarray(found.dataAt, found.dataAt + found.sizeBytes) : null;
    }
    return this.#bodyOfChunk;
  }

  chunkOf(body: Buffer): Buffer {
    if (body !== this.#body) {
      this.#body = body;
      this.#chunkOfBody = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`, 'latin1'), body, LINE_END]);
    }
    return this.#chunkOfBody;
  }
}

/** Reads the chunks of one stream. */
export class ChunkReader {
  readonly #shared: SharedChunks;
  #pending: Buffer | null = null;

  constructor(shared: SharedChunks) {
    this.#shared = shared;
  }

  /** @returns the data of the chunks that are whole by now; null stands for the last chunk */
  read(bytes: Buffer): Array<Buffer | null> {
    const whole = this.#pending === null ? this.#shared.bodyOf(bytes) : null;
    if (whole !== null) return [whole];
    let rest = this.#pending === null ? bytes : Buffer.concat([this.#pending, bytes]);
    const bodies: Array<Buffer | null> = [];
    for (let found = sizedAt(rest); found !== null && found.endAt <= rest.length; found = sizedAt(rest)) {
      bodies.push(found.sizeBytes === 0 ? null : rest.subarray(found.dataAt, found.dataAt + found.sizeBytes));
      rest = rest.subarray(found.endAt);
    }
    this.#pending = rest.length === 0 ? null : rest;
    return bodies;
  }
}

/** Where the data of the chunk that begins here stand, and where the chunk ends; null before its first line is whole. */
function sizedAt(bytes: Buffer): { sizeBytes: number; dataAt: number; endAt: number } | null {
  const lineAt = bytes.indexOf(LINE_END);
  if (lineAt === -1) return null;
  const sizeBytes = Number.parseInt(bytes.toString('latin1', 0, lineAt), 16);
  const dataAt = lineAt + LINE_END.length;
  return { sizeBytes, dataAt, endAt: dataAt + sizeBytes + LINE_END.length };
}
