/**
 * Events are lost for some clients while their connection is well: a queue of 16 and a send that drops when
 * it is full (OpenCSGs/csgclaw: 414 of 600 lost), and nobody is told.
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

const FIRST_DROPPED = 3;
const LAST_DROPPED = 9;

class DropEvents extends StreamTap {
  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    const isDropped = kind === 'event' && this.eventCount >= FIRST_DROPPED && this.eventCount <= LAST_DROPPED;
    return isDropped ? true : this.pass(bytes);
  }
}

export const dropEvents: WrappingFault = {
  summary: 'the first three clients miss the 3rd to 9th event of their streams',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new DropEvents(point) : null)),
};
