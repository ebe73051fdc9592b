/**
 * Do events that were due apart arrive together? Then something on the way has held them back.
 *
 * A bunch is what one client hears within a moment (20 ms, or a tenth of the time over which it was due) though it
 * was due over half a second or more. Only the differences of stamps count, so the server's clock may be wrong.
 * Events that are due together, a burst, are no bunch; nor is what comes first after a reconnection, which is
 * history. Without stamps nobody knows what was due when, and nothing is counted.
 */
import { HELD_MS, TOGETHER_MS } from '../findings/arrivals.ts';
import { GREETING_MS } from '../findings/bounds.ts';
import { blankFigures } from './blank-figures.ts';
import { figures, type Measured } from './figures.ts';

export const BUNCHING_FIGURES = figures({
  counts: [
    /** Events that said when they were due. */
    'stamped',
    /** The part of these events that came in a bunch, and the bunches. */
    'bunched',
    'bunches',
  ],
  times: [
    /** Over how long the events of each bunch were due, and over how long they were sent, where they say that. */
    'bunchDue',
    'bunchSent',
  ],
});
type BunchingFigures = Measured<typeof BUNCHING_FIGURES>;

/** Or within this share of the time for which they were held back. */
const TOGETHER_SHARE = 0.1;

/** The part of a client that this needs; times of arrival are monotonic, those of stamps Unix time. */
export interface BunchState {
  /** When the first event of what now comes together arrived, and when it was due. */
  bunchArrivedMs: number;
  bunchDueMs: number;
  /** Events that came together so far; `COUNTED` once they are known as a bunch, `NOT_JUDGED` after a return. */
  bunchEvents: number;
  /** When the first event of what now comes together was sent, Unix ms; NaN where it does not say. */
  bunchSentMs: number;
  /** Over how long the events of the bunch so far were due, and sent. */
  bunchDueForMs: number;
  bunchSentForMs: number;
  /** When the stream opened: what comes at once is a greeting, or history. */
  openedMs: number;
}

/** The state of a stream that has yet to open. */
export function noBunch(): BunchState {
  return {
    bunchArrivedMs: Number.NEGATIVE_INFINITY,
    bunchDueMs: Number.POSITIVE_INFINITY,
    bunchEvents: 0,
    bunchSentMs: Number.NaN,
    bunchDueForMs: 0,
    bunchSentForMs: 0,
    openedMs: 0,
  };
}

const COUNTED = -1;
const NOT_JUDGED = -2;

export class Bunching {
  stamped = 0;
  bunched = 0;
  bunches = 0;
  readonly times: BunchingFigures['times'];

  /** @param times where the bunches that are over are entered */
  constructor(times: BunchingFigures['times'] = blankFigures(BUNCHING_FIGURES).times) {
    this.times = times;
  }

  /** A stream has opened. */
  begin(state: BunchState, isReturn: boolean): void {
    this.end(state);
    state.bunchEvents = isReturn ? NOT_JUDGED : 0;
    state.bunchArrivedMs = Number.NEGATIVE_INFINITY;
    state.bunchDueMs = Number.POSITIVE_INFINITY;
  }

  /** One event. `dueMs` is when it was scheduled, or sent; `sentMs` is NaN where it does not say. */
  heard(state: BunchState, nowMs: number, dueMs: number, sentMs: number = Number.NaN): void {
    this.stamped += 1;
    const heldMs = dueMs - state.bunchDueMs;
    if (nowMs - state.bunchArrivedMs > Math.max(TOGETHER_MS, heldMs * TOGETHER_SHARE)) {
      this.end(state);
      const isHistory = state.bunchEvents === NOT_JUDGED && state.bunchArrivedMs === Number.NEGATIVE_INFINITY;
      if (!isHistory) state.bunchEvents = 1;
      state.bunchArrivedMs = nowMs;
      state.bunchDueMs = dueMs;
      state.bunchSentMs = sentMs;
    } else if (state.bunchEvents === COUNTED) {
      this.bunched += 1;
      state.bunchDueForMs = heldMs;
      state.bunchSentForMs = sentMs - state.bunchSentMs;
    } else if (state.bunchEvents > 0) {
      state.bunchEvents += 1;
      if (heldMs < HELD_MS) return;
      this.bunched += state.bunchEvents;
      this.bunches += 1;
      state.bunchEvents = COUNTED;
      state.bunchDueForMs = heldMs;
      state.bunchSentForMs = sentMs - state.bunchSentMs;
    }
  }

  /** Nothing more belongs to what came together last. */
  end(state: BunchState): void {
    if (state.bunchEvents !== COUNTED) return;
    state.bunchEvents = 0;
    // It may be of the stream before this one.
    const sinceMs = state.bunchArrivedMs - state.openedMs;
    if (sinceMs >= 0 && sinceMs < GREETING_MS) return;
    this.times.bunchDue.record(state.bunchDueForMs);
    if (state.bunchSentForMs > 0) this.times.bunchSent.record(state.bunchSentForMs);
  }

  /** Enters what was counted so far. */
  enterInto({ counts }: Measured<typeof BUNCHING_FIGURES>): void {
    counts.stamped = this.stamped;
    counts.bunched = this.bunched;
    counts.bunches = this.bunches;
  }
}
