/**
 * The two clocks, passed in wherever time matters so that tests can own it.
 *
 * Intervals come from `nowMs` (monotonic: a stepped wall clock must not evict anybody); stamps that cross a
 * process come from `wallMs`. Both have microsecond fractions. `wallMs` is the wall clock at process start
 * plus monotonic time since, so that two stamps of one process always differ by the time between them.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary origin. */
  nowMs(): number;
  /** Unix milliseconds with a fraction. */
  wallMs(): number;
}

// Read once: the getter is slow enough to show when it is read for every event.
const ORIGIN_MS = performance.timeOrigin;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => ORIGIN_MS + performance.now(),
};
