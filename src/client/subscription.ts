/**
 * One simulated client of a soak: an EventSource that behaves as its kind does.
 *
 * Tens of thousands live in one process, so a subscription has no timer, closure, histogram or array of its own. What
 * it does with its stream is the business of its behaviour (`Behaviour`); what its events mean is the business of its
 * observer.
 */
import type { Cause } from '../core/causes.ts';
import type { ClientKind } from '../core/client-kinds.ts';
import type { Random } from '../core/random.ts';
import type { ResponseHead, StreamRequest } from '../wire/transport.ts';
import type { Adjustment } from './client-state.ts';
import type { EventCache, StreamEvent } from './event-cache.ts';
import { EventReader, type LineObserver } from './event-reader.ts';
import type { EventSourceContext, ReadLimits } from './event-source-context.ts';
import type { LongTexts } from './long-texts.ts';

/** The receiver of what happens on subscriptions: one shared object, called for every event, so it must be quick. */
export interface SubscriptionObserver extends LineObserver {
  onConnected(client: Subscription): void;
  onOpen(client: Subscription, head: ResponseHead): void;
  onEvent(client: Subscription, event: StreamEvent): void;
  onComment(client: Subscription, text: string): void;
  /** A block with a type or an id and without data: no event. */
  onNoData(client: Subscription, type: string, lastEventId: string): void;
  /** The client left an open stream of its own accord. */
  onLeft(client: Subscription): void;
  /** The stream ended, or an attempt failed, and not by our doing. `wasOpen`: events had begun to flow. */
  onLost(client: Subscription, cause: Cause, detail: string, wasOpen: boolean): void;
  onAdjusted(client: Subscription, adjustment: Adjustment): void;
}

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
export interface SubscriptionContext extends EventSourceContext {
  readonly random: Random;
  readonly cache: EventCache;
  readonly longTexts: LongTexts;
  readonly observer: SubscriptionObserver;
  /** Builds the request of one attempt, or of its `hop`; the same object may serve many. */
  readonly requestFor: (client: Subscription) => StreamRequest;
  readonly slowRateBytesPerSecond: number;
  /** What to add to `nowMs` to get Unix milliseconds. */
  readonly wallOffsetMs: number;
}

export class Subscription extends EventReader {
  readonly behaviour: Behaviour;
  readonly context: SubscriptionContext;

  constructor(
    index: number,
    behaviour: Behaviour,
    context: SubscriptionContext,
    options: { retryMs: number; limits?: ReadLimits },
  ) {
    super(index, options);
    this.behaviour = behaviour;
    this.readsSlowly = behaviour.kind === 'slow';
    this.context = context;
  }

  onComment(text: string): void {
    this.context.observer.onComment(this, text);
  }

  onNoData(type: string, lastEventId: string): void {
    this.context.observer.onNoData(this, type, lastEventId);
  }

  protected get returns(): boolean {
    return this.behaviour.returns;
  }

  protected request(): StreamRequest {
    return this.context.requestFor(this);
  }

  protected connects(): void {
    this.context.observer.onConnected(this);
  }

  protected opens(head: ResponseHead): void {
    this.context.observer.onOpen(this, head);
    if (this.state === 'open') this.behaviour.opened(this);
  }

  protected takes(bytes: Uint8Array, start: number, end: number): boolean {
    return this.behaviour.body(this, bytes, start, end);
  }

  protected due(): void {
    this.behaviour.due(this);
  }

  protected heard(event: StreamEvent): void {
    this.context.observer.onEvent(this, event);
  }

  protected leaves(): void {
    this.context.observer.onLeft(this);
  }

  protected loses(cause: Cause, detail: string, wasOpen: boolean): void {
    this.context.observer.onLost(this, cause, detail, wasOpen);
  }

  protected adjusts(adjustment: Adjustment): void {
    this.context.observer.onAdjusted(this, adjustment);
  }
}
