/** Whether all streams of a run fell silent at one moment and stayed open, and what a client that came afterwards heard. */
import { NEWCOMERS, type Newcomer, SAME_STOP_MS, type SilentStreams } from '../findings/dead-streams.ts';
import type { Summary } from '../record/summary.ts';

/** Those that ended are no matter here; and a stream that is cut at the last moment is in neither figure. */
const ALMOST_ALL = 0.9;
/**
 * Streams that opened within so little, or within their longest usual silence, stop at one moment also where each stops at
 * one age.
 */
const OPENED_APART_MS = 1000;
const USUAL_SILENCES = 1.5;
/** The moments at which they stopped lie closer together than those at which they opened. */
const CLOSER = 0.5;

export interface SilentTogether extends SilentStreams {
  newcomer: Newcomer;
}

export function silentTogether({ times, newcomer }: Summary): SilentTogether | null {
  const { silentSince, silentFor, silentOpened, silentUsually, silence } = times;
  const streams = silentSince.count;
  if (streams === 0 || streams < silence.count * ALMOST_ALL) return null;
  const stoppedMs = silentSince.percentile(100) - silentSince.percentile(0);
  if (stoppedMs > SAME_STOP_MS) return null;
  const openedMs = silentOpened.percentile(100) - silentOpened.percentile(0);
  const apartMs = Math.max(OPENED_APART_MS, USUAL_SILENCES * silentUsually.percentile(100));
  const isCloser = stoppedMs <= openedMs * CLOSER;
  const heard = NEWCOMERS.find((word) => newcomer.has(word)) ?? 'quiet';
  return {
    streams,
    sinceMs: silentSince.percentile(0),
    forMs: silentFor.percentile(100),
    // A stream of its own that has said all is silent too, while another one has only begun.
    newcomer: isTold(heard, { isCloser, isApart: openedMs >= apartMs }) ? heard : 'quiet',
  };
}

/** Events behind all that were heard tell it by themselves, others only where the streams opened well apart. */
function isTold(heard: Newcomer, { isCloser, isApart }: { isCloser: boolean; isApart: boolean }): boolean {
  if (heard === 'news') return isCloser;
  return heard !== 'hears' || (isCloser && isApart);
}
