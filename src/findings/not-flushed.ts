/**
 * A compressed stream whose compressor is not flushed: the bytes of its header come, and events stay inside it until there
 * are enough of them (RFC 1951 leaves the end of a block to the compressor). What `probe` and `soak` say of it.
 */
import { formatBytes } from '../core/units.ts';

/** A compressor that is flushed has said something by then: its first bytes come with the first that is written to it. */
export const NOT_FLUSHED_AFTER_MS = 3000;

/** To stand behind "the stream is" or "9 streams are". */
export function notFlushedSays(bytes: number): string {
  return `compressed, and the compressor is not flushed after each event: ${formatBytes(bytes)} came and no event could be read`;
}
