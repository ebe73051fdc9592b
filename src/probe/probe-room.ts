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
const SPARED_BYTES = 1024 ** 2;

export class ProbeRoom {
  readonly longTexts = new LongTexts(OF_PROBES);
  /** Those that are judged by what they say, and have to be held whole. */
  readonly messages = new LongTexts(OF_MESSAGES);
  private readonly garbage: GarbageWatch | null;

  /** @param garbage none in the process of somebody else, whose memory is not ours to look after */
  constructor(garbage: GarbageWatch | null = null) {
    this.garbage = garbage;
  }

  /** Whether another probe may begin. */
  get isFull(): boolean {
    return this.garbage?.hasRoom() === false;
  }

  /**
   * So many bytes of a stream were read.
   *
   * @param ofStream all that were read of it
   * @returns false where it has to be left
   */
  read(bytes: number, ofStream: number): boolean {
    return this.garbage === null || this.garbage.read(bytes) || ofStream <= SPARED_BYTES;
  }
}
