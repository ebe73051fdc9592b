/**
 * Does an event come only when the next thing is written? Then what writes it keeps it until then: a flush is missing.
 *
 * What came before an event arrived at the moment at which that event was written, by the event's own time; or the event
 * came together with the heartbeat behind it, long after it was written. A clock that is wrong looks so only if it is
 * wrong by exactly the time between two events, which the readers of these figures have to exclude. Events that come
 * soon after they were written cost one comparison.
 */
import { HELD_MS, ONE_MOMENT_MS } from '../findings/arrivals.ts';
import { figures, type Measured } from './figures.ts';

export const NEXT_WRITE_FIGURES = figures({
  counts: [
    /** Events that say when they were written, and behind which something else had come on the stream. */
    'nextJudged',
    /** The part of these that shows that what came before was held until then. */
    'heldUntilNext',
    /** The part that came together with a heartbeat behind it, long after it was written; and all other heartbeats. */
    'heldUntilBeat',
    'beatsAlone',
    /** The judged ones whose time was found by what it looks like. */
    'nextGuessed',
  ],
  times: [
    /** How old an event was that was held so. */
    'heldForNext',
    /** How far from the writing of an event that came which was held until then. */
    'nextApart',
  ],
});
type NextWriteFigures = Measured<typeof NEXT_WRITE_FIGURES>;

/** What is held for less than this cannot be told from a server that is slow. */
const LEAST_LATE_MS = 200;
/** What came before came within this share of the time for which the event was held: a busy machine reads late. */
const SAME_SHARE = 1 / 3;

/** The part of a client that this needs. */
export interface NextWriteState {
  /** When the last event or comment of this stream came; minus infinity before the first. */
  lastItemMs: number;
  /** When an event came that had been written long before, and how long before. */
  lateEventMs: number;
  lateByMs: number;
}

export interface WrittenEvent {
  /** When it was written, on our own monotonic clock; NaN where it does not say. */
  writtenMs: number;
  /** Its time is written in whole seconds. */
  coarse: boolean;
  /** Its time was found by what it looks like. */
  guessed: boolean;
}

export class NextWrite {
  private readonly figures: NextWriteFigures;

  constructor(measured: NextWriteFigures) {
    this.figures = measured;
  }

  /** An event. @param beforeMs when the last item before it came */
  heard(state: NextWriteState, nowMs: number, beforeMs: number, { writtenMs, coarse, guessed }: WrittenEvent): void {
    if (coarse || Number.isNaN(writtenMs) || beforeMs === Number.NEGATIVE_INFINITY) return;
    const { counts, times } = this.figures;
    counts.nextJudged += 1;
    if (guessed) counts.nextGuessed += 1;
    const lateMs = nowMs - writtenMs;
    if (lateMs < LEAST_LATE_MS) return;
    state.lateEventMs = lateMs >= HELD_MS ? nowMs : Number.NEGATIVE_INFINITY;
    state.lateByMs = lateMs;
    const apartMs = beforeMs - writtenMs;
    if (apartMs < -ONE_MOMENT_MS || apartMs > lateMs * SAME_SHARE) return;
    counts.heldUntilNext += 1;
    times.heldForNext.record(lateMs);
    times.nextApart.record(Math.abs(apartMs));
    // It is counted once, whatever comes with it.
    state.lateEventMs = Number.NEGATIVE_INFINITY;
  }

  beat(state: NextWriteState, nowMs: number): void {
    const { counts, times } = this.figures;
    if (state.lateEventMs !== nowMs) {
      counts.beatsAlone += 1;
      return;
    }
    counts.heldUntilBeat += 1;
    times.heldForNext.record(state.lateByMs);
    state.lateEventMs = Number.NEGATIVE_INFINITY;
  }
}
