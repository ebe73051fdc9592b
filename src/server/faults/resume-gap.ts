/**
 * A client that returns misses an event: it was published just between the look into the history and the
 * subscription to what is live (dunglas/mercure#354).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, StreamTap, TappedStreams } from './stream-tap.ts';

/** The greeting says how many events follow from history. */
const ANNOUNCES_REPLAY = /"replayed":[1-9]/;

class ResumeGap extends StreamTap {
  #isReplayDue = false;

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind === 'greeting') this.#isReplayDue = ANNOUNCES_REPLAY.test(bytes.toString('utf8'));
    if (kind !== 'event' || !this.#isReplayDue) return this.pass(bytes);
    this.#isReplayDue = false;
    return true;
  }
}

export const resumeGap: WrappingFault = {
  summary: 'a client that resumes misses the first event of its replay',
  wrap: (inner) => new TappedStreams(inner, (point) => new ResumeGap(point)),
};
