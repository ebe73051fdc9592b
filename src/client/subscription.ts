/**
 * One simulated EventSource: connecting, open, waiting, closed (HTML standard, 9.2).
 *
 * Tens of thousands live in one process, so a subscription is its own stream receiver, parser handler and
 * wheel node: no timer, closure, histogram or array of its own. What it does with its stream is the business
 * of its behaviour (`Behaviour`); what its events mean is the business of its observer. It never decides
 * that a server is wrong: it reports what happened, under the words of `core/causes.ts`.
 */
import { CAUSES, type Cause } from '../core/causes.ts';
import type { ClientKind } from '../core/client-kinds.ts';
import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { SseEvent, SseHandlers, SseLimitError } from '../sse/handlers.ts';
import { SseParser } from '../sse/parser.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from '../wire/transport.ts';
import { ClientState } from './client-state.ts';
import type { EventCache, StreamEvent } from './event-cache.ts';
import { refusalOf } from './refusal.ts';
import type { Wheel } from './wheel.ts';

/** A browser would obey `retry: 0` and hammer the server. */
export const RETRY_FLOOR_MS = 100;
export const RETRY_CEILING_MS = 3_600_000;
/** Each failed attempt in a row makes the wait half as long again (the standard allows it), up to this. */
const BACKOFF_CEILING_MS = 30_000;

/** Who is told. Methods of one shared object; called for every event, so they must be quick. */
export interface SubscriptionObserver {
  onConnected(client: Subscription): void;
  onOpen(client: Subscription): void;
  onEvent(client: Subscription, event: StreamEvent): void;
  onComment(client: Subscription, text: string): void;
  /** It left an open stream of its own accord. */
  onLeft(client: Subscription): void;
  /** The stream ended, or an attempt failed, and not by our doing. `wasOpen`: events had begun to flow. */
  onLost(client: Subscription, cause: Cause, detail: string, wasOpen: boolean): void;
}

/** What a kind of client does with its stream (`behaviour.ts`); shared by all of the kind, without state. */
export interface Behaviour {
  readonly kind: ClientKind;
  /** Reads everything it is sent, in order: its events can be held to account. */
  readonly reads: boolean;
  /** Reconnects after an end that was not its own doing. */
  readonly returns: boolean;
  /** Reads with a buffer of this size: what one read takes, the kernel has room for again. */
  readonly maxReadBytes?: number;
  opened(client: Subscription): void;
  /** Takes body bytes; `false` stops reading until `resume()`. */
  body(client: Subscription, bytes: Uint8Array, start: number, end: number): boolean;
  /** The deadline that it armed has come. */
  due(client: Subscription): void;
}

/** What all subscriptions of one fleet share. */
export interface SubscriptionContext {
  readonly transport: Transport;
  readonly wheel: Wheel;
  readonly clock: Clock;
  readonly random: Random;
  readonly cache: EventCache;
  readonly observer: SubscriptionObserver;
  /** Builds the request of one attempt; the same object may serve many. */
  readonly requestFor: (client: Subscription) => StreamRequest;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly slowRateBytesPerSecond: number;
  /** When the bytes that are being read came in: one reading of the clock for each read. */
  nowMs: number;
  /** Add to `nowMs` for Unix milliseconds. */
  readonly wallOffsetMs: number;
}

export class Subscription extends ClientState implements StreamReceiver, SseHandlers {
  readonly behaviour: Behaviour;
  readonly context: SubscriptionContext;
  readonly parser: SseParser;
  connection: StreamConnection | null = null;
  /** What the parser is being given. */
  private parsing: Uint8Array | null = null;

  constructor(index: number, behaviour: Behaviour, context: SubscriptionContext, retryMs: number) {
    super(index, retryMs);
    this.behaviour = behaviour;
    this.context = context;
    this.parser = new SseParser(this);
  }

  /** Starts the first attempt, or the next one when the wait is over. */
  connect(): void {
    const { context } = this;
    this.state = 'connecting';
    this.attempts += 1;
    this.resumed = this.parser.lastEventId !== '';
    this.parser.reset(this.parser.lastEventId);
    this.attemptStartMs = context.clock.nowMs();
    this.phaseStartMs = this.attemptStartMs;
    context.wheel.schedule(this, this.phaseStartMs + context.connectTimeoutMs);
    this.connection = context.transport.open(context.requestFor(this), this);
  }

  /** Leaves for good, with FIN or with RST, and says nothing more. */
  stop(how: 'fin' | 'rst'): void {
    this.leave(how);
    this.state = 'closed';
    this.lastCause ??= 'closed-by-us';
  }

  /** Leaves as a page does that will be back: reconnects after its reconnection time. */
  leaveAndReturn(how: 'fin' | 'rst'): void {
    this.leave(how);
    this.waitToReconnect();
  }

  /** Bytes of the stream, for behaviours that read them. */
  read(bytes: Uint8Array, start: number, end: number): void {
    const { cache, observer } = this.context;
    let at = start;
    while (at < end && this.parser.atBoundary) {
      const known = cache.find(this.cacheSlot, bytes, at, end);
      if (known === null) break;
      if (known.lastEventId !== null) this.parser.skipBlock(known.lastEventId);
      this.cacheSlot = known.event.slot;
      at += known.bytes.length;
      observer.onEvent(this, known.event);
      if (this.state !== 'open') return;
    }
    if (at < end) {
      this.parsing = bytes;
      this.parser.push(bytes, at, end);
      this.parsing = null;
    }
  }

  onConnect(): void {
    const nowMs = this.context.clock.nowMs();
    this.context.nowMs = nowMs;
    this.context.observer.onConnected(this);
    if (this.state !== 'connecting') return;
    this.state = 'requesting';
    this.phaseStartMs = nowMs;
    this.context.wheel.schedule(this, nowMs + this.context.headersTimeoutMs);
  }

  onHead(head: ResponseHead): void {
    const nowMs = this.context.clock.nowMs();
    this.context.nowMs = nowMs;
    const refusal = refusalOf(head);
    if (refusal !== null) {
      this.drop('rst');
      this.end(refusal.cause, refusal.detail);
      return;
    }
    this.context.wheel.cancel(this);
    this.state = 'open';
    this.opened += 1;
    this.failures = 0;
    this.openedMs = nowMs;
    this.heardEvent = false;
    this.missesHeartbeat = false;
    this.lastByteMs = nowMs;
    this.lastHeartbeatMs = nowMs;
    this.context.observer.onOpen(this);
    if (this.state === 'open') this.behaviour.opened(this);
  }

  onBody(bytes: Uint8Array, start: number, end: number): boolean {
    const { context } = this;
    const nowMs = context.clock.nowMs();
    context.nowMs = nowMs;
    this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - this.lastByteMs);
    this.lastByteMs = nowMs;
    this.receivedBytes += end - start;
    return this.behaviour.body(this, bytes, start, end);
  }

  onEnd(cause: Cause, detail: string): void {
    this.connection = null;
    this.context.nowMs = this.context.clock.nowMs();
    this.context.wheel.cancel(this);
    this.end(cause, detail);
  }

  onEvent({ type, data, lastEventId }: SseEvent): void {
    const { cache, observer } = this.context;
    const { parser, parsing } = this;
    const event = cache.read(type, data);
    if (parsing !== null && parser.blockIsPure && parser.blockStart >= 0) {
      cache.keep(parsing, parser.blockStart, parser.blockEnd, event, parser.blockSetsId ? lastEventId : null);
      this.cacheSlot = event.slot;
    }
    observer.onEvent(this, event);
  }

  onComment(text: string): void {
    this.context.observer.onComment(this, text);
  }

  onRetry(retryMs: number): void {
    this.retryMs = Math.min(Math.max(retryMs, RETRY_FLOOR_MS), RETRY_CEILING_MS);
  }

  onError(error: SseLimitError): void {
    this.drop('rst');
    this.end(error.code, error.message);
  }

  onDue(nowMs: number): void {
    this.context.nowMs = nowMs;
    if (this.state === 'waiting') this.connect();
    else if (this.state === 'open') this.behaviour.due(this);
    else if (this.state === 'connecting' || this.state === 'requesting') {
      const cause = this.state === 'connecting' ? 'connect-timeout' : 'headers-timeout';
      this.drop('rst');
      this.end(cause, CAUSES[cause].says);
    }
  }

  private leave(how: 'fin' | 'rst'): void {
    if (this.state === 'open') this.context.observer.onLeft(this);
    this.endedMs = this.context.nowMs;
    this.drop(how);
  }

  private drop(how: 'fin' | 'rst'): void {
    this.context.wheel.cancel(this);
    // Also from within a read: what is left of it is not heard.
    this.parser.end();
    if (how === 'fin') this.connection?.close();
    else this.connection?.reset();
    this.connection = null;
  }

  private end(cause: Cause, detail: string): void {
    const wasOpen = this.state === 'open';
    this.endedMs = this.context.nowMs;
    this.lastCause = cause;
    if (!wasOpen) this.failures += 1;
    // Decided before the observer hears of it: it may stop the client, and has the last word.
    if (CAUSES[cause].retries && this.behaviour.returns) this.waitToReconnect();
    else this.state = 'closed';
    this.context.observer.onLost(this, cause, detail, wasOpen);
  }

  private waitToReconnect(): void {
    this.state = 'waiting';
    const backoffMs = Math.min(this.retryMs * 1.5 ** Math.max(this.failures - 1, 0), BACKOFF_CEILING_MS);
    this.context.wheel.schedule(this, this.context.nowMs + Math.max(this.retryMs, backoffMs));
  }
}
