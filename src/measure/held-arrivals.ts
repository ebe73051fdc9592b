/**
 * What healthy clients wait for while others accept nothing, told by our own clock alone: the data need say no time.
 *
 * Held back is what comes together behind a pause: a server that waits for one client sends what it has kept once that
 * client is gone, and one that had nothing to say has nothing to make up for. Each pause is compared with the longest
 * one of the same clients before anybody stalled. A pause that begins while others stall and lasts until the end of the run
 * is counted apart, since it cannot show whether something was held back.
 */
import { HELD_MS, TOGETHER_MS } from '../findings/arrivals.ts';
import { figures, type Measured } from './figures.ts';

export const HELD_ARRIVAL_FIGURES = figures({
  counts: [
    /** Events that healthy clients heard before others stalled. */
    'cameBeforeStall',
    /** Events that came together behind a pause which began while clients stalled. */
    'heldWhileStalled',
  ],
  times: [
    /** The longest time between two events of each healthy client, before and after other clients stalled. */
    'pauseBeforeStall',
    'pauseAfterStall',
    /** The longest pause of each client that began while others stalled, and behind which events came together. */
    'pauseHeld',
    /** The pause of each client that began while others stalled, and that was not over at the end. */
    'pauseToTheEnd',
  ],
});

/** Fewer events behind a pause make up for nothing, nor does a smaller part of what came in such a time before. */
const LEAST_TOGETHER = 3;
const MADE_UP_SHARE = 0.25;
/** They come within this share of the pause. At their usual pace fewer come by then than make up for it. */
const TOGETHER_SHARE = 0.1;

/** The part of a client that this needs; times are monotonic. */
export interface ArrivalState {
  /** When its last event came on this stream; -1 before any. */
  cameMs: number;
  /** The longest time between two events since the phase began. */
  longestPauseMs: number;
  /** The pause behind which events now come together, 0 without one, when it was over, and how many came. */
  pauseMs: number;
  pauseEndedMs: number;
  togetherEvents: number;
  /** The longest pause while others stalled behind which events came together. */
  longestHeldMs: number;
}

type Phase = 'before' | 'stalled' | 'after';

export class HeldArrivals {
  private readonly summary: Measured<typeof HELD_ARRIVAL_FIGURES>;
  private phase: Phase = 'before';
  private phaseFromMs = 0;
  private stalledFromMs = Number.POSITIVE_INFINITY;
  private stalledUntilMs = Number.POSITIVE_INFINITY;
  private came = 0;
  private firstCameMs = Number.POSITIVE_INFINITY;
  /** From one event of a client to the next before others stalled, on the average. */
  private periodMs = Number.POSITIVE_INFINITY;

  constructor(summary: Measured<typeof HELD_ARRIVAL_FIGURES>) {
    this.summary = summary;
  }

  /** A stream has opened. */
  begin(state: ArrivalState): void {
    this.settle(state);
    state.cameMs = -1;
  }

  /** A healthy client heard an event, and no history. */
  heard(state: ArrivalState, nowMs: number): void {
    this.came += 1;
    if (nowMs < this.firstCameMs) this.firstCameMs = nowMs;
    const pauseMs = state.cameMs < 0 ? 0 : nowMs - state.cameMs;
    state.cameMs = nowMs;
    if (pauseMs > state.longestPauseMs && nowMs - pauseMs >= this.phaseFromMs) state.longestPauseMs = pauseMs;
    if (state.pauseMs > 0) {
      if (nowMs - state.pauseEndedMs <= Math.max(TOGETHER_MS, state.pauseMs * TOGETHER_SHARE)) {
        state.togetherEvents += 1;
        return;
      }
      this.settle(state);
    }
    if (pauseMs < HELD_MS) return;
    state.pauseMs = pauseMs;
    state.pauseEndedMs = nowMs;
    state.togetherEvents = 1;
  }

  /** Something that the plan asked for goes on: a pause is no wonder. */
  interrupt(healthy: Iterable<ArrivalState>): void {
    for (const state of healthy) this.begin(state);
  }

  /** Several times a second. @param stalling whether the server now keeps clients that accept nothing */
  look(stalling: boolean, healthy: readonly ArrivalState[], nowMs: number): void {
    if (stalling === (this.phase === 'stalled') || (!stalling && this.phase === 'before')) return;
    this.closePhase(healthy, nowMs);
    this.phase = stalling ? 'stalled' : 'after';
    this.phaseFromMs = nowMs;
    if (stalling) this.stalledFromMs = Math.min(this.stalledFromMs, nowMs);
    this.stalledUntilMs = stalling ? Number.POSITIVE_INFINITY : nowMs;
  }

  /** At the end. @param open those of the clients that have a stream */
  close(healthy: readonly ArrivalState[], open: readonly ArrivalState[], nowMs: number): void {
    this.closePhase(healthy, nowMs);
    for (const state of healthy) {
      this.settle(state);
      if (state.longestHeldMs > 0) this.summary.times.pauseHeld.record(state.longestHeldMs);
    }
    for (const { cameMs } of open)
      if (cameMs >= this.stalledFromMs && cameMs <= this.stalledUntilMs)
        this.summary.times.pauseToTheEnd.record(nowMs - cameMs);
  }

  private closePhase(healthy: readonly ArrivalState[], nowMs: number): void {
    const { times, counts } = this.summary;
    if (this.phase === 'before') {
      counts.cameBeforeStall = this.came;
      const hearers = healthy.filter(({ cameMs }) => cameMs >= 0).length;
      this.periodMs = ((nowMs - this.firstCameMs) * hearers) / this.came;
    }
    for (const state of healthy) {
      if (this.phase !== 'stalled' && state.longestPauseMs > 0)
        times[this.phase === 'before' ? 'pauseBeforeStall' : 'pauseAfterStall'].record(state.longestPauseMs);
      state.longestPauseMs = 0;
    }
  }

  private settle(state: ArrivalState): void {
    const beganMs = state.pauseEndedMs - state.pauseMs;
    const leastEvents = Math.max(LEAST_TOGETHER, (MADE_UP_SHARE * state.pauseMs) / this.periodMs);
    const isMeant = beganMs >= this.stalledFromMs && beganMs <= this.stalledUntilMs;
    if (state.pauseMs > 0 && isMeant && state.togetherEvents >= leastEvents) {
      this.summary.counts.heldWhileStalled += state.togetherEvents;
      state.longestHeldMs = Math.max(state.longestHeldMs, state.pauseMs);
    }
    state.pauseMs = 0;
  }
}
