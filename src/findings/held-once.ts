/**
 * Events that were held back rarely: by a buffer that empties every ten seconds, of which a short look sees one bunch, or
 * at one moment of a run. What `probe` and `soak` say of it, and from when on it is no pause of a process.
 */
import { counted, formatDuration } from '../core/units.ts';
import { BUNCHED_SHARE } from './arrivals.ts';

/** Where nearly all events come in bunches, one bunch is enough: a pause holds only what falls into it. */
const ALMOST_ALL = 0.9;
const LEAST_RARELY_MS = 2000;
/** Two events that come together are an accident. */
const LEAST_EVENTS = 5;
/** Elsewhere a garbage collection, or a packet that is sent again, holds events for less. */
const LEAST_ONCE_MS = 5000;

export interface Bunches {
  /** Events that say when they were due, and those of them that came in bunches. */
  stamped: number;
  bunched: number;
  /** Streams that were heard. */
  streams: number;
  /** Bunches that were no greeting; over how long they were due, half of them. */
  judged: number;
  dueForMs: number;
}

/** Whether nearly all events came in bunches, on most streams, each of which was due over long. */
export function comeInBunchesOnly(
  { stamped, bunched, streams, judged, dueForMs }: Bunches,
  ownStopMs: number,
): boolean {
  if (streams === 0 || judged < streams * BUNCHED_SHARE || bunched < LEAST_EVENTS * judged) return false;
  return bunched >= stamped * ALMOST_ALL && dueForMs >= LEAST_RARELY_MS + ownStopMs;
}

/** Whether so much lies between the sending of the first and the last event of a bunch that no pause explains it. */
export function isHeldForLong(sentForMs: number, ownStopMs: number): boolean {
  return sentForMs >= LEAST_ONCE_MS + ownStopMs;
}

/** @param times how often it happened, on `streams` streams */
export function heldOnceSays(times: number, streams: number, sentForMs: number): string {
  const where = streams === 1 ? '' : ` on ${counted(streams, 'stream')}`;
  return `Events that were sent over up to ${formatDuration(sentForMs)} arrived together, ${counted(times, 'time')}${where}: they were held back until then`;
}

export const HELD_ONCE_ADVICE =
  'Possible causes: a buffer that is flushed rarely or when full (nginx: `proxy_buffering off;`, or `X-Accel-Buffering: no` from the server; a compressor: `Cache-Control: no-transform`), a server whose event loop was blocked after it stamped its events, or a network outage. Run longer to see whether it happens again.';
