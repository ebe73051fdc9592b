/** What one load process heard since the last point of the series, about a second ago. */
import type { Cause } from '../../core/causes.ts';
import type { HeartbeatState } from '../../measure/heartbeat.ts';
import { TimeHistogram } from '../../measure/histogram.ts';

/** Heartbeats, and the times between two of them on one stream. */
export interface Beats {
  readonly count: number;
  readonly intervals: number;
  /** All of these times together, and the longest of them. */
  readonly intervalsMs: number;
  readonly longestMs: number;
}

export const NO_BEATS: Beats = { count: 0, intervals: 0, intervalsMs: 0, longestMs: 0 };

export function addBeats(one: Beats, other: Beats): Beats {
  return {
    count: one.count + other.count,
    intervals: one.intervals + other.intervals,
    intervalsMs: one.intervalsMs + other.intervalsMs,
    longestMs: Math.max(one.longestMs, other.longestMs),
  };
}

export class Recent {
  readonly latency = new TimeHistogram();
  events = 0;
  drops = 0;
  /** Made for the first drop: a second without any has none. */
  dropsByCause: Partial<Record<Cause, number>> | undefined = undefined;
  refused = 0;
  reconnects = 0;
  /** Most streams open at once. */
  mostOpen = 0;
  readonly beats: { -readonly [Figure in keyof Beats]: number } = { ...NO_BEATS };

  /** @param open streams, the new one included. @param times that this client had one */
  opened(open: number, times: number): void {
    this.mostOpen = Math.max(this.mostOpen, open);
    if (times > 1) this.reconnects += 1;
  }

  dropped(cause: Cause): void {
    this.drops += 1;
    this.dropsByCause ??= {};
    this.dropsByCause[cause] = (this.dropsByCause[cause] ?? 0) + 1;
  }

  beat({ lastHeartbeatMs, openedMs }: Pick<HeartbeatState, 'lastHeartbeatMs' | 'openedMs'>, nowMs: number): void {
    const { beats } = this;
    beats.count += 1;
    // The first one comes at any time within the period.
    if (lastHeartbeatMs === openedMs) return;
    const sinceMs = nowMs - lastHeartbeatMs;
    beats.intervals += 1;
    beats.intervalsMs += sinceMs;
    if (sinceMs > beats.longestMs) beats.longestMs = sinceMs;
  }
}
