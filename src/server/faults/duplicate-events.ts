/**
 * Some events come twice: what was taken by a `write()` that said false is written again when the stream
 * drains (mlx-node#100, found in review).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

const TWICE: readonly number[] = [3, 5];

class DuplicateEvents extends StreamTap {
  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind === 'event' && TWICE.includes(this.eventCount)) this.pass(bytes);
    return this.pass(bytes);
  }
}

export const duplicateEvents: WrappingFault = {
  summary: 'the first three clients get the 3rd and 5th event of their streams twice',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new DuplicateEvents(point) : null)),
};
