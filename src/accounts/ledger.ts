/**
 * Every event held to account: lost, doubled and reordered, in O(1) a client and an event.
 *
 * A client's account is the highest sequence number it has seen and a bit for each of the 32 before it. A gap
 * is counted as lost when it opens; an event that fills it later is reordered instead; one that was seen
 * already is doubled. Events that a reconnecting client missed behind its Last-Event-ID are accounted apart:
 * they are the fault of the replay, not of the stream. What came before the first event that a client saw is
 * not judged, and an event that is later than 32 others counts as doubled.
 *
 * Numbers that nobody vouches for are held to more (`strict`): what is amiss before a client has been at the
 * head, where the others are, is counted apart, and an account begins anew when a client that returned is sent
 * what came before its Last-Event-ID. So neither a history for newcomers nor a numbering that starts again
 * accuses anybody; and where most clients are never at the head, each connection counts for itself.
 */
import { noteDefect } from '../measure/defects.ts';
import type { Again, Late, PassedOver } from './odd-arrivals.ts';
import { beginsBefore, cameAgainFrom, isReplayed, Joins, missedOfThePast, pastBits, returns } from './returned.ts';
import { ExampleCandidates } from './example-candidates.ts';
import { forget, type SequenceState } from './sequence-state.ts';

const WINDOW = 32;
const LEAST_REPLAYED = 3;

export class Ledger {
  lost = 0;
  duplicated = 0;
  reordered = 0;
  resumeLost = 0;
  resumeDuplicated = 0;
  /** Lost, but the server said so (`event: missed`). */
  announcedLost = 0;
  /** The part of `reordered` that came late in a replay. */
  resumeLate = 0;
  /**
   * Returns behind a Last-Event-ID: with a gap, and what came first was what is live, or something of the past; the part
   * of these behind the id of a heartbeat; and without a gap where something had been missed.
   */
  readonly returns = { atHead: 0, inPast: 0, behindBeat: 0, whole: 0 };
  /** Events that were published before a client came back, and that it was sent then. */
  private replayed = 0;
  readonly joins = new Joins();
  readonly candidates = new ExampleCandidates();
  /** When what is noted was read. */
  nowMs = 0;
  /** What was noted last was of the past of a client that came back. */
  protected isPast = false;
  /** The highest number that any client has seen. */
  highestSeq = -1;
  /** The same for accounts that have not been at the head yet; in none of the figures above. */
  readonly behind = { lost: 0, duplicated: 0, reordered: 0 };
  /** How often a number was not the one after the client's last. */
  odd = 0;
  private readonly strict: boolean;

  /** @param strict nobody vouches for these numbers */
  constructor(strict = false) {
    this.strict = strict;
  }

  note(state: SequenceState, seq: number): void {
    const ahead = seq - state.lastSeq;
    if (state.hadSeq >= 0) this.endReplay(state, seq);
    const isPast = state.returnHead >= 0 && isReplayed(state, seq, { nowMs: this.nowMs, isNew: ahead > 0 });
    this.isPast = isPast;
    // The newest may have been on its way to all.
    if (isPast && seq < state.returnHead) this.replayed += 1;
    if (state.replayMs >= 0 && !isPast && ahead > 0) this.joins.note(state, ahead - 1);
    if (ahead === 1 && !state.inResume && state.baseSeq >= 0) {
      state.seenMask = (state.seenMask << 1) | 1;
      state.resumeMask <<= 1;
      state.lastSeq = seq;
    } else if (state.baseSeq < 0) {
      this.begin(state, seq);
    } else if (ahead > 0) {
      this.advance(state, seq, ahead);
    } else if (this.strict && state.inResume && ahead < 0) {
      const { lastSeq, returnHead } = state;
      forget(state);
      this.begin(state, seq);
      state.returnHead = returnHead;
      beginsBefore(state, seq, { hadSeq: lastSeq, nowMs: this.nowMs });
    } else {
      this.lookBack(state, seq, { back: -ahead, isPast });
    }
    if (seq < this.highestSeq) return;
    this.highestSeq = seq;
    if (state.atHeadFrom < 0) state.atHeadFrom = seq;
  }

  /** Clients that came back are sent what they missed: so often that it is no accident of who was read first. */
  get hasReplayed(): boolean {
    return this.replayed >= LEAST_REPLAYED;
  }

  /** A new connection of the same client. Without a Last-Event-ID it starts a new account. */
  reconnected(state: SequenceState, resumed: boolean): void {
    if (resumed && state.baseSeq >= 0) returns(state, this.highestSeq);
    else forget(state);
  }

  /** The server said that it no longer has `count` events for this client: not silent, so not held against it. */
  announced(state: SequenceState, count: number): void {
    this.announcedLost += count;
    forget(state);
  }

  /** The server numbers its events anew: all accounts start again, what was counted stays. */
  forgetAll(states: Iterable<SequenceState>): void {
    this.highestSeq = -1;
    for (const state of states) forget(state);
  }

  /** The client should have seen everything up to `headSeq` by now. Returns how many it has not. */
  closeAt(state: SequenceState, headSeq: number): number {
    if (state.baseSeq < 0 || state.lastSeq >= headSeq || this.isBehind(state)) return 0;
    const missing = headSeq - state.lastSeq;
    if (state.inResume) state.missingInResume += missing;
    else state.missing += missing;
    this.missed(state, { firstSeq: state.lastSeq + 1, count: missing, inResume: state.inResume, behind: false });
    return missing;
  }

  protected missed(state: SequenceState, { firstSeq, count, inResume, behind }: PassedOver): void {
    if (!behind) this.candidates.missed(state, inResume ? 'resumeLost' : 'lost', firstSeq, count);
    if (inResume) this.resumeLost += count;
    else if (behind) this.behind.lost += count;
    else this.lost += count;
  }

  protected cameLate(state: SequenceState, { seq, missedInResume, behind, isPast }: Late): void {
    this.candidates.came(state, seq);
    if (!behind) this.candidates.saw('reordered', seq, state.lastSeq);
    const figures = behind ? this.behind : this;
    figures.reordered += 1;
    if (isPast && !behind) this.resumeLate += 1;
    if (missedInResume === true) this.resumeLost -= 1;
    else if (missedInResume === false) figures.lost -= 1;
  }

  protected cameAgain(state: SequenceState, { seq, inResume, behind, isProven }: Again): void {
    if (!isProven) this.candidates.came(state, seq);
    else if (!behind) this.candidates.saw(inResume ? 'resumeDuplicated' : 'duplicated', seq, state.lastSeq);
    if (inResume) this.resumeDuplicated += 1;
    else if (behind) this.behind.duplicated += 1;
    else this.duplicated += 1;
  }

  /** A replay said once more what the client had. */
  protected cameAgainInReplay(firstSeq: number, lastSeq: number): void {
    this.candidates.saw('resumeDuplicated', firstSeq, lastSeq);
    this.resumeDuplicated += lastSeq - firstSeq + 1;
  }

  private endReplay(state: SequenceState, seq: number): void {
    const { hadSeq } = state;
    const firstSeq = cameAgainFrom(state, seq, this.nowMs);
    if (firstSeq < 0) return;
    noteDefect(state, 'resumeDuplicated');
    this.cameAgainInReplay(firstSeq, hadSeq);
    state.hadSeq = -1;
  }

  /** One that reads slowly may never be at the head: it is held to what it hears after a while. */
  private isBehind({ atHeadFrom, readsSlowly, lastSeq, baseSeq }: SequenceState): boolean {
    return this.strict && atHeadFrom < 0 && !(readsSlowly && lastSeq - baseSeq >= WINDOW);
  }

  private begin(state: SequenceState, seq: number): void {
    state.baseSeq = seq;
    state.lastSeq = seq;
    state.seenMask = 0;
    state.resumeMask = 0;
    state.inResume = false;
  }

  private advance(state: SequenceState, seq: number, ahead: number): void {
    // In two steps, since JavaScript takes a shift by 32 for a shift by 0.
    const inWindow = ahead <= WINDOW;
    state.seenMask = inWindow ? ((state.seenMask << 1) | 1) << (ahead - 1) : 0;
    state.resumeMask = inWindow ? (state.resumeMask << 1) << (ahead - 1) : 0;
    const firstSeq = state.lastSeq + 1;
    const past = missedOfThePast(state, firstSeq, ahead - 1);
    const live = ahead - 1 - past;
    if (past > 0 && live < WINDOW) state.resumeMask |= pastBits(live, Math.min(ahead - 1, WINDOW));
    if (state.inResume) this.returned(state, seq, ahead);
    if (ahead > 1) {
      this.odd += 1;
      state.missingInResume += past;
      if (!this.isBehind(state)) state.missing += live;
      if (past > 0) this.missed(state, { firstSeq, count: past, inResume: true, behind: false });
      if (live > 0)
        this.missed(state, { firstSeq: firstSeq + past, count: live, inResume: false, behind: this.isBehind(state) });
    }
    state.inResume = false;
    state.lastSeq = seq;
  }

  /** The first that is new to a client that came back. */
  private returned({ returnHead, behindBeat }: SequenceState, seq: number, ahead: number): void {
    if (ahead === 1) {
      if (seq <= returnHead) this.returns.whole += 1;
      return;
    }
    // Others may have been read the newest event before this one was.
    if (seq >= returnHead) this.returns.atHead += 1;
    else this.returns.inPast += 1;
    if (behindBeat) this.returns.behindBeat += 1;
  }

  private lookBack(state: SequenceState, seq: number, { back, isPast }: { back: number; isPast: boolean }): void {
    this.odd += 1;
    const bit = back >= 1 && back <= WINDOW ? 1 << (back - 1) : 0;
    if (bit === 0 || (state.seenMask & bit) !== 0) {
      const inResume = state.inResume || isPast;
      if (!this.isBehind(state)) noteDefect(state, inResume ? 'resumeDuplicated' : 'duplicated');
      this.cameAgain(state, { seq, inResume, behind: this.isBehind(state), isProven: bit !== 0 || back === 0 });
      return;
    }
    state.seenMask |= bit;
    const behind = this.isBehind(state) || (this.strict && seq < state.atHeadFrom);
    const missedInResume = seq < state.baseSeq ? null : (state.resumeMask & bit) !== 0;
    if (!behind) noteDefect(state, 'reordered');
    if (missedInResume === true) state.missingInResume -= 1;
    else if (missedInResume === false && !behind) state.missing -= 1;
    this.cameLate(state, { seq, missedInResume, behind, isPast });
  }
}
