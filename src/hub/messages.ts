/**
 * What the hub itself says on a stream, beside the events that are published.
 *
 * None of it has an `id:`: a client's last event id is about published events only, and must survive all of
 * these (HTML standard, 9.2.6: without an id field the last event ID stays).
 */
import { type Block, encodeBlock } from './block.ts';
import type { SseMessage } from '../sse/encoder.ts';
import type { ResumePoint } from './replay.ts';

/**
 * Which events a client will never get, by their numbers, and why. Of another life of the feed its end is not known, and
 * of an id that is not ours nothing is.
 */
type MissedNotice =
  | { from: number; to: number; reason: 'expired' | 'overflow' }
  | { from: number; to: null; reason: 'earlier-life'; life: string }
  | { from: null; to: null; reason: 'unknown-id' };

export const HEARTBEAT_COMMENT = encodeBlock({ comment: 'ping' });
export const HEARTBEAT_EVENT = encodeBlock({ event: 'ping', data: '' });

/** What the first bytes of a stream say about the hub. */
export interface GreetingOptions {
  heartbeatKind: 'comment' | 'event' | 'none';
  heartbeatMs: number;
  evictAfterMs: number;
  retryMs: number;
}

/**
 * The first bytes of every stream: `connected` with the `retry:`, then `missed` where something is lost. The `retry:`
 * is in the block of the event, since some clients hand out a block without data as an event.
 * `heartbeatMs` is what the client may rely on (null without heartbeats), `resumedFrom` the id that was
 * taken up (null: none, or not one of ours), `replayed` the number of events that follow from history,
 * `missed` the number of those no longer kept (null where it cannot be known). Behind an id of an earlier life all of
 * this one is replayed, and nothing is taken up.
 */
export function greeting(
  options: GreetingOptions,
  clientId: string,
  resume: ResumePoint | null,
  headSeq: number,
): Block {
  const missed = missedBy(resume);
  const connected = {
    clientId,
    heartbeatMs: options.heartbeatKind === 'none' ? null : options.heartbeatMs,
    evictAfterMs: options.evictAfterMs,
    resumedFrom: resume !== null && 'lastEventId' in resume ? resume.lastEventId : null,
    replayed: resume !== null && 'nextSeq' in resume ? Math.max(0, headSeq - resume.nextSeq) : 0,
    missed: resume?.kind === 'unread' ? null : countOf(missed),
  };
  const first = { retry: jittered(options.retryMs), event: 'connected', data: JSON.stringify(connected) };
  return encodeBlock(first, ...missed.map(missedEvent));
}

function missedBy(resume: ResumePoint | null): MissedNotice[] {
  switch (resume?.kind) {
    case 'expired':
      return [{ from: resume.missedFrom, to: resume.nextSeq - 1, reason: 'expired' }];
    case 'unknown':
      return [{ from: null, to: null, reason: 'unknown-id' }];
    case 'earlier-life': {
      const { life, missedFrom, nextSeq } = resume;
      const before: MissedNotice = { from: missedFrom, to: null, reason: 'earlier-life', life };
      return nextSeq === 1 ? [before] : [before, { from: 1, to: nextSeq - 1, reason: 'expired' }];
    }
    default:
      return [];
  }
}

/** Null where it cannot be known. */
function countOf(missed: readonly MissedNotice[]): number | null {
  let count = 0;
  for (const { from, to } of missed) {
    if (to === null) return null;
    count += to - from + 1;
  }
  return count;
}

export function missedBlock(notice: MissedNotice): Block {
  return encodeBlock(missedEvent(notice));
}

function missedEvent(notice: MissedNotice): SseMessage {
  return { event: 'missed', data: JSON.stringify(notice) };
}

/** Why the stream ends, as a comment, and when to come back: one block. */
export function lastWords(reason: 'shutdown' | 'max-age', retryMs: number): Block {
  return encodeBlock({ comment: reason, retry: jittered(retryMs) });
}

/** Spread by ±20 %, so that the clients of a server that went do not all come back at one moment. */
function jittered(retryMs: number): number {
  return Math.round(retryMs * (0.8 + 0.4 * Math.random()));
}
