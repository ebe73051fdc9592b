/**
 * What the probes of one process may hold together: their long data, each text once, and all else that they remember.
 *
 * A probe that runs alone has a room of its own. An exporter has one for all: its callers choose what is probed, and
 * twenty servers that mean harm are to cost it no more than one does.
 */
import { LongTexts, type TextBounds } from '../client/long-texts.ts';
import type { GarbageWatch } from '../core/garbage-watch.ts';

/** Beyond it data is digested as it comes: it is told from other data, and not read. */
const OF_PROBES: TextBounds = { maxBytes: 8 * 1024 ** 2, mayDigest: true };
const OF_MESSAGES: TextBounds = { maxBytes: 64 * 1024 ** 2, mayDigest: false };
/** What is held over the start, garbage and what the allocator keeps not counted. */
export const MAX_HELD_BYTES: number = 32 * 1024 ** 2;
/** A stream that has sent no more is not the one that takes the room. */
const SPARED_BYTES = 256 * 1024;
/** What a decoder of Brotli looks back on at most (RFC 7932, 9.1): memory that V8 knows nothing of. */
const BROTLI_WINDOW_BYTES = 16 * 1024 ** 2;
/** So many bytes of memory for one of the window, measured. */
const MEMORY_OF_WINDOW = 2;

export class ProbeRoom {
  readonly longTexts = new LongTexts(OF_PROBES);
  /** Those that are judged by what they say, and have to be held whole. */
  readonly messages = new LongTexts(OF_MESSAGES);
  private readonly garbage: GarbageWatch | null;
  /** What the decoders of open streams look back on. */
  private readonly windows = new Map<object, number>();

  /** @param garbage none in the process of somebody else, whose memory is not ours to look after */
  constructor(garbage: GarbageWatch | null = null) {
    this.garbage = garbage;
  }

  /** Whether another probe may begin. */
  get isFull(): boolean {
    return this.garbage?.hasRoom(this.windowBytes) === false;
  }

  /** A stream in Brotli has given so many bytes. */
  decoded(stream: object, ofStream: number): void {
    this.windows.set(stream, MEMORY_OF_WINDOW * Math.min(ofStream, BROTLI_WINDOW_BYTES));
  }

  /** The stream has ended. */
  leave(stream: object): void {
    this.windows.delete(stream);
  }

  /**
   * So many bytes of a stream were read.
   *
   * @param ofStream all that were read of it
   * @returns false where it has to be left
   */
  read(bytes: number, ofStream: number): boolean {
    return this.garbage === null || this.garbage.read(bytes, this.windowBytes) || ofStream <= SPARED_BYTES;
  }

  private get windowBytes(): number {
    let sum = 0;
    for (const bytes of this.windows.values()) sum += bytes;
    return sum;
  }
}
