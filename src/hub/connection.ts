/**
 * One client of the hub: its cursor into the events, what it was told, and its end.
 *
 * Writing stops as soon as `write()` says false and goes on at `drain`; what waits meanwhile is the ring
 * from the cursor on (see replay.ts) and the few messages sent to this client alone. It closes exactly once,
 * whatever closes it, and leaves the hub's map before anything is done to the socket, so that no one can
 * write to a stream that is going.
 *
 * Bytes go straight to the socket under the response (over HTTP/2 to its stream, see outlet.ts), as whole chunks where
 * the body is chunked (block.ts). `res.write()` would make four writes of a chunk, and corks the socket for the rest of
 * the turn, which makes every client look blocked in the middle of a burst.
 *
 * There is no timer and no closure for each client: response and socket know their connection by a symbol,
 * and the listeners are the same three functions for all.
 */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Block } from './block.ts';
import type { DisconnectReason } from './hub-client.ts';
import type { HubCounters } from './stats.ts';
import { missedBlock } from './messages.ts';
import { endStream, outletOf, resetStream } from './outlet.ts';
import type { ReplayRing } from './replay.ts';

/** What a connection needs of its hub. */
export interface ConnectionOwner {
  readonly ring: ReplayRing;
  readonly counters: HubCounters;
  readonly maxQueueBytes: number;
  readonly overflow: 'evict' | 'drop-oldest';
  /** Takes the connection out of every list. Called once, before its socket is touched. */
  forget(connection: Connection, reason: DisconnectReason): void;
  nowMs(): number;
}

const CONNECTION = Symbol('connection');
type Owned = { [CONNECTION]?: Connection | undefined };

export class Connection {
  readonly id: string;
  readonly connectedMs: number;
  readonly res: ServerResponse;
  /** The socket or the HTTP/2 stream: what is written and what waits is here. */
  readonly out: Duplex;
  /** `write()` said false and `drain` has not come. */
  blocked = false;
  /** The next event that this client needs; beyond the head where the client has read more on another hub. */
  cursor: number;
  /** What the hub's user keeps with this client; see `HubClient`. */
  data: unknown = undefined;

  // Kept for the staleness sweep, which owns their meaning.
  lastAcceptedMs: number;
  firstWriteMs = 0;
  progressBytes = 0;
  /** Since when it has taken nothing of what waits for it; 0: nothing waits, or it took some at the last look. */
  noProgressSinceMs = 0;
  unacknowledgedBytes: number | null = null;
  writtenBytes = 0;
  /** The number of its socket in the kernel's table; 0: not looked for. */
  inode = 0;
  seenInPass = 0;
  /** When the age limit ends the stream; Infinity without an age limit. */
  expiresMs = Infinity;

  readonly #owner: ConnectionOwner;
  readonly #isChunked: boolean;
  /** Whether the client still reads history, where it may be further behind than a queue allows. */
  #catchingUp = true;
  /** First event dropped since the client was last told, or 0. */
  #droppedFrom = 0;
  #sends: Array<{ block: Block; afterSeq: number }> | null = null;
  #sendBytes = 0;
  #closed = false;

  constructor(owner: ConnectionOwner, { id, res, out, cursor }: Pick<Connection, 'id' | 'res' | 'out' | 'cursor'>) {
    this.id = id;
    this.res = res;
    this.out = out;
    this.cursor = cursor;
    this.#owner = owner;
    // Known since the head was prepared; HTTP/2 has no chunks, and HTTP/1.0 knows none.
    this.#isChunked = res.chunkedEncoding === true;
    this.connectedMs = owner.nowMs();
    this.lastAcceptedMs = this.connectedMs;
    (res as Owned)[CONNECTION] = this;
    (out as Owned)[CONNECTION] = this;
    out.on('drain', onDrain);
    res.on('close', onClose);
    res.on('error', onError);
  }

  /** Bytes that wait for this client, in the ring, in its own messages and in the socket. */
  get queuedBytes(): number {
    const ring = this.#owner.ring;
    return ring.bytesFrom(Math.max(this.cursor, ring.firstSeq)) + this.#sendBytes + this.out.writableLength;
  }

  /** Sends the head, the greeting and as much of the history as is accepted. */
  begin(greeting: Block): void {
    // Together: a client sees that it is connected with the first packet.
    this.out.cork();
    this.res.flushHeaders();
    this.#write(greeting, this.connectedMs);
    this.out.uncork();
    this.#feed(this.connectedMs);
  }

  /** The ring has a new event, `block`, at its head. */
  deliver(block: Block, nowMs: number): void {
    if (this.blocked) {
      if (!this.#catchingUp && this.#isOverfull()) this.#overflow();
    } else if (this.cursor === this.#owner.ring.nextSeq - 1) {
      this.cursor++;
      this.#owner.counters.delivered++;
      this.#write(block, nowMs);
    } else {
      // Somebody published from within a listener: that event came here first.
      this.#feed(nowMs);
    }
  }

  /** Skipped while blocked: what waits is a better sign of life, and a queue of pings helps nobody. */
  heartbeat(block: Block, nowMs: number): void {
    if (!this.blocked) this.#write(block, nowMs);
  }

  /** Sends a message to this client alone, in order with what is published. False when its queue has no room. */
  send(block: Block): boolean {
    if (this.#closed) return false;
    const { ring, maxQueueBytes, overflow } = this.#owner;
    if (!this.blocked && this.cursor >= ring.nextSeq) {
      this.#write(block, this.#owner.nowMs());
      return true;
    }
    if (this.#sendBytes + block.chunk.length > maxQueueBytes) {
      if (overflow === 'evict') this.close('overflow', 'reset');
      return false;
    }
    this.#sends ??= [];
    this.#sends.push({ block, afterSeq: ring.nextSeq - 1 });
    this.#sendBytes += block.chunk.length;
    return true;
  }

  /** Sends what follows from this event on, after a message to this client alone. */
  goOnFrom(seq: number, notice?: Block): void {
    if (notice !== undefined && !this.send(notice)) return;
    this.cursor = seq;
    if (!this.blocked) this.drained();
  }

  /** Ends the stream: politely after what is already written, or at once with a reset. */
  close(reason: DisconnectReason, how: 'end' | 'reset', lastWords?: Block): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.forget(this, reason);
    const res = this.res;
    this.out.off('drain', onDrain);
    res.off('close', onClose);
    // The error listener stays: a response may still fail while its last bytes leave.
    (res as Owned)[CONNECTION] = undefined;
    (this.out as Owned)[CONNECTION] = undefined;
    this.#sends = null;
    if (res.writableEnded || outletOf(res) === null) return;
    if (how === 'reset') resetStream(res);
    else endStream(res, this.out, lastWords && this.#framed(lastWords));
  }

  #framed(block: Block): Buffer {
    return this.#isChunked ? block.chunk : block.bare;
  }

  #write(block: Block, nowMs: number): void {
    const bytes = this.#framed(block);
    if (this.firstWriteMs === 0) this.firstWriteMs = nowMs;
    this.writtenBytes += bytes.length;
    // False is also said of a large write that the kernel took whole: then nothing waits.
    if (!this.out.write(bytes) && this.out.writableLength > 0) this.blocked = true;
  }

  drained(): void {
    this.blocked = false;
    this.#feed(this.#owner.nowMs());
  }

  #feed(nowMs: number): void {
    const { ring, counters } = this.#owner;
    this.#tellDropped(nowMs);
    while (!this.blocked) {
      if (this.cursor < ring.firstSeq) this.#skipTo(ring.firstSeq, nowMs);
      const next = this.#sends?.[0];
      if (next !== undefined && next.afterSeq < this.cursor) {
        this.#sends?.shift();
        this.#sendBytes -= next.block.chunk.length;
        this.#write(next.block, nowMs);
      } else if (this.cursor < ring.nextSeq) {
        counters.delivered++;
        if (this.#catchingUp) counters.replayed++;
        this.#write(ring.blockOf(this.cursor++), nowMs);
      } else {
        this.#catchingUp = false;
        return;
      }
    }
  }

  #isOverfull(): boolean {
    return this.cursor < this.#owner.ring.firstSeq || this.queuedBytes > this.#owner.maxQueueBytes;
  }

  #overflow(): void {
    if (this.#owner.overflow === 'evict') {
      this.close('overflow', 'reset');
      return;
    }
    const { ring, counters } = this.#owner;
    if (this.#droppedFrom === 0) this.#droppedFrom = this.cursor;
    const from = this.cursor;
    // At once: a log of several hubs may have left out any number of events.
    this.cursor = Math.max(from, ring.firstSeq);
    while (this.cursor < ring.nextSeq && this.#isOverfull()) this.cursor++;
    counters.dropped += this.cursor - from;
  }

  #tellDropped(nowMs: number): void {
    if (this.#droppedFrom === 0) return;
    this.#write(missedBlock({ from: this.#droppedFrom, to: this.cursor - 1, reason: 'overflow' }), nowMs);
    this.#droppedFrom = 0;
  }

  /** The ring went on without a client that was slow with its history. */
  #skipTo(seq: number, nowMs: number): void {
    this.#owner.counters.dropped += seq - this.cursor;
    this.#write(missedBlock({ from: this.cursor, to: seq - 1, reason: 'expired' }), nowMs);
    this.cursor = seq;
  }
}

function onDrain(this: Duplex): void {
  (this as Owned)[CONNECTION]?.drained();
}

function onClose(this: ServerResponse): void {
  (this as Owned)[CONNECTION]?.close('closed', 'reset');
}

function onError(this: ServerResponse): void {
  (this as Owned)[CONNECTION]?.close('error', 'reset');
}
