/**
 * At what age, and after how long a silence, do streams end that their clients were reading?
 *
 * A deadline somewhere on the way ends each stream at the same age, or after the same silence; whatever else ends
 * streams does it at all ages, or to all at one instant. So the ages are kept as a histogram beside the ages that
 * others lived to see, and those who died at the same instant as many others are counted apart: a restart, seen by
 * clients that came in within a second, would else look like a deadline.
 */
import { ONE_INSTANT_MS } from '../findings/cuts.ts';
import { figures, type Measured } from './figures.ts';
import type { CountsByKind } from './kind-counts.ts';

export const STREAM_END_FIGURES = figures({
  counts: [
    /** Streams that ended at one instant with many others. */
    'diedTogether',
  ],
  times: [
    /** The age of each stream that ended, the silence before its end, and when it ended, counted from the first one. */
    'deathAge',
    'deathSilence',
    'deathTime',
    /** The ages of streams that did not end before their clients left. */
    'survivedAge',
  ],
});
type StreamEndFigures = Measured<typeof STREAM_END_FIGURES> & CountsByKind;

/** So many of all clients, and never fewer than two, are not a coincidence. */
const TOGETHER_SHARE = 0.3;
/** Histograms end at an hour: later times of death are counted from the full hour before. */
const HOUR_MS = 3_600_000;

export class StreamEnds {
  private readonly summary: StreamEndFigures;
  private firstMs = Number.NaN;
  private instant = -1;
  private inInstant = 0;

  constructor(summary: StreamEndFigures) {
    this.summary = summary;
  }

  /** A stream of a healthy client ended, and not by our doing. */
  died(openedMs: number, lastByteMs: number, nowMs: number): void {
    const { times } = this.summary;
    times.deathAge.record(nowMs - openedMs);
    times.deathSilence.record(nowMs - lastByteMs);
    if (Number.isNaN(this.firstMs)) this.firstMs = nowMs;
    times.deathTime.record((nowMs - this.firstMs) % HOUR_MS);
    this.together(nowMs);
  }

  /** A healthy client left a stream that was in order. */
  left(openedMs: number, nowMs: number): void {
    this.summary.times.survivedAge.record(nowMs - openedMs);
  }

  private together(nowMs: number): void {
    const instant = Math.floor(nowMs / ONE_INSTANT_MS);
    if (instant !== this.instant) {
      this.instant = instant;
      this.inInstant = 0;
    }
    this.inInstant += 1;
    const many = Math.max(2, Math.ceil(this.summary.kind('healthy').planned * TOGETHER_SHARE));
    if (this.inInstant === many) this.summary.counts.diedTogether += many;
    else if (this.inInstant > many) this.summary.counts.diedTogether += 1;
  }
}
