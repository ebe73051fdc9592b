/** The longest silence of the main stream, and whether the server spoke to others meanwhile. */
import { GREETING_MS, missingAfterMs, silentAfterMs, UNPROMISED_SILENCE_MS } from '../findings/bounds.ts';
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';

/** Others were sent something well within the silence: not the last event that came here a little earlier. */
export function othersFlowed(
  { auxiliary }: Observations,
  { log: { maxSilenceMs, silenceFromMs } }: Listening,
): boolean {
  return [...auxiliary.values()].some((stream) => heardAfterGreeting(stream) > silenceFromMs + maxSilenceMs / 2);
}

/** It lived, and then said nothing at all any more: not a heartbeat that is missing, but a stream that is dead. */
export function fellSilent(seen: Observations, main: Listening): boolean {
  const { silenceFromMs, lastByteMs, promisedMs, publishedCount } = main.log;
  // A silence that a byte ended was not the end of the stream.
  if (silenceFromMs !== lastByteMs) return false;
  return othersFlowed(seen, main) || (promisedMs !== null && publishedCount > 0);
}

/** The longest silence that is held against nobody, our own longest stop left out. */
export function allowedSilenceMs(
  { plan: { heartbeatWithinMs } }: Observations,
  { log: { promisedMs } }: Listening,
): number {
  if (heartbeatWithinMs !== null) return silentAfterMs(heartbeatWithinMs);
  return promisedMs === null ? UNPROMISED_SILENCE_MS : missingAfterMs(promisedMs);
}

function heardAfterGreeting({ log, headMs }: Listening): number {
  return headMs === null || log.lastByteMs - headMs < GREETING_MS ? Number.NEGATIVE_INFINITY : log.lastByteMs;
}
