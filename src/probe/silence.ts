/** The longest silence of the main stream, and whether the server spoke to others meanwhile. */
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';

/** What a new stream is sent at once, a greeting or history, does not show that the server sends to all. */
const GREETING_MS = 1000;

/** Others were sent something well within the silence: not the last event that came here a little earlier. */
export function othersFlowed({ sides }: Observations, { log: { maxSilenceMs, silenceFromMs } }: Listening): boolean {
  return [...sides.values()].some((side) => heardAfterGreeting(side) > silenceFromMs + maxSilenceMs / 2);
}

/** It lived, and then said nothing at all any more: not a heartbeat that is missing, but a stream that is dead. */
export function fellSilent(seen: Observations, main: Listening): boolean {
  return othersFlowed(seen, main) || (main.log.promisedMs !== null && main.log.publishedCount > 0);
}

function heardAfterGreeting({ log, headMs }: Listening): number {
  return headMs === null || log.lastByteMs - headMs < GREETING_MS ? Number.NEGATIVE_INFINITY : log.lastByteMs;
}
