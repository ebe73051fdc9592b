/**
 * The handler of a stream hangs or has lost its subscription; the connection stays open and says nothing any
 * more, heartbeats neither (everruns#603: clients that wait for ever; HarperFast/harper#2747).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

const LAST_EVENT = 3;

class GoSilent extends StreamTap {
  #isSilent = false;

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (this.#isSilent) return true;
    this.#isSilent = kind === 'event' && this.eventCount === LAST_EVENT;
    return this.pass(bytes);
  }
}

export const goSilent: WrappingFault = {
  summary: 'the first three clients receive nothing after the 3rd event of their streams, which stay open',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new GoSilent(point) : null)),
};
