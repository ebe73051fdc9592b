/**
 * A line that never ends: one message with everything in it, or a producer that lost its line ends. A client
 * without a limit reads it until it is out of memory (HenryLach/taskplane#664: events of 60 KB, heap
 * exhausted; what `maxBufferSize` of eventsource-parser is for).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

const FIRST_ENDLESS = 3;
const PIECE = Buffer.alloc(64 * 1024, 'x');
const MAX_LINE_BYTES = 64 * 1024 * 1024;

class EndlessLine extends StreamTap {
  #lineBytes = 0;

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    // Whatever comes now would be in the middle of the line.
    if (this.#lineBytes > 0) return true;
    if (kind !== 'event' || this.eventCount < FIRST_ENDLESS) return this.pass(bytes);
    const dataAt = bytes.indexOf('\ndata: ');
    if (dataAt === -1) return this.pass(bytes);
    this.pass(bytes.subarray(0, dataAt + '\ndata: '.length));
    this.#writeOn();
    return true;
  }

  /** A piece a turn at most, and only when the one before is taken. */
  #writeOn(): void {
    if (!this.socket.writable || this.#lineBytes >= MAX_LINE_BYTES) return;
    this.#lineBytes += PIECE.length;
    if (this.pass(PIECE)) setImmediate(() => this.#writeOn());
    else this.socket.once('drain', () => setImmediate(() => this.#writeOn()));
  }
}

export const endlessLine: WrappingFault = {
  summary: 'the first three clients get a line that never ends, from the 3rd event of their streams on',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new EndlessLine(point) : null)),
};
