/**
 * The trials of coming back: with which id another connection asks, and when it has told all that it can. It names as its
 * last an event that the main stream saw; what came after it there is what must come first here (replayed.ts).
 *
 * The first event of the main stream is named only where there is no other: a stream that begins anew for each connection
 * begins with it, and could not be told from a replay.
 */
import { NUMBERED } from '../accounts/id-sequence.ts';
import type { Listening } from './listening.ts';
import { isCutId } from './noted-event.ts';
import { idsInOrder, replayed } from './replayed.ts';
import type { StreamLog } from './stream-log.ts';

/** So many events behind the id: enough to see a first one missing, few enough for a short history. */
const BEHIND = 3;
/** What comes again, or late, shows within this time. */
const LATER_MS = 1000;
/** After this share of the time fewer events are enough. */
const LATE_SHARE = 0.4;
/** An id that no server gives. */
const FOREIGN_ID = 'sse-probe-asks-behind-an-id-that-nobody-gave';

export interface TrialTime {
  main: Listening;
  nowMs: number;
  durationMs: number;
}

/** The id to come back with; null as long as there is none that would show anything. */
export function resumeBase({ main, nowMs, durationMs }: TrialTime): string | null {
  if (!main.isStream || main.log.publishedWithId < 2) return null;
  const ids = idsInOrder(main.log.published);
  if (ids === null) return null;
  const isLate = nowMs > durationMs * LATE_SHARE || main.end !== null;
  if (ids.length < (isLate ? 2 : BEHIND + 2)) return null;
  const base = ids[Math.max(ids.length > 2 ? 1 : 0, ids.length - 1 - BEHIND)] ?? null;
  return base === null || isCutId(base) ? null : base;
}

/** With which id a browser returns that a heartbeat came to last, and behind which event that is. */
export interface MovedId {
  /** Empty where the heartbeat took the id away. */
  readonly id: string;
  readonly behindId: string;
}

/**
 * The latest one behind which enough events came; null where heartbeats leave the ids of events in force.
 *
 * @param untilMs what came later is not looked at
 */
export function movedId({ published, movedIds }: StreamLog, untilMs: number): MovedId | null {
  if (movedIds.length === 0) return null;
  const ids = new Set(idsInOrder(published));
  const latest = published.filter(({ atMs }) => atMs <= untilMs).length - BEHIND;
  for (const { id, behind } of movedIds.toReversed()) {
    const behindId = published[behind - 1]?.id ?? null;
    if (behind > latest || behindId === null || !ids.has(behindId) || ids.has(id) || isCutId(id)) continue;
    return { id, behindId };
  }
  return null;
}

/** An id that the server never gave, written as its own are: of an earlier life, say. Null where it gives none. */
export function unknownId({ log: { published } }: Listening): string | null {
  const known = published.at(-1)?.id ?? '';
  if (known === '' || isCutId(known)) return null;
  const [, prefix, number] = NUMBERED.exec(known) ?? [];
  return number === undefined ? FOREIGN_ID : `${prefix}9${number}`;
}

/** One that is not even written so; null where `unknownId` is of this kind already. */
export function foreignId(main: Listening): string | null {
  const unknown = unknownId(main);
  return unknown === null || unknown === FOREIGN_ID ? null : FOREIGN_ID;
}

/** @param behindId the event that was heard last, where the id that was sent is a heartbeat's */
export function resumeDecided(returned: Listening, main: Listening, nowMs: number, behindId?: string): boolean {
  if (returned.refusal !== null || returned.end !== null) return true;
  const { firstPublishedMs } = returned.log;
  if (firstPublishedMs === null || nowMs - firstPublishedMs < LATER_MS) return false;
  const outcome = replayed(returned, main, behindId === undefined ? { nowMs } : { nowMs, behindId });
  return outcome !== null && (outcome.wentLive || outcome.came === outcome.behind);
}
