/**
 * A compression middleware in front of everything, the stream included, whatever the client accepts (the
 * `compression` of Express: express-sse#26, expresse#2; Next.js: vercel/ai#17007; Kludex/starlette#2753).
 * This one flushes after each event; many do not, and then it is buffered as well.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { WrappingFault } from './fault.ts';
import { withField } from './head-field.ts';
import { type BlockKind, StreamTap, TappedStreams } from './stream-tap.ts';

// RFC 1952, 2.3: magic, deflate, no flags, no time, no hints, Unix.
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
/** RFC 1951, 3.2.6: an empty last block with fixed codes. */
const LAST_BLOCK = [0x03, 0x00];

class Compressed extends StreamTap {
  readonly #pieces: LastPiece;
  #checksum = 0;
  #sizeBytes = 0;

  constructor(point: ConstructorParameters<typeof StreamTap>[0], pieces: LastPiece) {
    super(point);
    this.#pieces = pieces;
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind === 'head') {
      this.pass(withField(withField(bytes, 'Content-Encoding', 'gzip'), 'Cache-Control', 'no-cache'));
      return this.pass(GZIP_HEADER);
    }
    this.#checksum = crc32(bytes, this.#checksum);
    this.#sizeBytes += bytes.length;
    return this.pass(this.#pieces.of(bytes));
  }

  override onEnd(): void {
    const trailer = Buffer.alloc(10);
    trailer.set(LAST_BLOCK);
    trailer.writeUInt32LE(this.#checksum, 2);
    trailer.writeUInt32LE(this.#sizeBytes % 2 ** 32, 6);
    this.pass(trailer);
  }
}

/** Deflated on its own and ended at a byte, a block fits into any stream: an event is deflated once for all clients. */
class LastPiece {
  #bytes: Buffer | null = null;
  #piece: Buffer = GZIP_HEADER;

  of(bytes: Buffer): Buffer {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#piece = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    }
    return this.#piece;
  }
}

export const compressed: WrappingFault = {
  summary: 'the stream is compressed with gzip, flushed after each event, although no client asked for it',
  wrap: (inner) => {
    const pieces = new LastPiece();
    return new TappedStreams(inner, (point) => new Compressed(point, pieces));
  },
};
