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
 * Sequence numbers count from 1 without holes, in each life of the hub; which event an id names is in event-ids.ts.
 */
import { counted, formatBytes, formatCount } from '../core/units.ts';
import type { Block } from './block.ts';
import { EventIds } from './event-ids.ts';
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
  /**
   * The id is of an earlier life: what came after it in that life cannot be known. All of this life is new to the
   * client, which gets what is kept of it, from `nextSeq` on.
   */
  | { kind: 'earlier-life'; life: string; missedFrom: number; nextSeq: number }
  /** Never ours, or a publisher's own that is long forgotten: what was lost cannot be known. */
  | { kind: 'unknown' }
  /** The same in a log of several hubs, where it may also be the id of an event that is still to be read. */
  | { kind: 'unread'; id: string; nextSeq: number };

interface Entry {
  block: Block;
  /** Bytes of all events up to and with this one. */
  endByte: number;
}

export class ReplayRing {
  #ids = new EventIds();
  readonly #limits: ReplayLimits;
  readonly #entries = new Map<number, Entry>();
  #firstSeq = 1;
  #nextSeq = 1;
  #endByte = 0;
  #firstByte = 0;

  /** Whether the numbers are those of a log that other hubs read too, and may have read further. */
  #isShared = false;

  constructor(limits: ReplayLimits) {
    this.#limits = limits;
  }

  get ids(): EventIds {
    return this.#ids;
  }

  /** Goes on in this life of a log that several hubs share. Nothing is kept of what was here before. */
  restart(life: string, nextSeq: number): void {
    this.#ids = new EventIds(life);
    this.#isShared = true;
    this.skipTo(nextSeq);
  }

  /** The events before this one are not to be had. */
  skipTo(nextSeq: number): void {
    this.#entries.clear();
    this.#firstByte = this.#endByte;
    this.#firstSeq = nextSeq;
    this.#nextSeq = nextSeq;
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

  /** @param ownId what the publisher named the event; null where it has the hub's id */
  push(block: Block, ownId: string | null): number {
    const seq = this.#nextSeq++;
    this.#endByte += block.chunk.length;
    this.#entries.set(seq, { block, endByte: this.#endByte });
    this.#trim();
    if (ownId !== null) this.ids.note(ownId, seq, this.#firstSeq);
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
    if (replayEvents === 0) return { ready: true, detail: 'turned off', off: true };
    const mostBytes = formatBytes(Math.max(replayBytes, queueBytes));
    return {
      ready: true,
      detail: `${counted(events, 'event')} kept, ${formatBytes(this.heldBytes)} (at most ${formatCount(replayEvents)} events and ${mostBytes})`,
    };
  }

  resumeAfter(lastEventId: string): ResumePoint {
    // Another hub may be ahead of this one: the client then waits for what comes after its event.
    const named = this.ids.find(lastEventId, this.#isShared ? Infinity : this.#nextSeq);
    // The names of a log's lives are in order; one that is later has begun, and is still to be read.
    const isLater = this.#isShared && named?.kind === 'earlier-life' && named.life > this.#ids.life;
    if (named === null || isLater)
      return this.#isShared ? { kind: 'unread', id: lastEventId, nextSeq: Infinity } : { kind: 'unknown' };
    const { kind, seq } = named;
    const replayFrom = Math.max(this.#firstSeq, this.#nextSeq - this.#limits.replayEvents);
    if (kind === 'earlier-life') return { kind, life: named.life, missedFrom: seq + 1, nextSeq: replayFrom };
    if (seq + 1 >= replayFrom) return { kind: 'kept', lastEventId, nextSeq: seq + 1 };
    return { kind: 'expired', lastEventId, nextSeq: replayFrom, missedFrom: seq + 1 };
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
    }
  }

  #entry(seq: number): Entry {
    const entry = this.#entries.get(seq);
    if (entry === undefined)
      throw new RangeError(`event ${seq} is not kept (kept are ${this.#firstSeq} to ${this.#nextSeq - 1})`);
    return entry;
  }
}
