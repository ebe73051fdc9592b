/**
 * The rhythm of a stream's heartbeats: their period and how far they stray from it.
 *
 * Beats that were read together count once: what holds bytes back is found by another check.
 */
import { TOGETHER_MS } from '../findings/arrivals.ts';
import { GREETING_COMMENT_MS } from '../findings/bounds.ts';
import type { StreamLog } from './stream-log.ts';

export interface Rhythm {
  beats: number;
  /** Median of the intervals; null below two beats. */
  periodMs: number | null;
  /** Longest minus shortest interval. */
  jitterMs: number | null;
  longestMs: number;
  intervalsMs: readonly number[];
  kind: 'comment' | 'event' | 'both' | null;
  /** From the head to the first, and from the last to the end. */
  firstMs: number | null;
  lastMs: number | null;
}

/** @param openedMs when the head came */
export function rhythmOf({ beats }: StreamLog, openedMs: number): Rhythm {
  const times: number[] = [];
  for (const { atMs } of beats) {
    if (times.length === 0 || atMs - (times.at(-1) as number) > TOGETHER_MS) times.push(atMs);
  }
  // A comment with the head greets the client, and shows nothing of what follows.
  if (times[0] !== undefined && times[0] - openedMs < GREETING_COMMENT_MS) times.shift();
  const intervalsMs = times.slice(1).map((atMs, index) => atMs - (times[index] as number));
  const sorted = intervalsMs.toSorted((a, b) => a - b);
  const kinds = new Set(beats.map(({ kind }) => kind));
  const [kind = null] = kinds;
  const first = times[0];
  return {
    beats: times.length,
    periodMs: sorted[Math.floor(sorted.length / 2)] ?? null,
    jitterMs: sorted.length === 0 ? null : (sorted.at(-1) as number) - (sorted[0] as number),
    longestMs: sorted.at(-1) ?? 0,
    intervalsMs,
    kind: kinds.size > 1 ? 'both' : kind,
    firstMs: first === undefined ? null : first - openedMs,
    lastMs: times.at(-1) ?? null,
  };
}
