/**
 * What ended the main stream, as far as it and the streams beside it can tell: an idle limit, an absolute one, or all at
 * one moment, as a restart does.
 *
 * One cut alone proves no limit; a second one, of a stream that was opened at another time, does. What refutes which
 * limit stands in findings/cuts.ts, and is read from all streams that the probe had.
 */
import type { Cause } from '../core/causes.ts';
import {
  areOfOneAge,
  areOfOneSilence,
  type Cut,
  endsAtWrites,
  kindOfEither,
  LEAST_LIMIT_MS,
  limitToleranceMs,
  ONE_INSTANT_MS,
  refutesIdle,
  survivedSoFarMs,
} from '../findings/cuts.ts';
import { layersNamed } from '../findings/limit-directives.ts';
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';

/** Ends that somebody decided on; the others have checks of their own. */
const CUTS = new Set<Cause>(['eof-clean', 'eof-truncated', 'reset', 'http-protocol']);

export interface CutEnd {
  readonly atMs: number;
  readonly ageMs: number;
  readonly silenceMs: number;
}

export interface CutSeen {
  readonly main: CutEnd;
  /** The second stream that was cut; null: there was none. */
  readonly second: CutEnd | null;
  /** Both ended within an instant, though they are of different ages. */
  readonly atOneMoment: boolean;
  /** The limit that is left when what refutes it has been looked at; null: none. */
  readonly cut: Cut | null;
  /** The longest silence that any stream has survived. */
  readonly survivedMs: number;
  /** The layers that the answer names. */
  readonly named: readonly string[];
}

export function isCut(cause: Cause): boolean {
  return CUTS.has(cause);
}

/** How a stream was cut; null where it was not. */
function cutEndOf({ headMs, end, isStream, log }: Listening): CutEnd | null {
  if (!isStream || headMs === null || end === null || !CUTS.has(end.cause)) return null;
  return { atMs: end.atMs, ageMs: end.atMs - headMs, silenceMs: end.atMs - log.lastByteMs };
}

/** The longest but one of the silences that a byte has ended. */
function secondLongestSilence({ headMs, log }: Listening): number {
  let [longestMs, secondMs] = [0, 0];
  let lastMs = headMs ?? 0;
  for (const { atMs } of log.arrivals) {
    const silenceMs = atMs - lastMs;
    lastMs = atMs;
    secondMs = Math.max(secondMs, Math.min(silenceMs, longestMs));
    longestMs = Math.max(longestMs, silenceMs);
  }
  return secondMs;
}

/** Null where the main stream was not cut. */
export function cutSeen(seen: Observations, main: Listening): CutSeen | null {
  const first = cutEndOf(main);
  if (first === null) return null;
  const twin = seen.auxiliary.get('twin');
  const second = twin === undefined ? null : cutEndOf(twin);
  const streams = [main, ...seen.auxiliary.values()].filter(({ isStream }) => isStream);
  const living = streams.filter((stream) => cutEndOf(stream) === null);
  const untilMs = ({ end }: Listening): number => end?.atMs ?? seen.endMs;
  const ongoing = living.map((stream) => survivedSoFarMs(untilMs(stream) - stream.log.lastByteMs));
  const survivedMs = Math.max(...streams.map(({ log }) => log.maxEndedSilenceMs), ...ongoing);
  // One stop of our own makes one silence of a stream seem longer, and not two of them.
  const certainMs = Math.max(survivedMs - seen.ownStopMs, ...streams.map(secondLongestSilence));
  const oldestMs = Math.max(0, ...living.map((stream) => untilMs(stream) - (stream.headMs ?? seen.endMs)));
  const atOneMoment = second !== null && Math.abs(second.atMs - first.atMs) <= ONE_INSTANT_MS;
  const named = layersNamed(main.head?.headers ?? new Map());
  // At one moment, all that were silent were so for nearly as long.
  const isSameSilence = atOneMoment ? areOfOneSilence : areOfOneAge;
  const isIdle =
    first.silenceMs >= LEAST_LIMIT_MS &&
    !refutesIdle(certainMs, first.silenceMs) &&
    (second === null || isSameSilence(first.silenceMs, second.silenceMs, seen.ownStopMs));
  const isAged =
    first.ageMs >= LEAST_LIMIT_MS &&
    oldestMs <= first.ageMs + limitToleranceMs(first.ageMs) &&
    (second === null || (!atOneMoment && areOfOneAge(first.ageMs, second.ageMs, seen.ownStopMs)));
  return { main: first, second, atOneMoment, cut: limitLeft(), survivedMs, named };

  function limitLeft(): Cut | null {
    const { silenceMs, ageMs } = first as CutEnd;
    if (isIdle) {
      const kind = isAged ? kindOfEither(silenceMs, ageMs, survivedMs, named) : 'idle';
      return { kind, silenceMs, ageMs: isAged ? ageMs : null };
    }
    if (!isAged) return null;
    return {
      kind: 'absolute',
      silenceMs: null,
      ageMs,
      ...(endsAtWrites(silenceMs, survivedMs) ? { atWrites: true } : {}),
    };
  }
}
