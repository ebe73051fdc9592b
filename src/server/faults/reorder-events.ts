/**
 * Two publishers, or two asynchronous handlers, that overtake each other on one stream: the order holds in
 * the log and not on the wire. Live events before those of the history are the same thing (what
 * dunglas/mercure keeps a queue for: localsubscriber.go holds live events until the history is sent).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

const OVERTAKEN = 3;

class ReorderEvents extends StreamTap {
  #held: Buffer | null = null;

  override get heldBytes(): number {
    return this.#held?.length ?? 0;
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind === 'event' && this.eventCount === OVERTAKEN) {
      this.#held = bytes;
      return true;
    }
    const accepts = this.pass(bytes);
    return kind === 'event' ? this.#release(accepts) : accepts;
  }

  override onEnd(): void {
    this.#release(true);
  }

  #release(accepts: boolean): boolean {
    if (this.#held === null) return accepts;
    const held = this.#held;
    this.#held = null;
    return this.pass(held);
  }
}

export const reorderEvents: WrappingFault = {
  summary: 'the first three clients get the 4th event of their streams before the 3rd',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new ReorderEvents(point) : null)),
};
