/**
 * The built-in publisher: `tick` events at a rate, each with its number and the time when it was due.
 *
 * The k-th event is due at start + k / rate, exactly: an event that goes out late keeps its own time, so
 * that a reader that measures from `scheduled` sees the delay and it is not omitted (coordinated omission).
 * When the process was held up, every overdue event is still published, a bounded number a turn so that
 * sockets are served in between.
 *
 * In a feed of several servers each publishes at its own rate, and the log numbers what comes of all: there is no `seq` in
 * the data, the number is in the id. An event that is due while the log is away is not published: nobody waits for it.
 */
import type { Clock } from '../core/clock.ts';
import { BackplaneError } from '../core/errors.ts';
import { counted, formatDuration, formatRate } from '../core/units.ts';
import type { ComponentState } from '../hub/stats.ts';

/** Where the events go. */
export interface TickTarget {
  /** Null where the number is known only when the event is published. */
  readonly nextSeq: number | null;
  /** A promise where the event is published only once it is confirmed. */
  publish(event: { event: string; data: string }): unknown;
}

export interface PublisherOptions {
  ratePerSecond: number;
  /** Length of the data; it is padded up to that, never cut. */
  eventSizeBytes: number;
  clock: Clock;
}

const MAX_EVENTS_PER_TURN = 20;
/** Events that the log has not confirmed yet; with more of them the publisher falls behind its schedule. */
const MAX_UNCONFIRMED = 1000;
const UNCONFIRMED_WAIT_MS = 10;
// Behind by more than this the rate is more than the machine can do.
const MAX_READY_LAG_MS = 5000;
// Node's timers end at 2^31 - 1 ms; very low rates wait in steps.
const MAX_WAIT_MS = 60_000;
const PAD_OVERHEAD = ',"pad":""'.length;

export class Publisher {
  readonly #target: TickTarget;
  readonly #options: PublisherOptions;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #startedWallMs = 0;
  #publishedCount = 0;
  #unconfirmed = 0;
  #failed = 0;

  constructor(target: TickTarget, options: PublisherOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The first event is due one period from now. With a rate of 0 there is none. */
  start(): void {
    if (this.#options.ratePerSecond === 0) return;
    this.#running = true;
    this.#startedWallMs = this.#options.clock.wallMs();
    this.#schedule();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  state(): ComponentState {
    if (this.#options.ratePerSecond === 0) return { ready: true, detail: 'turned off', off: true };
    if (!this.#running) return { ready: false, detail: 'stopped' };
    const lagMs = Math.max(0, -this.#msToDue());
    const timing = lagMs < 1 ? 'on schedule' : `${formatDuration(lagMs)} behind its schedule`;
    const failed = this.#failed === 0 ? '' : `; ${counted(this.#failed, 'event')} not published while Redis was away`;
    return {
      ready: lagMs < MAX_READY_LAG_MS,
      detail: `publishes ${formatRate(this.#options.ratePerSecond)}, ${timing}${failed}`,
    };
  }

  readonly #turn = (): void => {
    // One that has run leads to all that were queued behind it (hub/heartbeat.ts).
    this.#immediate = undefined;
    for (let count = 0; count < MAX_EVENTS_PER_TURN && this.#msToDue() <= 0 && !this.#isFull(); count++) {
      const scheduledMs = this.#dueWallMs();
      this.#publishedCount++;
      const seq = this.#target.nextSeq;
      const data = tickData(seq, scheduledMs, this.#options.clock.wallMs(), this.#options.eventSizeBytes);
      const published = this.#target.publish({ event: 'tick', data });
      if (published instanceof Promise) void this.#confirm(published);
    }
    // A listener of the hub may have stopped us meanwhile.
    if (this.#running) this.#schedule();
  };

  async #confirm(published: Promise<unknown>): Promise<void> {
    this.#unconfirmed++;
    try {
      await published;
    } catch (error) {
      if (!(error instanceof BackplaneError)) throw error;
      this.#failed++;
    } finally {
      this.#unconfirmed--;
    }
  }

  #isFull(): boolean {
    return this.#unconfirmed >= MAX_UNCONFIRMED;
  }

  #schedule(): void {
    const waitMs = this.#isFull() ? UNCONFIRMED_WAIT_MS : this.#msToDue();
    // A timer waits a millisecond at the least, in which a high rate has more due than a turn may send.
    if (waitMs <= 0) this.#immediate = setImmediate(this.#turn);
    else this.#timer = setTimeout(this.#turn, Math.min(MAX_WAIT_MS, Math.max(1, Math.ceil(waitMs))));
  }

  #dueWallMs(): number {
    return this.#startedWallMs + ((this.#publishedCount + 1) * 1000) / this.#options.ratePerSecond;
  }

  #msToDue(): number {
    return this.#dueWallMs() - this.#options.clock.wallMs();
  }
}

/** `{"seq":N,"scheduled":MS,"sent":MS,"pad":"…"}`, times in Unix milliseconds with three decimals; no `seq` for null. */
export function tickData(seq: number | null, scheduledMs: number, sentMs: number, sizeBytes: number): string {
  const number = seq === null ? '' : `"seq":${seq},`;
  const figures = `{${number}"scheduled":${scheduledMs.toFixed(3)},"sent":${sentMs.toFixed(3)}`;
  const padCount = sizeBytes - figures.length - 1 - PAD_OVERHEAD;
  return padCount < 0 ? `${figures}}` : `${figures},"pad":"${'.'.repeat(padCount)}"}`;
}
