/**
 * The recent events, encoded once, and both things that need them: clients that return with
 * `Last-Event-ID`, and clients that are behind.
 *
 * A client is not given a queue of its own: it has a cursor, the sequence number of the next event that it
 * needs, and what waits for it is the stretch from there to the head. A thousand blocked clients so cost one
 * copy of what waits, history comes before live without a gap or a double by construction, and a dropped
 * event is a cursor moved on. Kept is whatever either use needs: the last `replayEvents` (within
 * `replayBytes`), and the last `queueBytes`, which is as far as a live client may fall behind.
 *
 * Sequence numbers count from 1 without holes. They do not survive a restart: an id of an earlier life that
 * is within the range of this one cannot be told from this one's.
 */
import type { Block } from './block.ts';
import type { ComponentState } from './stats.ts';

export interface ReplayLimits {
  replayEvents: number;
  replayBytes: number;
  queueBytes: number;
}

/** What a `Last-Event-ID` means to us. */
export type ResumePoint =
  /** Everything after it is kept; `nextSeq` is the first event that the client lacks. */
  | { kind: 'kept'; lastEventId: string; nextSeq: number }
  /** The id is this hub's, but the events from `missedFrom` to `nextSeq - 1` are no longer kept. */
  | { kind: 'expired'; lastEventId: string; nextSeq: number; missedFrom: number }
  /** Never ours, or of an earlier life of the server: what was lost cannot be known. */
  | { kind: 'unknown' };

interface Entry {
  block: Block;
  /** Bytes of all events up to and with this one. */
  endByte: number;
  /** Set by a publisher that has ids of its own, else null: the id is the sequence number. */
  customId: string | null;
}

// Longer ids are nobody's: refused before anything looks at them.
const MAX_ID_CHARS = 1024;
const CANONICAL_SEQ = /^(?:0|[1-9]\d{0,14})$/;

export class ReplayRing {
  readonly #limits: ReplayLimits;
  readonly #entries = new Map<number, Entry>();
  #firstSeq = 1;
  #nextSeq = 1;
  #endByte = 0;
  #firstByte = 0;
  #customIdCount = 0;

  constructor(limits: ReplayLimits) {
    this.#limits = limits;
  }

  /** The sequence number that the next event gets; all cursors are at or below it. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The oldest event that is still here. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  get heldBytes(): number {
    return this.#endByte - this.#firstByte;
  }

  push(block: Block, customId: string | null): number {
    const seq = this.#nextSeq++;
    this.#endByte += block.chunk.length;
    this.#entries.set(seq, { block, endByte: this.#endByte, customId });
    if (customId !== null) this.#customIdCount++;
    this.#trim();
    return seq;
  }

  /** @throws {RangeError} when the event is not kept: callers compare with `firstSeq` and `nextSeq` */
  blockOf(seq: number): Block {
    return this.#entry(seq).block;
  }

  /** Bytes of the events from `seq` to the head. */
  bytesFrom(seq: number): number {
    if (seq >= this.#nextSeq) return 0;
    const entry = this.#entry(seq);
    return this.#endByte - entry.endByte + entry.block.chunk.length;
  }

  state(): ComponentState {
    const { replayEvents, replayBytes, queueBytes } = this.#limits;
    const events = this.#nextSeq - this.#firstSeq;
    return {
      ready: true,
      detail: `${events} events, ${this.heldBytes} bytes held (at most ${replayEvents} events and ${Math.max(replayBytes, queueBytes)} bytes)`,
    };
  }

  resumeAfter(lastEventId: string): ResumePoint {
    const seq = this.#seqOf(lastEventId);
    if (seq === null) return { kind: 'unknown' };
    const replayFrom = Math.max(this.#firstSeq, this.#nextSeq - this.#limits.replayEvents);
    if (seq + 1 >= replayFrom) return { kind: 'kept', lastEventId, nextSeq: seq + 1 };
    return { kind: 'expired', lastEventId, nextSeq: replayFrom, missedFrom: seq + 1 };
  }

  #seqOf(id: string): number | null {
    if (id.length > MAX_ID_CHARS) return null;
    if (this.#customIdCount > 0) {
      for (const [seq, entry] of this.#entries) if (entry.customId === id) return seq;
    }
    if (!CANONICAL_SEQ.test(id)) return null;
    const seq = Number(id);
    return seq < this.#nextSeq && (this.#entries.get(seq)?.customId ?? null) === null ? seq : null;
  }

  #trim(): void {
    while (this.#firstSeq < this.#nextSeq - 1) {
      const oldest = this.#entry(this.#firstSeq);
      const forReplay =
        this.#nextSeq - this.#firstSeq <= this.#limits.replayEvents && this.heldBytes <= this.#limits.replayBytes;
      const forQueues = this.heldBytes - oldest.block.chunk.length < this.#limits.queueBytes;
      if (forReplay || forQueues) return;
      this.#entries.delete(this.#firstSeq++);
      this.#firstByte = oldest.endByte;
      if (oldest.customId !== null) this.#customIdCount--;
    }
  }

  #entry(seq: number): Entry {
    const entry = this.#entries.get(seq);
    if (entry === undefined)
      throw new RangeError(`event ${seq} is not kept (kept are ${this.#firstSeq} to ${this.#nextSeq - 1})`);
    return entry;
  }
}
