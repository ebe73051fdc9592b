/**
 * Would this stream survive what stands between servers and clients by default? Judged by the longest silence seen and
 * by when head and first byte came; what cuts at an age cuts every stream that has no end of its own.
 */
import { BUFFERING } from '../findings/buffering-layers.ts';
import { INTERMEDIARIES } from '../findings/intermediaries.ts';
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';
import type { IntermediaryResult } from './result.ts';

/** Watched for less, the longest silence seen says nothing of the stream. */
const LEAST_WATCHED_MS = 5000;
/** The recommended heartbeat period as a share of the shortest idle limit: a beat may be a little late. */
const SHARE_OF_LIMIT = 0.8;

export function survival({ complete, endMs }: Observations, main: Listening): IntermediaryResult[] {
  const { log, head, askedMs, headMs, end } = main;
  const firstByteMs = log.firstByteMs === null ? null : log.firstByteMs - (askedMs ?? 0);
  const ageMs = (end?.atMs ?? endMs) - (headMs ?? 0);
  const silenceMs = ageMs < LEAST_WATCHED_MS && end?.cause === 'closed-by-us' ? null : log.maxSilenceMs;
  const hasEnd = complete || end?.cause === 'eof-clean';
  const limits = INTERMEDIARIES.map(({ name, limitMs, alsoMs = [], kind, source }): IntermediaryResult => {
    const shortestMs = Math.min(limitMs, ...alsoMs);
    if (kind === 'idle')
      return { name, limitMs, kind, survives: silenceMs === null ? null : silenceMs < shortestMs, source };
    if (kind === 'absolute') return { name, limitMs, kind, survives: hasEnd && ageMs < shortestMs, source };
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

/** The longest period of heartbeats with which every idle limit of the table is kept, in milliseconds. */
export function recommendedHeartbeatMs(): number {
  const shortestMs = Math.min(
    ...INTERMEDIARIES.filter(({ kind }) => kind === 'idle').map(({ limitMs, alsoMs = [] }) =>
      Math.min(limitMs, ...alsoMs),
    ),
  );
  return shortestMs * SHARE_OF_LIMIT;
}
