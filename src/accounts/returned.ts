/**
 * What a client is sent of the past after it came back behind a Last-Event-ID: what comes again, late or not at all then
 * is the fault of the replay, and not of the stream.
 *
 * Events up to the number at which the others were when its stream opened are of the past, and so is what comes in the
 * same read behind them. Where a replay begins before the id, that shows when it has come to what is new: until then a
 * numbering that starts again looks the same, but only a replay sends it all at once.
 */

/** What was written together is read within this time, one event behind the other. */
const ONE_READ_MS = 50;

/** The part of a client's account that is about its last return. */
export interface ReturnState {
  /** Reconnected behind a Last-Event-ID, and nothing new has come yet. */
  inResume: boolean;
  /** The highest number that anybody had seen then; -1 where it has not come back. */
  returnHead: number;
  /** When it was last sent something of the past; -1 for never since its return. */
  replayMs: number;
  /** Where the replay began before that: the highest number that it had, and the number with which it began; else -1. */
  hadSeq: number;
  replayedFrom: number;
  /** Its id was that of a heartbeat. */
  behindBeat: boolean;
}

export function returns(state: ReturnState, headSeq: number): void {
  state.inResume = true;
  state.returnHead = headSeq;
  state.replayMs = -1;
  state.hadSeq = -1;
}

export function forgetReturn(state: ReturnState): void {
  state.inResume = false;
  state.returnHead = -1;
  state.replayMs = -1;
  state.hadSeq = -1;
  state.behindBeat = false;
}

/** Whether this event is of the past, of a client that came back. @param isNew the client has heard nothing that is as new */
export function isReplayed(
  state: ReturnState,
  seq: number,
  { nowMs, isNew }: { nowMs: number; isNew: boolean },
): boolean {
  const goesOn = isNew ? nowMs === state.replayMs : nowMs - state.replayMs <= ONE_READ_MS;
  const isPast = seq <= state.returnHead || (state.replayMs >= 0 && goesOn);
  if (isPast) state.replayMs = nowMs;
  return isPast;
}

/** How many of `count` events that were passed over from `firstSeq` on are of the past. */
export function missedOfThePast({ inResume, returnHead }: ReturnState, firstSeq: number, count: number): number {
  return inResume ? count : Math.min(count, Math.max(0, returnHead + 1 - firstSeq));
}

/** The bits of `missed` events but those of the last `live` of them; the latest event has the lowest bit. Both are below 33. */
export function pastBits(live: number, missed: number): number {
  return ~lowBits(live) & lowBits(missed);
}

/** In two steps, since JavaScript takes a shift by 32 for a shift by 0. */
function lowBits(count: number): number {
  return count >= 32 ? -1 : (1 << count) - 1;
}

/** The numbers begin before the id: a replay of more than was asked for, or a numbering that starts again. */
export function beginsBefore(
  state: ReturnState,
  seq: number,
  { hadSeq, nowMs }: { hadSeq: number; nowMs: number },
): void {
  state.hadSeq = hadSeq;
  state.replayedFrom = seq;
  state.replayMs = nowMs;
}

/** @returns the first of the events that came again, of which `state.hadSeq` is the last; -1 where none did, or not yet */
export function cameAgainFrom(state: ReturnState, seq: number, nowMs: number): number {
  if (nowMs - state.replayMs > ONE_READ_MS) {
    state.hadSeq = -1;
    return -1;
  }
  state.replayMs = nowMs;
  return seq < state.hadSeq ? -1 : state.replayedFrom;
}

/** So many gaps are no accident, and this share of all joins has one: elsewhere it is the stream that loses events. */
const LEAST_GAPS = 3;
const GAPS_SHARE = 0.3;

/** Where replays end and what is live begins: what is missing there again and again was published while they were joined. */
export class Joins {
  private all = 0;
  private gaps = 0;
  private missing = 0;

  /** What is live begins, behind so many events that did not come. */
  note(state: ReturnState, missing: number): void {
    state.replayMs = -1;
    this.all += 1;
    if (missing === 0) return;
    this.gaps += 1;
    this.missing += missing;
  }

  /** Events that were lost by joining, and not by the stream. */
  get lost(): number {
    return this.gaps >= LEAST_GAPS && this.gaps >= GAPS_SHARE * this.all ? this.missing : 0;
  }
}
