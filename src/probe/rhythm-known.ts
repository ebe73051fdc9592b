/** How long a sound stream is watched: until the rhythm of its heartbeats is known, or known to be missing. */
import { mayFallSilent, missingAfterMs } from '../findings/bounds.ts';
import { bunchesOf } from './bunches.ts';
import type { Listening } from './listening.ts';
import { rhythmOf } from './rhythm.ts';

/** What some platforms cut at (5 s) shall be seen. */
export const LEAST_WATCH_MS = 6000;
/** So many show a beat that is late now and then. */
export const ENOUGH_BEATS = 6;

export interface KnownSoFar {
  nowMs: number;
  /** The longest time that the server may send nothing, where the user says it. */
  heartbeatWithinMs: number | null;
  /** The longest that this process did not come to look. */
  ownStopMs: number;
}

/** Whether watching the stream for longer would say nothing new of its heartbeats. */
export function rhythmIsKnown(
  { headMs, log }: Pick<Listening, 'headMs' | 'log'>,
  { nowMs, heartbeatWithinMs, ownStopMs }: KnownSoFar,
): boolean {
  if (headMs === null || log.firstEventMs === null || nowMs - headMs < LEAST_WATCH_MS) return false;
  const { beats } = rhythmOf(log, headMs);
  if (heartbeatWithinMs !== null) return beats >= ENOUGH_BEATS || nowMs - headMs > 2 * heartbeatWithinMs;
  const lastMs = log.beats.at(-1)?.atMs ?? headMs;
  if (beats >= ENOUGH_BEATS) return true;
  if (log.promisedMs === null || bunchesOf(log) > 0) return false;
  const boundMs = missingAfterMs(log.promisedMs) + ownStopMs;
  return nowMs - lastMs > boundMs && !mayFallSilent(nowMs - log.lastByteMs, boundMs, log.promisedMs);
}
