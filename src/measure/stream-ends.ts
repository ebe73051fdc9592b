/**
 * At what age, and after how long a silence, do streams end that their clients were reading?
 *
 * A deadline somewhere on the way ends each stream at the same age, or after the same silence; whatever else ends
 * streams does it at all ages, or to all at one instant. So the ages are kept as a histogram beside the ages that
 * others lived to see, and those who died at the same instant as many others are counted apart: a restart, seen by
 * clients that came in within a second, would else look like a deadline.
 */
import { ONE_INSTANT_MS, survivedSoFarMs } from '../findings/cuts.ts';
import { countUp, figures, type Measured } from './figures.ts';
import type { CountsByKind } from './kind-counts.ts';

export const STREAM_END_FIGURES = figures({
  counts: [
    /** Streams that ended at one instant with many others. */
    'diedTogether',
    /** The part of them that no restart ended: other streams lived on, or they ended by their age. */
    'diedApart',
  ],
  times: [
    /** The age of each stream that ended, the silence before its end, and when it ended, counted from the first one. */
    'deathAge',
    'deathSilence',
    'deathTime',
    /** The ages of streams that did not end before their clients left. */
    'survivedAge',
    /**
     * The longest silence that a client's streams have survived: ended by a byte, or still going on when the client left.
     * An entry for each stream that ended or was left.
     */
    'survivedSilence',
  ],
  tallies: [
    /** Layers that the answers name, by stream. */
    'layersNamed',
  ],
});
type StreamEndFigures = Measured<typeof STREAM_END_FIGURES> & CountsByKind;

/** So many of all clients, and never fewer than two, are not a coincidence. */
const TOGETHER_SHARE = 0.3;
/** Where so many are still open when the last one of a moment has ended, it was no restart. */
const LIVING_SHARE = 0.1;
/** Streams that began this far apart, and whose ages lie within this share of it, ended by their age and not at once. */
const LEAST_APART_MS = 250;
const AGE_SHARE = 0.25;
/** Histograms end at an hour: later times of death are counted from the full hour before. */
const HOUR_MS = 3_600_000;

/** One stream that is over, as its client saw it. */
export interface EndedStream {
  readonly openedMs: number;
  readonly lastByteMs: number;
  /** The longest silence on any stream of its client so far. */
  readonly longestSilenceMs: number;
}

class Range {
  private least: number;
  private most: number;

  constructor(value: number) {
    this.least = this.most = value;
  }

  get width(): number {
    return this.most - this.least;
  }

  include(value: number): void {
    this.least = Math.min(this.least, value);
    this.most = Math.max(this.most, value);
  }
}

/** Ends that follow each other within an instant. */
interface Moment {
  lastMs: number;
  /** When these streams had begun, and how old they were. */
  readonly openedMs: Range;
  readonly ageMs: Range;
  ends: number;
  /** Streams that were open behind the last end. */
  living: number;
}

export class StreamEnds {
  private readonly summary: StreamEndFigures;
  private firstMs = Number.NaN;
  private instant = -1;
  private inInstant = 0;
  private moment: Moment | null = null;

  constructor(summary: StreamEndFigures) {
    this.summary = summary;
  }

  /** A stream has begun. @param named the layers that its answer names */
  opened(named: readonly string[]): void {
    for (const layer of named) countUp(this.summary.layersNamed, layer);
  }

  /** A stream of a healthy client ended, and not by our doing. */
  died({ openedMs, lastByteMs, longestSilenceMs }: EndedStream, nowMs: number): void {
    const { times } = this.summary;
    times.deathAge.record(nowMs - openedMs);
    times.deathSilence.record(nowMs - lastByteMs);
    times.survivedSilence.record(longestSilenceMs);
    if (Number.isNaN(this.firstMs)) this.firstMs = nowMs;
    times.deathTime.record((nowMs - this.firstMs) % HOUR_MS);
    this.together(nowMs);
    if (this.moment !== null && nowMs - this.moment.lastMs > ONE_INSTANT_MS) this.settle();
    const ageMs = nowMs - openedMs;
    this.moment ??= { lastMs: nowMs, openedMs: new Range(openedMs), ageMs: new Range(ageMs), ends: 0, living: 0 };
    this.moment.openedMs.include(openedMs);
    this.moment.ageMs.include(ageMs);
    this.moment.lastMs = nowMs;
    this.moment.ends += 1;
    this.moment.living = this.summary.kind('healthy').open;
  }

  /** A healthy client left a stream that was in order. */
  left({ openedMs }: EndedStream, nowMs: number): void {
    this.summary.times.survivedAge.record(nowMs - openedMs);
  }

  /** A client that reads all it is sent left a stream. */
  survived({ longestSilenceMs, lastByteMs }: EndedStream, nowMs: number): void {
    this.summary.times.survivedSilence.record(Math.max(longestSilenceMs, survivedSoFarMs(nowMs - lastByteMs)));
  }

  /** The last moment is over. */
  settle(): void {
    const { moment } = this;
    this.moment = null;
    if (moment === null || moment.ends < this.many) return;
    const { openedMs, ageMs, ends, living } = moment;
    const othersLive = living >= Math.max(1, this.summary.kind('healthy').planned * LIVING_SHARE);
    const byAge = openedMs.width >= LEAST_APART_MS && ageMs.width <= openedMs.width * AGE_SHARE;
    if (othersLive || byAge) this.summary.counts.diedApart += ends;
  }

  private get many(): number {
    return Math.max(2, Math.ceil(this.summary.kind('healthy').planned * TOGETHER_SHARE));
  }

  private together(nowMs: number): void {
    const instant = Math.floor(nowMs / ONE_INSTANT_MS);
    if (instant !== this.instant) {
      this.instant = instant;
      this.inInstant = 0;
    }
    this.inInstant += 1;
    const { many } = this;
    if (this.inInstant === many) this.summary.counts.diedTogether += many;
    else if (this.inInstant > many) this.summary.counts.diedTogether += 1;
  }
}
