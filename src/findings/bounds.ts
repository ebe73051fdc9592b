/**
 * The bounds of what a server promises: when a heartbeat is late, when it is missing, when a silence is too long, when
 * a client that accepts nothing should be gone.
 *
 * `probe` and `soak` read the same rows, so that one server gets one word from both. What our own process stood still
 * is not in here: each judge adds what it knows of itself.
 */

/** Half a period is what proxies leave, whose limits are twice the period: a beat that comes later is late. */
const LATE_PERIODS = 1.5;
/** One lost beat may be an accident of the network, a second one too; after three periods nobody is sending. */
const MISSING_PERIODS = 3;
/**
 * When three periods have passed without a heartbeat, a stream that is falling silent has been without a byte for two
 * or nearly three of them: it is left to be silent for the third. With less, bytes flow and only the heartbeat is
 * missing.
 */
const FALLING_SILENT_PERIODS = 1.5;
/**
 * Room for timers, scheduling and a busy machine: a quarter of the period, so that a beat which comes at nearly twice
 * its period is never on time; not less than timers need, and not more than a busy machine takes.
 */
const SLACK_SHARE = 0.25;
const LEAST_SLACK_MS = 250;
const MOST_SLACK_MS = 500;

/**
 * Where neither server nor user promises a period, a longer silence is a fault: nginx and the load balancers of AWS cut
 * a stream after 60 s without a byte, and 5 s are left for timers on the way.
 */
export const UNPROMISED_SILENCE_MS = 55_000;
/** A stream that is silent for longer while another connection is sent events was forgotten by the server. */
export const FORGOTTEN_AFTER_MS = 20_000;
/** HTML standard, 9.2.7: "authors can include a comment line … every 15 seconds or so". */
const ADVISED_SILENCE_MS = 15_000;
/** Room for a timer of that period. */
const ADVISED_SLACK_MS = 500;
/**
 * Others flow only when they were sent something after this: a greeting or history is sent to each new stream at once.
 */
export const GREETING_MS = 1000;
/** A comment that comes with the head, or so soon after it, greets the client: it is no heartbeat. */
export const GREETING_COMMENT_MS = 250;

/** What kernels on both sides take for a client that never reads (measured: 4.0 MB on Linux loopback). */
export const KERNELS_SWALLOW_BYTES: number = 5 * 1024 * 1024;
/** What a server may take beyond its promise of eviction: its own sweep, one heartbeat to fill the queue, our looks. */
const EVICTION_PERIODS = 1.5;
const EVICTION_SLACK_MS = 2000;
/** Where a server promises no eviction: that of the reference server, and a sweep. */
const UNPROMISED_EVICTION_MS = 95_000;

/** A heartbeat that comes later than this after the one before is late. */
export function lateAfterMs(periodMs: number): number {
  return periodMs * LATE_PERIODS + slackMs(periodMs);
}

/** A heartbeat that has not come by then is missing; a stream without a byte for so long has fallen silent. */
export function missingAfterMs(periodMs: number): number {
  return periodMs * MISSING_PERIODS + slackMs(periodMs);
}

/** The longest silence that was allowed, where no period is promised. */
export function silentAfterMs(withinMs: number): number {
  return withinMs + slackMs(withinMs);
}

/** A longer silence is held against nobody, and people should know of it: some layers cut earlier. */
export const UNWARNED_SILENCE_MS: number = ADVISED_SILENCE_MS + ADVISED_SLACK_MS;

export function isWorthAWarning(silenceMs: number): boolean {
  return silenceMs > UNWARNED_SILENCE_MS;
}

/** What is said of a stream without a heartbeat for longer than `boundMs`: it may turn out to be silent altogether. */
export function mayFallSilent(silentMs: number, boundMs: number, periodMs: number): boolean {
  return silentMs <= boundMs && silentMs > boundMs - periodMs * FALLING_SILENT_PERIODS;
}

/**
 * A client that has accepted nothing for longer should have been removed.
 *
 * @param promisedMs null: nothing is promised
 */
export function evictedAfterMs(promisedMs: number | null, heartbeatMs: number | null): number {
  if (promisedMs === null) return UNPROMISED_EVICTION_MS;
  return promisedMs * EVICTION_PERIODS + (heartbeatMs ?? 0) + EVICTION_SLACK_MS;
}

function slackMs(periodMs: number): number {
  return Math.min(MOST_SLACK_MS, Math.max(LEAST_SLACK_MS, periodMs * SLACK_SHARE));
}
