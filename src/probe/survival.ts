/**
 * Would this stream survive what stands between servers and clients by default? Judged by the longest silence seen and
 * by when head and first byte came; what cuts at an age cuts every stream that has no end of its own.
 */
import { BUFFERING } from '../findings/buffering-layers.ts';
import { limitToleranceMs } from '../findings/cuts.ts';
import { INTERMEDIARIES } from '../findings/intermediaries.ts';
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';
import type { IntermediaryResult } from './result.ts';
import { type SilenceSeen, silenceSeen } from './silence.ts';

/** Watched for less, the longest silence seen says nothing of the stream. */
const LEAST_WATCHED_MS = 5000;
/** The recommended heartbeat period as a share of the shortest idle limit: a beat may be a little late. */
const SHARE_OF_LIMIT = 0.8;

export function survival(seen: Observations, main: Listening): IntermediaryResult[] {
  const { complete, endMs } = seen;
  const { log, head, askedMs, headMs, end } = main;
  const firstByteMs = log.firstByteMs === null ? null : log.firstByteMs - (askedMs ?? 0);
  const ageMs = (end?.atMs ?? endMs) - (headMs ?? 0);
  const silence = silenceJudged(seen, main);
  const hasEnd = complete || end?.cause === 'eof-clean';
  const limits = INTERMEDIARIES.map(({ name, limitMs, alsoMs = [], kind, source }): IntermediaryResult => {
    const shortestMs = Math.min(limitMs, ...alsoMs);
    if (kind === 'idle') return { name, limitMs, kind, survives: survivesIdle(silence, shortestMs), source };
    if (kind === 'absolute')
      return { name, limitMs, kind, survives: hasEnd && ageMs + limitToleranceMs(shortestMs) < shortestMs, source };
    return { name, limitMs, kind, survives: firstByteMs === null ? null : firstByteMs < shortestMs, source };
  });
  const buffering = BUFFERING.map(({ name, offBy, source }): IntermediaryResult => ({
    name,
    limitMs: null,
    kind: 'buffering',
    survives: offBy !== null && head?.headers.get('x-accel-buffering')?.toLowerCase() === 'no',
    source,
  }));
  return [...limits, ...buffering];
}

/** The silence that decides; null where the stream was watched for too short a time. */
export function silenceJudged({ endMs }: Observations, main: Listening): SilenceSeen | null {
  const { end, headMs } = main;
  const ageMs = (end?.atMs ?? endMs) - (headMs ?? 0);
  return ageMs < LEAST_WATCHED_MS && (end === null || end.cause === 'closed-by-us') ? null : silenceSeen(main);
}

/** A silence that a byte has ended is known; one that goes on, or that a cut ended, lasts at least for so long. */
function survivesIdle(silence: SilenceSeen | null, limitMs: number): boolean | null {
  if (silence === null) return null;
  if (!silence.isAtLeast) return silence.ms < limitMs;
  // A layer that has just cut is seen to do so a little before its time or behind it.
  return silence.ms + limitToleranceMs(limitMs) >= limitMs ? false : null;
}

/** The longest period of heartbeats with which every idle limit of the table is kept, in milliseconds. */
export function recommendedHeartbeatMs(): number {
  const shortestMs = Math.min(
    ...INTERMEDIARIES.filter(({ kind }) => kind === 'idle').map(({ limitMs, alsoMs = [] }) =>
      Math.min(limitMs, ...alsoMs),
    ),
  );
  return shortestMs * SHARE_OF_LIMIT;
}
