/** Whether a stream that flowed has been silent for long, so that somebody who comes now could tell why. */
import { GREETING_MS } from '../findings/bounds.ts';
import { isLongSilence } from '../findings/dead-streams.ts';
import type { Listening } from './listening.ts';

/** So many events show that the stream flows. */
const LEAST_EVENTS = 3;

export function fellQuiet(stream: Listening, nowMs: number): boolean {
  const { isStream, end, log } = stream;
  if (!isStream || end !== null) return false;
  return heardSince(stream) >= LEAST_EVENTS && isLongSilence(nowMs - log.lastByteMs, log.maxEndedSilenceMs);
}

/** Events that came after what each new client is sent at once. */
export function heardSince({ log, headMs }: Listening): number {
  return headMs === null ? 0 : log.published.filter(({ atMs }) => atMs - headMs >= GREETING_MS).length;
}
