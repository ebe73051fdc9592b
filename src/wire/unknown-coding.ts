/**
 * A body under a content coding that nobody knows, such as `Content-Encoding: none`, which some frameworks send to keep
 * compressors away. Fetch leaves the bytes of an unknown coding as they are (Fetch standard, 2.2.4, "handle content
 * codings"), so browsers read such a stream. Bytes that are no text cannot be a stream: zstd is refused here.
 */
import { isUtf8 } from 'node:buffer';
import type { Cause } from '../core/causes.ts';
import type { ContentReader, DecoderOwner } from './content-coding.ts';

/** The bytes of the first read that are looked at. */
const LOOKED_AT_BYTES = 256;
/** The longest character less one byte: so much of one may be missing at the end. */
const CUT_BYTES = 3;

export class UncodedBody implements ContentReader {
  private readonly name: string;
  private readonly owner: DecoderOwner;
  private isText = false;

  constructor(name: string, owner: DecoderOwner) {
    this.name = name;
    this.owner = owner;
  }

  push(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.isText && start < end) {
      this.isText = looksLikeText(bytes.subarray(start, Math.min(end, start + LOOKED_AT_BYTES)));
      if (!this.isText) {
        this.owner.decodeFailed(
          `content coding ${JSON.stringify(this.name)} is not supported, and the body is not text`,
        );
        return false;
      }
    }
    return this.owner.decoded(bytes.subarray(start, end));
  }

  end(cause: Cause, detail: string): void {
    this.owner.ended(cause, detail);
  }

  resume(): void {
    this.owner.resumeSource();
  }

  stop(): void {
    // Nothing is kept.
  }
}

function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.some(isBinary)) return false;
  for (let cut = 0; cut <= Math.min(CUT_BYTES, bytes.length - 1); cut++) {
    if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true;
  }
  return false;
}

/** A C0 control that is neither white space (9 to 13) nor an escape. */
function isBinary(byte: number): boolean {
  return byte < 0x20 && byte !== 0x1b && (byte < 0x09 || byte > 0x0d);
}
