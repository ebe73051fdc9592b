/** The longest silence of the main stream, and whether the server spoke to others meanwhile. */
import {
  FORGOTTEN_AFTER_MS,
  GREETING_MS,
  missingAfterMs,
  silentAfterMs,
  UNPROMISED_SILENCE_MS,
} from '../findings/bounds.ts';
import { deadStream } from './dead-stream.ts';
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';

/** The longest silence that says something of all the silences to come. */
export interface SilenceSeen {
  readonly ms: number;
  /** It went on when we left, or a cut ended it: nobody knows how long it would have lasted. */
  readonly isAtLeast: boolean;
}

/** Room for the timer of a heartbeat: what is silent for so much longer than ever before waits for no beat that is due. */
const USUAL_SHARE = 1.25;
const USUAL_SLACK_MS = 250;
/** A cut may be passed on late: this much of the silence before it is not the server's. */
const CUT_SLACK_MS = 1250;
/** Silences that are shorter show no rhythm. */
const LEAST_RHYTHM_MS = 500;

/**
 * The longest silence that a byte has ended, unless the last one is longer than that by more than a heartbeat is late:
 * a stream that is left just before its next heartbeat has told all that there is.
 */
export function silenceSeen({ log, end }: Listening): SilenceSeen {
  const { maxSilenceMs, maxEndedSilenceMs, silenceFromMs, lastByteMs } = log;
  const isLast = silenceFromMs === lastByteMs;
  const isCut = end !== null && end.cause !== 'closed-by-us' && maxEndedSilenceMs >= LEAST_RHYTHM_MS;
  const isUsual = maxSilenceMs <= maxEndedSilenceMs * USUAL_SHARE + (isCut ? CUT_SLACK_MS : USUAL_SLACK_MS);
  return { ms: maxSilenceMs, isAtLeast: isLast && !isUsual };
}

/** Others were sent something well within the silence: not the last event that came here a little earlier. */
export function othersFlowed(
  { auxiliary }: Observations,
  { log: { maxSilenceMs, silenceFromMs } }: Listening,
): boolean {
  return [...auxiliary.values()].some((stream) => heardAfterGreeting(stream) > silenceFromMs + maxSilenceMs / 2);
}

/** It lived, and then said nothing at all any more: not a heartbeat that is missing, but a stream that is dead. */
export function fellSilent(seen: Observations, main: Listening): boolean {
  if (isDead(seen, main)) return true;
  const { silenceFromMs, lastByteMs, promisedMs, publishedCount } = main.log;
  // A silence that a byte ended was not the end of the stream.
  if (silenceFromMs !== lastByteMs) return false;
  return othersFlowed(seen, main) || (promisedMs !== null && publishedCount > 0);
}

/** A client that came afterwards shows that nobody writes to this stream any more. */
function isDead(seen: Observations, main: Listening): boolean {
  const dead = deadStream(seen, main);
  return dead !== null && dead.newcomer !== 'quiet';
}

/** The longest silence that is held against nobody, our own longest stop left out. */
export function allowedSilenceMs(seen: Observations, main: Listening): number {
  const { heartbeatWithinMs } = seen.plan;
  const { promisedMs } = main.log;
  if (heartbeatWithinMs !== null) return silentAfterMs(heartbeatWithinMs);
  if (promisedMs !== null) return missingAfterMs(promisedMs);
  return silentAfterMs(othersHeardEvents(seen, main) ? FORGOTTEN_AFTER_MS : UNPROMISED_SILENCE_MS);
}

/** Without a promise each connection may have heartbeats of its own: only events show that this one was forgotten. */
function othersHeardEvents({ auxiliary }: Observations, { log: { maxSilenceMs, silenceFromMs } }: Listening): boolean {
  return [...auxiliary.values()].some(({ log, headMs }) =>
    log.published.some(({ atMs }) => atMs - (headMs ?? 0) >= GREETING_MS && atMs > silenceFromMs + maxSilenceMs / 2),
  );
}

function heardAfterGreeting({ log, headMs }: Listening): number {
  return headMs === null || log.lastByteMs - headMs < GREETING_MS ? Number.NEGATIVE_INFINITY : log.lastByteMs;
}
