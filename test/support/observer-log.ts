/** Writes down what subscriptions report, in order. */
import type { StreamEvent } from '../../src/client/event-cache.ts';
import type { Adjustment, SubscriptionState } from '../../src/client/client-state.ts';
import type { EventReader } from '../../src/client/event-reader.ts';
import type { Subscription, SubscriptionObserver } from '../../src/client/subscription.ts';
import type { Cause } from '../../src/core/causes.ts';
import type { Malformed, UnfinishedBlock } from '../../src/sse/handlers.ts';

export interface Loss {
  client: number;
  cause: Cause;
  detail: string;
  wasOpen: boolean;
  /** State of the client while it reported. */
  state: SubscriptionState;
}

export interface Heard {
  client: number;
  type: string;
  data: string;
  /** Last event id of the client after the event. */
  lastEventId: string;
}

type Call = 'connected' | 'open' | 'event' | 'comment' | 'left' | 'lost' | Adjustment;

export class ObserverLog implements SubscriptionObserver {
  /** Like `0 open`. */
  readonly calls: string[] = [];
  readonly heard: Heard[] = [];
  readonly comments: string[] = [];
  /** Like `0 unknown-field: dta: 1`. */
  readonly malformed: string[] = [];
  readonly unfinished: string[] = [];
  readonly withoutData: string[] = [];
  readonly losses: Loss[] = [];
  /** Called after each call was written down. */
  react: (call: Call, client: Subscription) => void = () => {};

  onConnected(client: Subscription): void {
    this.note('connected', client);
  }

  onOpen(client: Subscription): void {
    this.note('open', client);
  }

  onEvent(client: Subscription, { type, data }: StreamEvent): void {
    this.heard.push({ client: client.index, type, data, lastEventId: client.parser.lastEventId });
    this.note('event', client);
  }

  onComment(client: Subscription, text: string): void {
    this.comments.push(text);
    this.note('comment', client);
  }

  onRead(): void {}

  onSplitMark(): void {}

  onRest(): void {}

  onMalformed(client: EventReader, defect: Malformed, sample: string): void {
    this.malformed.push(`${client.index} ${defect}: ${sample}`);
  }

  onCoded(): void {}

  /** Events that were dropped for the lack of room. */
  withoutRoom = 0;

  onNoRoom(): void {
    this.withoutRoom += 1;
  }

  onUnheard(client: EventReader, unfinished: UnfinishedBlock | null): void {
    if (unfinished !== null)
      this.unfinished.push(
        `${client.index} ${unfinished.dataLines} data lines: ${unfinished.data} | ${unfinished.line}`,
      );
    if (client.heldInCodingBytes > 0)
      this.unfinished.push(`${client.index} ${client.heldInCodingBytes} bytes held in the coding`);
  }

  onNoData(client: Subscription, type: string, lastEventId: string): void {
    this.withoutData.push(`${client.index} ${type} ${lastEventId}`);
  }

  onLeft(client: Subscription): void {
    this.note('left', client);
  }

  onLost(client: Subscription, cause: Cause, detail: string, wasOpen: boolean): void {
    this.losses.push({ client: client.index, cause, detail, wasOpen, state: client.state });
    this.note('lost', client);
  }

  onAdjusted(client: Subscription, adjustment: Adjustment): void {
    this.note(adjustment, client);
  }

  /** The data of what was heard, of all clients or of one. */
  data(client?: number): string[] {
    return this.heard.filter((one) => client === undefined || one.client === client).map((one) => one.data);
  }

  private note(call: Call, client: Subscription): void {
    this.calls.push(`${client.index} ${call}`);
    this.react(call, client);
  }
}
