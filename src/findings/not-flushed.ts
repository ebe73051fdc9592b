/**
 * A compressed stream whose compressor is not flushed: the bytes of its header come, and events stay inside it until there
 * are enough of them (RFC 1951 leaves the end of a block to the compressor). What `probe` and `soak` say of it.
 */
import { counted, formatBytes, formatDuration } from '../core/units.ts';
import { HELD_MS } from './arrivals.ts';

/** A compressor that is flushed has said something by then: its first bytes come with the first that is written to it. */
export const NOT_FLUSHED_AFTER_MS = 3000;

/** One stop may be a packet that was lost. */
const LEAST_STOPS = 2;

/**
 * Whether a compressor keeps what it was given until there is enough of it: again and again, or for long, a stream stood
 * still in the middle of an event, with bytes that did not end as a flush does.
 */
export function isHeldByCompressor(stops: number, longestMs: number): boolean {
  return stops >= LEAST_STOPS || longestMs >= NOT_FLUSHED_AFTER_MS;
}

/** To stand behind "the stream is" or "9 streams are". */
export function stopsInEventSays(stops: number): string {
  return `compressed, and the compressor is not flushed after each event: data stopped ${counted(stops, 'time')} for ${formatDuration(HELD_MS)} or more in the middle of an event`;
}

/** To stand behind "the stream is" or "9 streams are". */
export function notFlushedSays(bytes: number): string {
  return `compressed, and the compressor is not flushed after each event: ${formatBytes(bytes)} arrived, but no event could be decoded`;
}
