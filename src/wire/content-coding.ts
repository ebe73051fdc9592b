/**
 * Decodes a body that came in a content coding (RFC 9110, 8.4), as a stream: what a flush of the server has
 * completed comes out with it.
 *
 * Built on zlib's public streams: inflating happens outside the event loop, so that a bomb does not stop the
 * other clients, and in pieces of `PIECE_BYTES`, the next only when the last was taken. One read of compressed
 * bytes is inside at a time. Synchronous inflating would be cheaper for each event, but Node offers it only
 * behind an underscore and with the handle closed after each call.
 *
 * A single coding that nobody knows is none of its business: such a body is read as it is (unknown-coding.ts), as a
 * browser does. It refuses lists of several. How large the decoded content gets is not its
 * business: the receiver of the pieces has limits on lines and events, and stops when one is passed.
 */
import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Cause } from '../core/causes.ts';

/** The most that one call delivers, and about what a paused stream holds decoded. */
export const PIECE_BYTES = 16 * 1024;

/** Characters of an unknown coding's name that are kept. Hostile text. */
const MAX_NAME = 40;

export type Coding = 'gzip' | 'deflate' | 'br';

/** The stream that a decoder works for. */
export interface DecoderOwner {
  /** A piece of the content, valid during the call. `false`: no more until `resume()`. */
  decoded(bytes: Uint8Array): boolean;
  /** The read that `push` took is used up. */
  resumeSource(): void;
  /** Everything that arrived before the connection ended is decoded. Last call. */
  ended(cause: Cause, detail: string): void;
  /** The bytes cannot be decoded. Last call; the connection may still be open. */
  decodeFailed(detail: string): void;
}

/** What a Content-Encoding field asks for, a name that nobody knows, or why it cannot be done. */
export function codingOf(field: string): Coding | 'identity' | { unknown: string } | { refusal: string } {
  // 8.4.1: names are case-insensitive; `identity` belongs into Accept-Encoding, but servers send it.
  const codings = field
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const [coding] = codings;
  if (coding === undefined) return 'identity';
  if (codings.length > 1) return { refusal: 'more than one content coding' };
  // 8.4.1.3: "A recipient SHOULD consider "x-gzip" to be equivalent to "gzip"".
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  if (coding === 'deflate' || coding === 'br') return coding;
  return { unknown: coding.slice(0, MAX_NAME) };
}

/** RFC 1951, 3.2.4, as RFC 7692, 7.2.1 has it: a flush leaves an empty block without compression at its end. */
const FLUSHED = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * Whether `bytes[start, end)` of a body end as a compressor ends them when it is flushed. Of Brotli that is not known by
 * its bytes: it sends none that are not flushed.
 */
export function endsFlushed(coding: Coding, bytes: Uint8Array, start: number, end: number): boolean {
  return coding === 'br' || FLUSHED.equals(bytes.subarray(Math.max(start, end - FLUSHED.length), end));
}

/** What stands between the bytes of a connection and the receiver of the content. */
export interface ContentReader {
  /** Takes `bytes[start, end)`. @returns `false`: the owner is told when to read on */
  push(bytes: Uint8Array, start: number, end: number): boolean;
  /** The connection has ended; `ended` of the owner follows when everything before it is taken. */
  end(cause: Cause, detail: string): void;
  resume(): void;
  /** Ends reading; the owner gets no further call. */
  stop(): void;
}

export class BodyDecoder implements ContentReader {
  readonly coding: Coding;
  private readonly owner: DecoderOwner;
  private inflater: Transform | undefined;
  private inflating = false;
  /** The rest of the read that is being inflated: many small chunks become one piece of work. */
  private gathered: Buffer[] = [];
  private paused = false;
  private stopped = false;
  /** How the connection ended; undefined while it is open. */
  private ending: { cause: Cause; detail: string } | undefined;
  private finishing = false;

  constructor(coding: Coding, owner: DecoderOwner) {
    this.coding = coding;
    this.owner = owner;
  }

  /** Takes a copy of `bytes[start, end)`. @returns `false`: the owner is told when to read on. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    this.inflater ??= this.start(bytes[start] as number);
    const copy = Buffer.from(bytes.subarray(start, end));
    if (this.inflating) this.gathered.push(copy);
    else this.inflate(this.inflater, copy);
    return false;
  }

  /** The connection has ended; `ended` follows when everything before it is decoded and taken. */
  end(cause: Cause, detail: string): void {
    this.ending = { cause, detail };
    this.proceed();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.inflater?.resume();
    this.proceed();
  }

  /** Ends decoding; the stream gets no further call. */
  stop(): void {
    this.stopped = true;
    this.inflater?.destroy();
  }

  private inflate(inflater: Transform, bytes: Buffer): void {
    this.inflating = true;
    inflater.write(bytes, (error) => {
      // An error comes as an event too, and is told there.
      if (error !== null && error !== undefined) return;
      this.inflating = false;
      this.proceed();
    });
  }

  private start(firstByte: number): Transform {
    const inflater = createInflater(this.coding, firstByte);
    inflater.on('data', (piece: Buffer) => {
      if (this.stopped) return;
      if (!this.owner.decoded(piece)) this.pause();
      this.proceed();
    });
    inflater.on('end', () => {
      if (this.stopped) return;
      if (this.finishing) this.finish();
      else this.fail('there are bytes after the end of the compressed content');
    });
    inflater.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.stopped) this.fail(error.message);
    });
    return inflater;
  }

  private pause(): void {
    if (this.stopped) return;
    this.paused = true;
    this.inflater?.pause();
  }

  /** What is next when nothing is being inflated and every piece was taken. */
  private proceed(): void {
    const { inflater } = this;
    if (this.stopped || this.paused || this.inflating || this.finishing) return;
    if (inflater !== undefined && inflater.readableLength > 0) return;
    if (inflater !== undefined && this.gathered.length > 0) {
      this.inflate(inflater, Buffer.concat(this.gathered.splice(0)));
      return;
    }
    if (this.ending === undefined) {
      this.owner.resumeSource();
      return;
    }
    this.finishing = true;
    // Whether the coding was complete matters only where the response was; a body without a byte has no coding.
    if (this.ending.cause === 'eof-clean' && inflater !== undefined) inflater.end();
    else this.finish();
  }

  private finish(): void {
    const { cause, detail } = this.ending ?? { cause: 'eof-clean', detail: '' };
    this.stop();
    this.owner.ended(cause, detail);
  }

  private fail(detail: string): void {
    this.stop();
    this.owner.decodeFailed(`${this.coding}: ${detail}`);
  }
}

function createInflater(coding: Coding, firstByte: number): Transform {
  const options = { chunkSize: PIECE_BYTES, flush: constants.Z_SYNC_FLUSH };
  if (coding === 'gzip') return createGunzip(options);
  if (coding === 'br')
    return createBrotliDecompress({ chunkSize: PIECE_BYTES, flush: constants.BROTLI_OPERATION_FLUSH });
  // 8.4.1.2: "deflate" is zlib's format, but "Some non-conformant implementations send the "deflate" compressed
  // data without the zlib wrapper". The wrapper begins with method 8 in the low four bits (RFC 1950, 2.2),
  // which as raw data would be a stored block with a padding bit set.
  return (firstByte & 0x0f) === 8 ? createInflate(options) : createInflateRaw(options);
}
