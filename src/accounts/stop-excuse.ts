/**
 * What is lost right after our own process stood still may be its own doing: a server that drops what a client
 * does not take has dropped it for a client that was not there to read. It is counted, and nobody is blamed.
 *
 * A gap shows when the next event comes behind it, so what is lost within some seconds after a stop is taken
 * for a consequence. Not a matter of single clients: when one stood still, all of this process did.
 */
import { figures, type Measured, type ReadCounts } from '../measure/figures.ts';

export const STOP_EXCUSE_FIGURES = figures({
  counts: [
    /** The part of `lost`, and of `resumeLost`, that was lost right after our own process stood still. */
    'lostAfterStop',
    'resumeLostAfterStop',
  ],
});
type StopExcuseFigures = Measured<typeof STOP_EXCUSE_FIGURES> & ReadCounts<'lost' | 'resumeLost'>;

/** Or as long as the stop, if that is longer. */
const AFTER_MS = 5000;

export class StopExcuse {
  private readonly counts: StopExcuseFigures['counts'];
  private seenStops = 0;
  private lost = 0;
  private resumeLost = 0;
  private untilMs = Number.NEGATIVE_INFINITY;

  constructor({ counts }: StopExcuseFigures) {
    this.counts = counts;
  }

  /**
   * About once a second, with up-to-date counts: what was lost since the look before.
   *
   * @param stops how many there were so far
   * @param longestMs the longest of them
   */
  look(nowMs: number, stops: number, longestMs: number): void {
    const { counts } = this;
    if (stops > this.seenStops) {
      this.seenStops = stops;
      this.untilMs = nowMs + Math.max(AFTER_MS, longestMs);
    }
    if (nowMs <= this.untilMs) {
      // Not below zero: what was late and counted as lost before the stop may come after it.
      counts.lostAfterStop += Math.max(0, counts.lost - this.lost);
      counts.resumeLostAfterStop += Math.max(0, counts.resumeLost - this.resumeLost);
    }
    this.lost = counts.lost;
    this.resumeLost = counts.resumeLost;
  }
}
