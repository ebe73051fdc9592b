/**
 * Heartbeats that came as a clock does and then no more, in the words of both commands: a timer that is cleared by the
 * first event, or an interval that dies. The period is the server's own, learnt from what came; what stops only while
 * events flow is no fault, since many sound servers send heartbeats only when nothing else does.
 */
import { counted, formatDuration } from '../core/units.ts';
import { missingAfterMs } from './bounds.ts';

/** Two intervals that agree are a rhythm. */
const LEAST_BEATS = 3;
/** So much longer than the shortest interval the longest may be. */
const AGREE_SHARE = 0.25;
const AGREE_MS = 250;
/** Whatever the period: a busy machine stands still for less. */
const LEAST_SILENCE_MS = 5000;

/** The heartbeats of one stream, its greeting left out. */
export interface BeatsHeard {
  readonly beats: number;
  readonly shortestMs: number;
  readonly longestMs: number;
}

/** After so long without a byte such heartbeats have stopped; null where they had no rhythm. */
export function stoppedAfterMs({ beats, shortestMs, longestMs }: BeatsHeard): number | null {
  if (beats < LEAST_BEATS || longestMs - shortestMs > AGREE_SHARE * longestMs + AGREE_MS) return null;
  return Math.max(missingAfterMs(longestMs), LEAST_SILENCE_MS);
}

export interface StoppedBeats {
  periodMs: number;
  /** The age of the stream at which something came for the last time before the silence. */
  atMs: number;
  /** What that was: an event, or the last heartbeat. */
  afterEvent: boolean;
  silentMs: number;
}

/** @param streams how many of how many; null where there was one */
export function stoppedSays(
  { periodMs, atMs, afterEvent, silentMs }: StoppedBeats,
  streams: { stopped: number; of: number } | null = null,
): string {
  const where = streams === null ? '' : ` on ${streams.stopped} of ${counted(streams.of, 'stream')}`;
  const since = afterEvent ? `after the event at ${formatDuration(atMs)}` : `after ${formatDuration(atMs)}`;
  return `Heartbeats every ${formatDuration(periodMs)} stopped${where} ${since}; then not a byte arrived for ${formatDuration(silentMs)}.`;
}

export const STOPPED_ADVICE =
  'Look for a timer that is cleared when an event is sent and not set again, and for an interval that ends with an exception; send heartbeats for as long as the stream is open.';
