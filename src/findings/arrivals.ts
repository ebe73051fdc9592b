/**
 * When what arrives counts as held back, and when as arriving together: the bounds by which `probe` and `soak` judge
 * buffering and heads that wait for an event. Each judge has its own rule for how often it must happen.
 */

/** Things that are read within this time arrived together: a reader gets what one write sent in one or two reads. */
export const TOGETHER_MS = 20;
/** What is held back for less does no harm, and a busy machine does as much. */
export const HELD_MS = 500;
/** The share of the events that has to arrive in bunches: one hiccup of something is no buffering. */
export const BUNCHED_SHARE = 0.5;

/** A response head that took no longer is not late, whatever came with it. */
export const LATE_HEAD_MS = 250;
/** Two clients are sent one event no further apart than this. */
export const ONE_MOMENT_MS = 50;
/** Waits that differ by this belong to requests that were sent at different times. */
export const APART_MS = 100;
