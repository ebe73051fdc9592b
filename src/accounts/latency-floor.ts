/**
 * How late the fastest event of each second was: what a clock that is behind ours adds to every latency.
 *
 * A clock that is behind looks like a delay, but like one without any variety: within a second all events are late by
 * the same, whoever hears them. That stays true when the clock drifts, and when somebody sets it in the middle of a run,
 * except in the second in which that happens. A real delay may look the same. So what lies above the floor of its second
 * is kept apart from the latency itself: a threshold that is broken by the latency and not by this one was not
 * necessarily broken by the server.
 */
import { figures, type Measured, type ReadCounts, type ReadTimes } from '../measure/figures.ts';
import type { TimeHistogram } from '../measure/histogram.ts';

export const LATENCY_FLOOR_FIGURES = figures({
  counts: [
    /** Seconds in which every event was late, and those of them in which all were late by the same. */
    'secondsBehind',
    'secondsAlike',
  ],
  times: [
    /** The least latency of each second in which every event was late. */
    'latencyFloor',
    /** Latency, less the floor of its second. */
    'latencyAboveFloor',
  ],
});
type LatencyFloorFigures = Measured<typeof LATENCY_FLOOR_FIGURES>;

/** Less is what clocks of a network differ by, or a network takes. */
const LEAST_BEHIND_MS = 100;
/** All events of a second are late by the same within this: a share of the delay, and at least so much. */
const SAME_SHARE = 0.05;
const SAME_MS = 100;
/** Fewer seconds, or a smaller share of those in which all was late, show no clock. */
const LEAST_SECONDS = 2;
const ALIKE_SHARE = 0.5;

interface Second {
  latency: TimeHistogram;
  floorMs: number;
  mostMs: number;
}

export class LatencyFloor {
  private readonly summary: LatencyFloorFigures;
  private isClosed = false;
  /** The second that is over, until the next one shows whether a clock was set in it, and the one before. */
  private last: Second | null = null;
  private before: Second | null = null;

  constructor(summary: LatencyFloorFigures) {
    this.summary = summary;
  }

  /** A second is over. @param latency of the events that were heard in it; not to be changed any more */
  second(latency: TimeHistogram): void {
    if (latency.count === 0) return;
    const next = { latency, floorMs: latency.percentile(0), mostMs: latency.percentile(99) };
    const { before, last } = this;
    if (!wasSet(before, last, next)) this.settle();
    this.before = last;
    this.last = next;
    if (this.isClosed) this.settle();
  }

  /** At the end: there is no next second that would show anything. */
  close(): void {
    this.isClosed = true;
    this.settle();
  }

  private settle(): void {
    const { last } = this;
    this.last = null;
    if (last === null) return;
    const { counts, times } = this.summary;
    if (last.floorMs < LEAST_BEHIND_MS) {
      times.latencyAboveFloor.add(last.latency);
      return;
    }
    counts.secondsBehind += 1;
    if (isAlike(last)) counts.secondsAlike += 1;
    times.latencyFloor.record(last.floorMs);
    times.latencyAboveFloor.addLess(last.latency, last.floorMs);
  }
}

function isAlike({ floorMs, mostMs }: Second): boolean {
  return isNear(floorMs, mostMs);
}

function isNear(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= Math.max(SAME_MS, Math.min(oneMs, otherMs) * SAME_SHARE);
}

/** Whether a clock was set in `last`, which has of both: before it all were late by one time, and after it by another. */
function wasSet(before: Second | null, last: Second | null, next: Second): boolean {
  if (before === null || last === null || isAlike(last) || !isAlike(before) || !isAlike(next)) return false;
  const [least, most] = [before.floorMs, next.floorMs].toSorted((one, other) => one - other) as [number, number];
  return !isNear(least, most) && isNear(last.floorMs, least) && isNear(last.mostMs, most);
}

/** Whether what is late is late as by a clock that is behind. */
export function mayBeBehind({ counts }: ReadCounts<'secondsBehind' | 'secondsAlike'>): boolean {
  return counts.secondsBehind >= LEAST_SECONDS && counts.secondsAlike >= ALIKE_SHARE * counts.secondsBehind;
}

export type ReadFloor = ReadCounts<'secondsBehind' | 'secondsAlike'> & ReadTimes<'latencyFloor'>;
