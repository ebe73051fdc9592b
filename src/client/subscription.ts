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
import type { SseLimitError } from '../sse/handlers.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from '../wire/transport.ts';
import type { ClientObserver } from './client-observer.ts';
import type { EventCache, StreamEvent } from './event-cache.ts';
import { EventReader, type ReadLimits } from './event-reader.ts';
import type { HopResolver } from '../reach/hop-resolver.ts';
import { isRedirect, nextHop, type Hop } from '../reach/redirect.ts';
import { refusalOf, type Refusal } from '../reach/refusal.ts';
import { clampRetry, waitBeforeRetryMs } from './retry.ts';
import type { Wheel } from './wheel.ts';

/** The receiver of what happens on subscriptions. */
export type SubscriptionObserver = ClientObserver<Subscription>;

/** What a kind of client does with its stream (`behaviour.ts`); shared by all of the kind, without state. */
export interface Behaviour {
  readonly kind: ClientKind;
  /** Reads everything it is sent, in order: its events can be held to account. */
  readonly reads: boolean;
  /** Whether the client reconnects after an end that it did not cause. */
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
  /** Resolves where redirects lead. */
  readonly hops: HopResolver;
  /** Builds the request of one attempt, or of its `hop`; the same object may serve many. */
  readonly requestFor: (client: Subscription) => StreamRequest;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly slowRateBytesPerSecond: number;
  /** When the bytes that are being read came in: one reading of the clock for each read. */
  nowMs: number;
  /** What to add to `nowMs` to get Unix milliseconds. */
  readonly wallOffsetMs: number;
}

export class Subscription extends EventReader implements StreamReceiver {
  readonly behaviour: Behaviour;
  readonly context: SubscriptionContext;
  connection: StreamConnection | null = null;

  constructor(
    index: number,
    behaviour: Behaviour,
    context: SubscriptionContext,
    { retryMs, limits }: { retryMs: number; limits?: ReadLimits },
  ) {
    super(index, retryMs, limits);
    this.behaviour = behaviour;
    this.context = context;
  }

  /** Starts the first attempt, or the next one when the wait is over: always at the original URL (HTML, 9.2.3). */
  connect(): void {
    const { context } = this;
    this.attempts += 1;
    this.resumed = this.parser.lastEventId !== '';
    this.parser.reset(this.parser.lastEventId);
    this.hop = null;
    this.attemptStartMs = context.clock.nowMs();
    this.beginConnecting(this.attemptStartMs);
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
    if (isRedirect(head.statusCode)) {
      this.follow(head);
      return;
    }
    const refusal = refusalOf(head);
    if (refusal !== null) {
      this.fail(refusal);
      return;
    }
    this.context.wheel.cancel(this);
    this.beginStream(nowMs);
    this.context.observer.onOpen(this, head);
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
    this.endReading();
    this.end(cause, detail);
  }

  onComment(text: string): void {
    this.context.observer.onComment(this, text);
  }

  onRetry(retryMs: number): void {
    const clampedMs = clampRetry(retryMs);
    // Not for each of a thousand equal fields.
    if (clampedMs !== retryMs && clampedMs !== this.retryMs) this.context.observer.onAdjusted(this, 'retry-clamped');
    this.retryMs = clampedMs;
  }

  onError(error: SseLimitError): void {
    this.fail({ cause: error.code, detail: error.message });
  }

  onDue(nowMs: number): void {
    this.context.nowMs = nowMs;
    if (this.state === 'waiting') this.connect();
    else if (this.state === 'open') this.behaviour.due(this);
    else if (this.state === 'connecting' || this.state === 'requesting') {
      const cause = this.state === 'connecting' ? 'connect-timeout' : 'headers-timeout';
      this.fail({ cause, detail: CAUSES[cause].says });
    }
  }

  protected heard(event: StreamEvent): void {
    this.context.observer.onEvent(this, event);
  }

  private beginConnecting(nowMs: number): void {
    this.state = 'connecting';
    this.phaseStartMs = nowMs;
    this.context.wheel.schedule(this, nowMs + this.context.connectTimeoutMs);
  }

  /** On to where the redirect leads, with the deadlines of a new connection; the first covers the name's look-up. */
  private follow(head: ResponseHead): void {
    const { hops, nowMs } = this.context;
    const hop = nextHop(this.hop ?? hops.start, head);
    if ('cause' in hop) {
      this.fail(hop);
      return;
    }
    this.drop('fin');
    this.hop = hop;
    this.beginConnecting(nowMs);
    void hops.resolve(hop).then((found) => this.reach(hop, found));
  }

  private reach(hop: Hop, found: Transport | Refusal): void {
    // It may have stopped, or begun anew, while the name was looked up.
    if (this.hop !== hop || this.state !== 'connecting') return;
    const { context } = this;
    context.nowMs = context.clock.nowMs();
    if ('open' in found) this.connection = found.open(context.requestFor(this), this);
    else this.fail(found);
  }

  protected fail({ cause, detail }: Refusal): void {
    this.drop('rst');
    this.end(cause, detail);
  }

  private leave(how: 'fin' | 'rst'): void {
    if (this.state === 'open') this.context.observer.onLeft(this);
    this.endedMs = this.context.nowMs;
    this.drop(how);
  }

  private drop(how: 'fin' | 'rst'): void {
    this.context.wheel.cancel(this);
    this.endReading();
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
    this.context.wheel.schedule(this, this.context.nowMs + waitBeforeRetryMs(this.retryMs, this.failures));
  }
}
