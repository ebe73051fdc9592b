/**
 * One timer for the heartbeats of all clients, on a schedule and not after each other: a beat that is late
 * does not move the next one. Beats whose time has passed altogether are left out, never sent in a burst.
 *
 * A beat goes out in slices, and whatever else is due runs in between: ten thousand clients take 0.1 s, and
 * an event that is due in that time must not wait for all of them. A heartbeat may.
 */
import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/units.ts';
import type { Block } from './block.ts';
import type { ComponentState } from './stats.ts';

export interface HeartbeatOptions {
  periodMs: number;
  clock: Clock;
  clients: ReadonlyMap<string, { heartbeat(block: Block, nowMs: number): void }>;
  block: Block;
}

/** How many clients get a heartbeat in one turn of the event loop: about 3 ms of work. */
const CLIENTS_PER_SLICE = 256;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #lastMs = 0;
  /** The clients that have not had the current heartbeat yet; null between two heartbeats. */
  #rest: ReturnType<HeartbeatOptions['clients']['values']> | null = null;
  #nextSlice: NodeJS.Immediate | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lastMs = this.#options.clock.nowMs();
    this.#dueMs = this.#lastMs;
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearImmediate(this.#nextSlice);
    this.#rest = null;
  }

  state(): ComponentState {
    if (this.#timer === undefined) return { ready: false, detail: 'stopped' };
    const { periodMs, clock } = this.#options;
    const silentMs = clock.nowMs() - this.#lastMs;
    // Two periods: one may be under way; 500 ms so that very short periods do not flap.
    return {
      ready: silentMs < 2 * periodMs + 500,
      detail: `every ${formatDuration(periodMs)}, the last one ${formatDuration(silentMs)} ago`,
    };
  }

  #schedule(): void {
    const { periodMs, clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#dueMs += periodMs * Math.max(1, Math.floor((nowMs - this.#dueMs) / periodMs) + 1);
    this.#timer = setTimeout(
      () => {
        this.#schedule();
        // A beat that lasts longer than the period takes the place of the next one.
        if (this.#rest === null) this.#begin();
      },
      Math.max(1, this.#dueMs - nowMs),
    );
  }

  #begin(): void {
    this.#lastMs = this.#options.clock.nowMs();
    this.#rest = this.#options.clients.values();
    this.#slice();
  }

  readonly #slice = (): void => {
    // One that has run leads to all that were queued behind it (Node keeps the links), with the sockets they closed.
    this.#nextSlice = undefined;
    const { clock, block } = this.#options;
    const nowMs = clock.nowMs();
    for (let count = 0; count < CLIENTS_PER_SLICE && this.#rest !== null; count++) {
      const next = this.#rest.next();
      if (next.done === true) this.#rest = null;
      else next.value.heartbeat(block, nowMs);
    }
    if (this.#rest !== null) this.#nextSlice = setImmediate(this.#slice);
  };
}
