/**
 * One timer for the heartbeats of all clients, on a schedule and not after each other: a beat that is late
 * does not move the next one. Beats whose time has passed altogether are left out, never sent in a burst.
 */
import type { Clock } from '../core/clock.ts';
import type { ComponentState } from './stats.ts';

export class Heartbeat {
  readonly #periodMs: number;
  readonly #clock: Clock;
  readonly #beat: (nowMs: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #lastMs = 0;

  constructor(periodMs: number, clock: Clock, beat: (nowMs: number) => void) {
    this.#periodMs = periodMs;
    this.#clock = clock;
    this.#beat = beat;
  }

  start(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#dueMs = this.#lastMs;
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  state(): ComponentState {
    if (this.#timer === undefined) return { ready: false, detail: 'stopped' };
    const silentMs = this.#clock.nowMs() - this.#lastMs;
    // Two periods: one may be under way; 500 ms so that very short periods do not flap.
    return { ready: silentMs < 2 * this.#periodMs + 500, detail: `every ${this.#periodMs} ms, last ${Math.round(silentMs)} ms ago` };
  }

  #schedule(): void {
    const nowMs = this.#clock.nowMs();
    this.#dueMs += this.#periodMs * Math.max(1, Math.floor((nowMs - this.#dueMs) / this.#periodMs) + 1);
    this.#timer = setTimeout(() => {
      this.#lastMs = this.#clock.nowMs();
      this.#beat(this.#lastMs);
      this.#schedule();
    }, Math.max(1, this.#dueMs - nowMs));
  }
}
