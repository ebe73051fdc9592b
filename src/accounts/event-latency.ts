/**
 * How long events took, from their stamps: from when they were due, and from when they were sent.
 *
 * A stamp is another machine's word. One in the future is counted as skew and is no latency; when there are
 * many of these, none is one. Once our own clock was set, nothing is recorded any more. What is heard during an
 * incident of the plan is kept apart.
 */
import type { StreamEvent } from '../client/event-cache.ts';
import { AGE_SCALE, JITTER_MS, TOLERATED_SKEW_MS, VOID_SHARE } from './clock-skew.ts';
import { LatencyFloor, type LATENCY_FLOOR_FIGURES } from './latency-floor.ts';
import { CLOCK_STEP_MS, type ClockWatch } from '../measure/clock-watch.ts';
import type { TimeHistogram } from '../measure/histogram.ts';
import { figures, type Measured } from '../measure/figures.ts';

export const EVENT_LATENCY_FIGURES = figures({
  counts: [
    /** Stamps that lie in the future: the clocks disagree. */
    'skewed',
    /** Events with something else where the time was to be, and with a time in whole seconds. */
    'badTimes',
    'coarseTimes',
    /** Events whose latency was not recorded: our own clock had been set. */
    'untimed',
  ],
  times: [
    /** From when an event was due, and from when it was sent. */
    'latency',
    'latencySent',
    /** The part of `latency` that events have which were due and did not come. */
    'latencyCensored',
    /** By how much stamps lay in the future. */
    'skew',
    /** How old the times were that lay before the stream began, in a scale in which a day has room (`AGE_SCALE`). */
    'ageBefore',
    /** From when an event was due, while an incident of the plan was going on; in none of the others. */
    'latencyIncident',
  ],
});
type EventLatencyFigures = Measured<typeof EVENT_LATENCY_FIGURES> & Measured<typeof LATENCY_FLOOR_FIGURES>;

export class EventLatency {
  private readonly summary: EventLatencyFigures;
  private readonly clock: ClockWatch;
  readonly floor: LatencyFloor;
  /** Stamps too far in the future to be a latency. */
  private farAhead = 0;

  /** @param clock the watch over this machine's wall clock */
  constructor(summary: EventLatencyFigures, clock: ClockWatch) {
    this.summary = summary;
    this.clock = clock;
    this.floor = new LatencyFloor(summary);
  }

  /** @param recent also takes what counts from when the event was due */
  heard(
    { scheduledMs, sentMs, badTime, coarse }: StreamEvent,
    wallMs: number,
    inIncident: boolean,
    recent: TimeHistogram,
  ): void {
    const { counts, times } = this.summary;
    const dueLatencyMs = wallMs - scheduledMs;
    const sentLatencyMs = wallMs - sentMs;
    if (badTime) counts.badTimes += 1;
    if (coarse) counts.coarseTimes += 1;
    // A figure that nobody would expect: first a look at our own clock.
    if (dueLatencyMs < -JITTER_MS || dueLatencyMs > CLOCK_STEP_MS) this.clock.look();
    if (this.clock.step !== null) {
      counts.untimed += 1;
    } else if (dueLatencyMs < -JITTER_MS || sentLatencyMs < -JITTER_MS) {
      this.ahead(sentLatencyMs < dueLatencyMs ? sentLatencyMs : dueLatencyMs, sentLatencyMs, inIncident, recent);
    } else if (inIncident) {
      if (!Number.isNaN(dueLatencyMs)) times.latencyIncident.record(dueLatencyMs);
    } else {
      this.record(dueLatencyMs, sentLatencyMs, recent);
    }
  }

  /** It was due before the stream began: history, or a clock that is behind. */
  heardBefore({ scheduledMs }: StreamEvent, wallMs: number): void {
    this.summary.times.ageBefore.record((wallMs - scheduledMs) / AGE_SCALE);
  }

  /** It was due so long ago, and has not come. */
  overdue(ageMs: number): void {
    if (this.clock.step !== null) return;
    const { latency, latencyCensored } = this.summary.times;
    latency.record(ageMs);
    latencyCensored.record(ageMs);
  }

  /** At the end: a clock that is ahead makes a latency of nothing that it stamped. */
  close(): void {
    this.floor.close();
    const { latency, latencySent, latencyCensored } = this.summary.times;
    if (this.farAhead <= VOID_SHARE * (this.farAhead + latency.count)) return;
    for (const times of [latency, latencySent, latencyCensored]) times.reset();
  }

  private ahead(latencyMs: number, sentLatencyMs: number, inIncident: boolean, recent: TimeHistogram): void {
    const { counts, times } = this.summary;
    counts.skewed += 1;
    times.skew.record(-latencyMs);
    if (latencyMs < -TOLERATED_SKEW_MS) this.farAhead += 1;
    else if (!inIncident) this.record(Math.max(latencyMs, 0), sentLatencyMs, recent);
  }

  private record(dueLatencyMs: number, sentLatencyMs: number, recent: TimeHistogram): void {
    const { latency, latencySent } = this.summary.times;
    if (!Number.isNaN(dueLatencyMs)) {
      latency.record(dueLatencyMs);
      recent.record(dueLatencyMs);
    }
    if (!Number.isNaN(sentLatencyMs)) latencySent.record(sentLatencyMs);
  }
}
