/**
 * Real subscriptions over the real transport, as the soak's fleet runs them, but with time in the test's hands:
 * the network goes at its own pace, deadlines only come when the test lets time pass.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { behaviours } from '../../src/client/behaviour.ts';
import { EventCache } from '../../src/client/event-cache.ts';
import { LongTexts } from '../../src/client/long-texts.ts';
import { HopResolver } from '../../src/reach/hop-resolver.ts';
import { firstHop } from '../../src/reach/redirect.ts';
import { Subscription, type SubscriptionContext, type SubscriptionObserver } from '../../src/client/subscription.ts';
import { Wheel } from '../../src/client/wheel.ts';
import type { ClientKind } from '../../src/core/client-kinds.ts';
import { portOf } from '../../src/core/host.ts';
import { Random } from '../../src/core/random.ts';
import { DEFAULT_POINTERS } from '../../src/accounts/stamp-pointers.ts';
import { stampReader } from '../../src/accounts/stamps.ts';
import { Http1Transport } from '../../src/wire/http1.ts';
import { encodeRequest } from '../../src/wire/request.ts';
import type { Transport } from '../../src/wire/transport.ts';
import { ManualClock } from './manual-clock.ts';
import { ObserverLog } from './observer-log.ts';

export const RETRY_MS = 1000;
export const CONNECT_TIMEOUT_MS = 3000;
export const HEADERS_TIMEOUT_MS = 5000;
/** How long a test waits for what must happen: only a broken client or a dead machine takes so long. */
const PATIENCE_MS = 20_000;

export interface RigOptions {
  slowRateBytesPerSecond?: number;
  /** Default: a plain GET of /events. */
  requestFor?: SubscriptionContext['requestFor'];
  /** Default: the kernel's choice. */
  localAddress?: string;
  /** Default: everywhere. */
  hops?: HopResolver;
  /** Default: the log. */
  observer?: SubscriptionObserver;
  /** Default: as much as a load process has. */
  longTexts?: LongTexts;
  /** Default: plain TCP. */
  transport?: Transport;
}

export class ClientRig {
  readonly clock = new ManualClock();
  readonly log = new ObserverLog();
  readonly clients: Subscription[] = [];
  readonly context: SubscriptionContext;

  constructor(
    port: number,
    {
      slowRateBytesPerSecond = 256,
      requestFor,
      localAddress,
      hops,
      observer,
      longTexts = new LongTexts(),
      transport = new Http1Transport(),
    }: RigOptions = {},
  ) {
    const nowMs = this.clock.nowMs();
    const start = firstHop(new URL(`http://127.0.0.1:${port}/events`), 'GET', '127.0.0.1');
    this.context = {
      transport,
      wheel: new Wheel(nowMs),
      clock: this.clock,
      random: new Random(7),
      cache: new EventCache(stampReader(DEFAULT_POINTERS, () => this.clock.wallMs())),
      longTexts,
      observer: observer ?? this.log,
      hops: hops ?? new HopResolver({ start, transport, openTransport: () => Promise.resolve(transport) }),
      requestFor:
        requestFor ??
        (({ hop, parser: { lastEventId }, behaviour: { maxReadBytes } }) => {
          const { url, address, method } = hop ?? start;
          return {
            host: address,
            port: portOf(url),
            bytes: encodeRequest({
              method,
              path: url.pathname,
              host: url.host,
              headers: [],
              version: '0.0.0',
              lastEventId,
            }).bytes,
            ...(localAddress === undefined ? {} : { localAddress }),
            ...(maxReadBytes === undefined ? {} : { maxReadBytes }),
          };
        }),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      headersTimeoutMs: HEADERS_TIMEOUT_MS,
      slowRateBytesPerSecond,
      nowMs,
      wallOffsetMs: this.clock.wallMs() - this.clock.nowMs(),
    };
  }

  /** A client that has not begun. */
  client(kind: ClientKind = 'healthy'): Subscription {
    const behaviour = behaviours[kind];
    if (behaviour === undefined) throw new Error(`there is no behaviour of kind ${kind}`);
    const client = new Subscription(this.clients.length, behaviour, this.context, { retryMs: RETRY_MS });
    this.clients.push(client);
    return client;
  }

  connect(kind: ClientKind = 'healthy'): Subscription {
    const client = this.client(kind);
    client.connect();
    return client;
  }

  /** Lets time pass, and whatever is due then happen. */
  pass(ms: number): void {
    this.clock.pass(ms);
    this.context.nowMs = this.clock.nowMs();
    this.context.wheel.advance(this.context.nowMs);
  }

  /**
   * Waits for the network until `condition` holds.
   * @throws when it does not come to hold
   */
  async until(what: string, condition: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > deadlineMs)
        throw new Error(`not seen in ${PATIENCE_MS} ms: ${what}; so far ${this.log.calls.join(', ')}`);
      await delay(1);
    }
  }

  /** Time for what must not happen, to happen after all. */
  async quiet(): Promise<void> {
    await delay(60);
  }

  close(): void {
    for (const client of this.clients) client.stop('rst');
  }
}
