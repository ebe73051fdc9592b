/**
 * A client that does everything right is hung up on: evicted as the oldest at a cap (cluesmith/codev#1126,
 * with a cascade of reconnects), or taken for a dead one because it was flow-controlled for a moment
 * (ratgdo/homekit-ratgdo32#169).
 */
import { endStream } from '../../hub/outlet.ts';
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

const LAST_EVENT = 4;

class KickHealthy extends StreamTap {
  #isOver = false;

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    // The hub hears of it a turn later.
    if (this.#isOver) return true;
    const accepts = this.pass(bytes);
    if (kind === 'event' && this.eventCount === LAST_EVENT) {
      this.#isOver = true;
      endStream(this.res, this.socket);
    }
    return accepts;
  }
}

export const kickHealthy: WrappingFault = {
  summary: 'the streams of the first three clients are ended after their 4th event',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new KickHealthy(point) : null)),
};
