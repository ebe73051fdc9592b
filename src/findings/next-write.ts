/**
 * Events that come only when the next thing is written: whoever writes them flushes before and not after, or a layer
 * keeps the last block until it is given another. What `probe` and `soak` say of it.
 */
import { formatDuration } from '../core/units.ts';
import { ONE_MOMENT_MS } from './arrivals.ts';

const LEAST_EVENTS = 3;
/** Where there are more streams, not all of them are looked at. */
const MOST_STREAMS = 100;
/** The share of the events that has to be held so: one that was late by chance is no missing flush. */
const HELD_SHARE = 0.8;
/** The quickest tenth of what came before came this near to the next write: that is no delay of about so long. */
const NEAR_SHARE = 1 / 8;
/** Times differ by this where no clock can be the reason: one that is wrong makes all events late by the same. */
const LEAST_SPREAD_MS = 200;
const LEAST_SPREAD_SHARE = 0.2;

/** What measure/next-write.ts has counted. */
export interface NextWriteSeen {
  readonly counts: Readonly<
    Record<'nextJudged' | 'heldUntilNext' | 'heldUntilBeat' | 'beatsAlone' | 'nextGuessed', number>
  >;
  readonly times: Readonly<Record<'heldForNext' | 'nextApart', { percentile(percent: number): number }>>;
}

/**
 * Whether events are held until something else is written.
 *
 * A time that was only found may be that of the beginning of what an event tells of, and accuses nobody. An event that
 * comes with a heartbeat is late by chance where all are late by the same.
 *
 * @param streams on each of which it has to be seen
 */
export function isHeldForNext(seen: NextWriteSeen, streams: number): boolean {
  return !isGuess(seen) && looksHeldForNext(seen, streams);
}

/** The same by a time of which nobody knows whether it is that of writing. */
export function mayBeHeldForNext(seen: NextWriteSeen, streams: number): boolean {
  return isGuess(seen) && looksHeldForNext(seen, streams);
}

function isGuess({ counts: { nextGuessed, nextJudged } }: NextWriteSeen): boolean {
  return nextGuessed * 2 > nextJudged;
}

function looksHeldForNext({ counts, times }: NextWriteSeen, streams: number): boolean {
  const { nextJudged, heldUntilNext, heldUntilBeat, beatsAlone } = counts;
  const withBeats = beatsAlone > 0 && isSpread(times.heldForNext) ? heldUntilBeat : 0;
  const nearMs = Math.min(ONE_MOMENT_MS, times.heldForNext.percentile(50) * NEAR_SHARE);
  const withNext = times.nextApart.percentile(10) <= nearMs ? heldUntilNext : 0;
  const held = withNext + withBeats;
  return held >= Math.max(LEAST_EVENTS, Math.min(streams, MOST_STREAMS)) && held >= nextJudged * HELD_SHARE;
}

function isSpread(times: NextWriteSeen['times']['heldForNext']): boolean {
  const most = times.percentile(95);
  return most - times.percentile(5) >= Math.max(LEAST_SPREAD_MS, most * LEAST_SPREAD_SHARE);
}

export function heldForNextSays({ counts, times: { heldForNext } }: NextWriteSeen): string {
  const share = Math.min(1, (counts.heldUntilNext + counts.heldUntilBeat) / counts.nextJudged);
  const what = counts.heldUntilBeat > counts.heldUntilNext ? 'the next heartbeat' : 'the next write';
  return `Events arrive only with ${what}: ${Math.round(share * 100)} % of ${counts.nextJudged} were held back until then, for ${formatDuration(heldForNext.percentile(50))} and up to ${formatDuration(heldForNext.percentile(100))}. A flush is missing.`;
}

export const HELD_FOR_NEXT_ADVICE =
  'Flush after each event, not before it: `res.flush()` with the compression of Express, `Flush()` of Go, `flushBuffer()` or `flush()` of Java, `flush=True` or a direct `send` in Python, `flush()` in PHP. Look also for code of yours that keeps the last block until it gets another.';

/** @param pointer where the time was found */
export function nameTheTime(pointer: string): string {
  return `Each event seems to arrive with the next one. If ${pointer} is the time of sending, add --sent-at ${pointer} to have this judged.`;
}
