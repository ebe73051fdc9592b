/**
 * Every event held to account: lost, doubled and reordered, in O(1) a client and an event.
 *
 * A client's account is the highest sequence number it has seen and a bit for each of the 32 before it. A gap
 * is counted as lost when it opens; an event that fills it later is reordered instead; one that was seen
 * already is doubled. Events that a reconnecting client missed behind its Last-Event-ID are accounted apart:
 * they are the fault of the replay, not of the stream. What came before the first event that a client saw is
 * not judged, and an event that is later than 32 others counts as doubled.
 *
 * Numbers that nobody vouches for are held to more (`strict`): an account begins only at the head, where the
 * others are, and ends when a client that returned is sent what came before its Last-Event-ID. So a connection
 * that counts for itself, a history for newcomers or a numbering that starts again accuses nobody.
 */
const WINDOW = 32;

/** The account of one client; lives in the client's own object. */
export interface SequenceState {
  /** The first number seen; -1 before any. */
  baseSeq: number;
  lastSeq: number;
  /** Bit i: lastSeq - 1 - i was seen. */
  seenMask: number;
  /** Bit i: lastSeq - 1 - i was missed behind a Last-Event-ID. */
  resumeMask: number;
  /** Reconnected behind a Last-Event-ID, and nothing new has come yet. */
  inResume: boolean;
}

export class Ledger {
  lost = 0;
  duplicated = 0;
  reordered = 0;
  resumeLost = 0;
  resumeDuplicated = 0;
  /** Lost, but the server said so (`event: missed`). */
  announcedLost = 0;
  /** The highest number that any client has seen. */
  highestSeq = -1;
  /** How often a number was not the one after the client's last. */
  odd = 0;
  private readonly strict: boolean;

  /** @param strict nobody vouches for these numbers */
  constructor(strict = false) {
    this.strict = strict;
  }

  note(state: SequenceState, seq: number): void {
    if (seq > this.highestSeq) this.highestSeq = seq;
    const ahead = seq - state.lastSeq;
    if (ahead === 1 && !state.inResume && state.baseSeq >= 0) {
      state.seenMask = (state.seenMask << 1) | 1;
      state.resumeMask <<= 1;
      state.lastSeq = seq;
    } else if (state.baseSeq < 0) {
      if (!this.strict || seq === this.highestSeq) this.begin(state, seq);
    } else if (ahead > 0) {
      this.advance(state, seq, ahead);
    } else if (this.strict && state.inResume && ahead < 0) {
      forget(state);
    } else {
      this.lookBack(state, seq, -ahead);
    }
  }

  /** A new connection of the same client. Without a Last-Event-ID it starts a new account. */
  reconnected(state: SequenceState, resumed: boolean): void {
    if (resumed && state.baseSeq >= 0) state.inResume = true;
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
    if (state.baseSeq < 0 || state.lastSeq >= headSeq) return 0;
    const missing = headSeq - state.lastSeq;
    this.missed(state.lastSeq + 1, missing, state.inResume);
    return missing;
  }

  /** `count` events from `firstSeq` on were passed over. */
  protected missed(_firstSeq: number, count: number, inResume: boolean): void {
    if (inResume) this.resumeLost += count;
    else this.lost += count;
  }

  /** One that was passed over came after all; null where it lies before the account. */
  protected cameLate(_seq: number, missedInResume: boolean | null): void {
    this.reordered += 1;
    if (missedInResume === true) this.resumeLost -= 1;
    else if (missedInResume === false) this.lost -= 1;
  }

  /** One came that the client had. */
  protected cameAgain(_seq: number, inResume: boolean): void {
    if (inResume) this.resumeDuplicated += 1;
    else this.duplicated += 1;
  }

  /** The account begins with this number, wherever the others are. */
  begin(state: SequenceState, seq: number): void {
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
    if (state.inResume) state.resumeMask |= inWindow ? (1 << (ahead - 1)) - 1 : -1;
    if (ahead > 1) {
      this.odd += 1;
      this.missed(state.lastSeq + 1, ahead - 1, state.inResume);
    }
    state.inResume = false;
    state.lastSeq = seq;
  }

  private lookBack(state: SequenceState, seq: number, behind: number): void {
    this.odd += 1;
    const bit = behind >= 1 && behind <= WINDOW ? 1 << (behind - 1) : 0;
    if (bit === 0 || (state.seenMask & bit) !== 0) {
      this.cameAgain(seq, state.inResume);
      return;
    }
    state.seenMask |= bit;
    this.cameLate(seq, seq < state.baseSeq ? null : (state.resumeMask & bit) !== 0);
  }
}

/** The account ends; the next event begins another. */
export function forget(state: SequenceState): void {
  state.baseSeq = -1;
  state.lastSeq = -1;
  state.seenMask = 0;
  state.resumeMask = 0;
  state.inResume = false;
}
