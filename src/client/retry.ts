/**
 * The reconnection time: what a server may ask for, and how it grows while nobody answers (HTML standard, 9.2.3).
 */

/** A browser would obey `retry: 0` and hammer the server. */
const RETRY_FLOOR_MS = 100;
/** And a timer above 2^31-1 ms fires at once. */
const RETRY_CEILING_MS = 3_600_000;
/** Each failed attempt in a row makes the wait half as long again (the standard allows it), up to this. */
const BACKOFF_CEILING_MS = 30_000;

/** What becomes of a `retry:` field. */
export function clampRetry(retryMs: number): number {
  return Math.min(Math.max(retryMs, RETRY_FLOOR_MS), RETRY_CEILING_MS);
}

/** How long to wait after so many failed attempts in a row; never less than the server asked for. */
export function waitBeforeRetryMs(retryMs: number, failures: number): number {
  const backoffMs = Math.min(retryMs * 1.5 ** Math.max(failures - 1, 0), BACKOFF_CEILING_MS);
  return Math.max(retryMs, backoffMs);
}
