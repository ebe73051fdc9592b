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
  /** This connection was asked to go on behind a Last-Event-ID. */
  resumed = false;
  /** Start of the attempt, and of its current phase (connecting, requesting). */
  attemptStartMs = 0;
  phaseStartMs = 0;
  openedMs = 0;
  lastByteMs = 0;
  longestSilenceMs = 0;
  /** Body bytes over all its connections. */
  receivedBytes = 0;
  lastHeartbeatMs = 0;
  endedMs = 0;
  /** Where a redirect has led it in this attempt; null at the original URL. */
  hop: Hop | null = null;
  lastCause: Cause | null = null;
  cacheSlot = -1;
  /** What its parser holds of an unfinished event (event-reader.ts). */
  heldBytes = 0;
  /** An event has come on this connection. */
  heardEvent = false;
  /** Its first stream's head has been held against its first published event. */
  headJudged = false;
  /** Has been without a heartbeat for too long: counted once. */
  missesHeartbeat = false;
  /** Its server has sent it a line that is not of the format: such clients are counted once. */
  heardMalformed = false;
  /** For the behaviour: it is about to do what it does. */
  armed = false;
  /** A slow client: when its rate allows it to read on. */
  readAgainMs = 0;
  // The ledger's state of this client (accounts/ledger.ts); flat, so that no object hangs beside it.
  baseSeq = -1;
  lastSeq = -1;
  seenMask = 0;
  resumeMask = 0;
  inResume = false;
  atHeadFrom = -1;
  /** For events that are compared (accounts/comparison.ts): what nobody else had heard yet. */
  pending: { key: string; id: string | null; content: number; sinceMs: number } | null = null;
  // What came together (measure/bunching.ts).
  bunchArrivedMs = Number.NEGATIVE_INFINITY;
  bunchDueMs = Number.POSITIVE_INFINITY;
  bunchEvents = 0;
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
    this.missesHeartbeat = false;
    this.lastByteMs = nowMs;
    this.lastHeartbeatMs = nowMs;
  }
}
