/**
 * One loop writes each event to one client after the other and waits for `drain` before it goes on to the
 * next: a single client that does not read holds up all (r3labs/sse: a blocking send into the channel of
 * each subscriber; @fastify/sse awaits `drain`). It goes on when that client is evicted, and the next one
 * that stalls holds it up again. Heartbeats have a timer of their own and keep their time, so every proxy
 * and every health check says that all is well.
 */
import type { Socket } from 'node:net';
import type { StreamServer } from '../http.ts';
import type { WrappingFault } from './fault.ts';
import { KernelQueues } from './kernel-queues.ts';
import { type BlockKind, StreamTap, type TapPoint, TappedStreams } from './stream-tap.ts';

/** Bytes that a client may leave untaken before it blocks the others, as with a send buffer of this size. */
const SEND_BUFFER_BYTES = 64 * 1024;
/** Events for clients that wait for their turn; more are dropped, as a full channel does. */
const MAX_WAITING = 1_000_000;

/** The loop that all streams share. */
class OneAfterTheOther {
  #waiting: Array<{ tap: InLine; bytes: Buffer }> = [];
  #nextIndex = 0;
  #blockedBy: InLine | null = null;
  readonly #kernelQueues = new KernelQueues(() => this.goOn());

  watch(socket: Socket): void {
    this.#kernelQueues.watch(socket);
  }

  /** @returns whether there was room */
  push(tap: InLine, bytes: Buffer): boolean {
    if (this.#waiting.length - this.#nextIndex >= MAX_WAITING) return false;
    this.#waiting.push({ tap, bytes });
    if (this.#blockedBy === null) this.#writeAll();
    return true;
  }

  /** Something has changed: may the loop go on? */
  readonly goOn = (): void => {
    if (this.#blockedBy === null || this.#isBlocked(this.#blockedBy)) return;
    this.#blockedBy = null;
    this.#writeAll();
  };

  stop(): void {
    this.#kernelQueues.stop();
  }

  #writeAll(): void {
    while (this.#blockedBy === null && this.#nextIndex < this.#waiting.length) {
      const { tap, bytes } = this.#waiting[this.#nextIndex++] as { tap: InLine; bytes: Buffer };
      tap.writeNow(bytes);
      if (this.#isBlocked(tap)) this.#blockedBy = tap;
    }
    if (this.#nextIndex < this.#waiting.length) return;
    this.#waiting = [];
    this.#nextIndex = 0;
  }

  #isBlocked({ out }: InLine): boolean {
    return out.writable && (out.writableNeedDrain || this.#kernelQueues.heldBytes(out) > SEND_BUFFER_BYTES);
  }
}

class InLine extends StreamTap {
  readonly #line: OneAfterTheOther;
  #waitingBytes = 0;

  constructor(point: TapPoint, line: OneAfterTheOther) {
    super(point);
    this.#line = line;
    this.socket.on('drain', line.goOn);
    line.watch(this.socket);
  }

  get out(): Socket {
    return this.socket;
  }

  override get heldBytes(): number {
    return this.#waitingBytes;
  }

  writeNow(bytes: Buffer): void {
    this.#waitingBytes -= bytes.length;
    this.pass(bytes);
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind !== 'event') return this.pass(bytes);
    this.#waitingBytes += bytes.length;
    if (!this.#line.push(this, bytes)) this.#waitingBytes -= bytes.length;
    return true;
  }

  override onClose(): void {
    this.#line.goOn();
  }
}

class HeadOfLine extends TappedStreams {
  readonly #line: OneAfterTheOther;

  constructor(inner: StreamServer, line: OneAfterTheOther) {
    super(inner, (point) => new InLine(point, line));
    this.#line = line;
  }

  override close(options: { graceMs: number }): Promise<void> {
    this.#line.stop();
    return super.close(options);
  }
}

export const headOfLine: WrappingFault = {
  summary: 'events are written to one client after the other; a client that does not read blocks all others',
  wrap: (inner) => new HeadOfLine(inner, new OneAfterTheOther()),
};
