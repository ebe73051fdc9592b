/**
 * The plain figures of one simulated client, its own and those that others keep in it.
 *
 * The ledger, the heartbeat judge and the wheel have a few fields for each client. They stand here, flat and
 * always in this order: an object beside each client for each of them would cost more than what it holds.
 */
import type { Cause } from '../core/causes.ts';
import type { Hop } from '../reach/redirect.ts';
import type { WheelNode } from './wheel.ts';

export type SubscriptionState = 'idle' | 'connecting' | 'requesting' | 'open' | 'waiting' | 'closed';

/** What a client had to do otherwise than its server asked for: worth telling, and no reason to end. */
export type Adjustment = 'retry-clamped' | 'id-unsendable';

export abstract class ClientState implements WheelNode {
  readonly index: number;
  /** The reconnection time: the plan's until the server says its own. */
  retryMs: number;
  state: SubscriptionState = 'idle';
  /** Connections tried so far; the first one is 1. */
  attempts = 0;
  /** Attempts that failed since the last stream that opened. */
  failures = 0;
  /** Streams that opened so far. */
  opened = 0;
  /** Whether this connection asked to resume after a Last-Event-ID. */
  resumed = false;
  /** Start of the attempt, and of its current phase (connecting, requesting). */
  attemptStartMs = 0;
  phaseStartMs = 0;
  /** When the head of the answer came that refused this attempt. */
  refusedMs = 0;
  openedMs = 0;
  lastByteMs = 0;
  longestSilenceMs = 0;
  /** Body bytes received over all connections of the client. */
  receivedBytes = 0;
  /** Bytes in a content coding that came since they last ended as a flush does. */
  heldInCodingBytes = 0;
  /** How often a compressor stood still in the middle of an event, and for how long at most. */
  stopsInEvent = 0;
  longestStopInEventMs = 0;
  lastHeartbeatMs = 0;
  // The rhythm of its heartbeats on this stream (measure/heartbeat.ts).
  beats = 0;
  shortestBeatMs = 0;
  longestBeatMs = 0;
  endedMs = 0;
  /** Where a redirect has led the client in this attempt; null at the original URL. */
  hop: Hop | null = null;
  lastCause: Cause | null = null;
  /** It left for good, of its own accord. */
  hasLeft = false;
  cacheSlot = -1;
  /** What its parser holds of an unfinished event (event-reader.ts). */
  heldBytes = 0;
  /** An event has come on this connection. */
  heardEvent = false;
  /** When a published event came last; and since when the client hears nothing after its return, -1 where it does. */
  publishedMs = -1;
  unheardFromMs = -1;
  /** Whether the client's first stream was judged for a late head. */
  headJudged = false;
  /** Whether the client has been without a heartbeat for too long; each client is counted once. */
  missesHeartbeat = false;
  /** The last that came said that this stream is about to end. */
  heardFarewell = false;
  /** What it said last was that all is said; of use where `heardFarewell` is set. */
  heardEnd = false;
  /** This stream, or the last one, came to the end that the plan names (`--until`). */
  completed = false;
  /** Whether the client's behaviour is in force now: it vanishes, or leaves with RST. */
  armed = false;
  /** When the rate of a slow client allows it to read on. */
  readAgainMs = 0;
  // The ledger's state of this client (accounts/ledger.ts); flat, so that no object hangs beside it.
  baseSeq = -1;
  lastSeq = -1;
  seenMask = 0;
  resumeMask = 0;
  inResume = false;
  atHeadFrom = -1;
  // Which defects this client has met (measure/defects.ts).
  affected = 0;
  missing = 0;
  missingInResume = 0;
  readsSlowly = false;
  returnHead = -1;
  replayMs = -1;
  hadSeq = -1;
  replayedFrom = -1;
  behindBeat = false;
  /** It was given an id since it last returned without one; and the one that came last was a heartbeat's. */
  hadId = false;
  idIsBeats = false;
  /** For events that are compared (accounts/comparison.ts): what nobody else had heard yet. */
  pending: {
    key: string;
    id: string | null;
    content: { exact: number; untimed: number; id: number };
    sinceMs: number;
  } | null = null;
  // What came together (measure/bunching.ts).
  bunchArrivedMs = Number.NEGATIVE_INFINITY;
  bunchDueMs = Number.POSITIVE_INFINITY;
  bunchEvents = 0;
  bunchSentMs = Number.NaN;
  bunchDueForMs = 0;
  bunchSentForMs = 0;
  /** When the beginning of an event came whose rest had not come with it; 0 while there is none. */
  partSinceMs = 0;
  /** That beginning ended with a replacement character. */
  partEndsReplaced = false;
  // What comes with the next write only (measure/next-write.ts).
  lastItemMs = Number.NEGATIVE_INFINITY;
  lateEventMs = Number.NEGATIVE_INFINITY;
  lateByMs = 0;
  // What came behind a pause (measure/held-arrivals.ts).
  cameMs = -1;
  longestPauseMs = 0;
  pauseMs = 0;
  pauseEndedMs = 0;
  togetherEvents = 0;
  longestHeldMs = 0;
  // The wheel's (wheel.ts).
  wheelTick = 0;
  wheelSlot = -1;
  wheelPrevious: WheelNode | null = null;
  wheelNext: WheelNode | null = null;

  constructor(index: number, retryMs: number) {
    this.index = index;
    this.retryMs = retryMs;
  }

  abstract onDue(nowMs: number): void;

  /** A stream has opened: what is told of each connection starts anew. */
  protected beginStream(nowMs: number): void {
    this.state = 'open';
    this.opened += 1;
    this.failures = 0;
    this.openedMs = nowMs;
    this.heardEvent = false;
    this.heldInCodingBytes = 0;
    this.heardFarewell = false;
    this.completed = false;
    this.missesHeartbeat = false;
    this.beats = 0;
    this.longestBeatMs = 0;
    this.lastByteMs = nowMs;
    this.lastHeartbeatMs = nowMs;
    this.lastItemMs = Number.NEGATIVE_INFINITY;
    this.partSinceMs = 0;
  }
}
