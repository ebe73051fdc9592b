/**
 * Clients that came back with a Last-Event-ID and hear nothing, while the feed goes on: its ids began anew, say, and the
 * server holds back whatever is not above the id that it was sent.
 *
 * That the feed goes on is known from clients that came without an id. Where there are none, since all have come back at
 * once, one more is opened, which is nobody's account: it only shows what a newcomer is sent. A silence is looked into
 * when it is longer than any that the feed or one of its streams had, and nobody is blamed before three events came to others meanwhile.
 */
import { behaviours } from '../../client/behaviour.ts';
import { DEAF_OBSERVER } from '../../client/deaf-observer.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import { Subscription, type SubscriptionContext } from '../../client/subscription.ts';
import { NUMBERED } from '../../accounts/id-sequence.ts';
import { isHeartbeat, isNotice } from '../../accounts/server-words.ts';
import { printable } from '../../core/printable.ts';
import { GREETING_MS } from '../../findings/bounds.ts';
import type { Measured } from '../../measure/figures.ts';
import type { RETURN_FIGURES } from '../../record/load-figures.ts';
import { SAMPLE_BYTES } from '../../sse/handlers.ts';

const LEAST_SILENCE_MS = 2000;
/** So many times the longest silence that the feed has had, and the longest that any one stream has had: it may be held back. */
const SILENCES = 3;
const OWN_SILENCES = 2;
/** So many events came to others before a client is said to hear nothing. */
const LEAST_EVENTS = 3;
/** What was sent to others before is not owed to a client that had just come. */
const RACE_MS = 250;
/** The last events that came to newcomers. */
const MOST_KEPT = 32;
const MOST_WITNESSES = 3;

interface Fresh {
  readonly ms: number;
  readonly id: string | null;
}

export class ReturnWatch {
  private readonly context: SubscriptionContext;
  private readonly retryMs: number;
  private readonly clients: readonly Subscription[];
  private readonly figures: Measured<typeof RETURN_FIGURES>;
  private readonly fresh: Fresh[] = [];
  private witness: Subscription | null = null;
  private witnesses = 0;
  private lastMs = -1;
  private longestGapMs = 0;
  private longestOwnGapMs = 0;
  private closed = false;

  constructor(
    context: SubscriptionContext,
    {
      retryMs,
      clients,
      figures,
    }: {
      retryMs: number;
      clients: readonly Subscription[];
      figures: Measured<typeof RETURN_FIGURES>;
    },
  ) {
    this.retryMs = retryMs;
    this.clients = clients;
    this.figures = figures;
    this.context = {
      ...context,
      observer: {
        ...DEAF_OBSERVER,
        onEvent: (client, event) => this.witnessed(client, event),
        onLost: (client) => client.stop('rst'),
      },
    };
  }

  /** An event that was published came to a client of the plan. */
  heard(client: Subscription, event: StreamEvent): void {
    const { nowMs } = client.context;
    // A slow client reads what was sent long ago: the feed may stand still meanwhile.
    if (client.behaviour.kind === 'slow') return;
    if (this.lastMs >= 0) this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.lastMs);
    this.lastMs = nowMs;
    if (client.publishedMs >= client.openedMs)
      this.longestOwnGapMs = Math.max(this.longestOwnGapMs, nowMs - client.publishedMs);
    client.publishedMs = nowMs;
    if (client.unheardFromMs >= 0) this.hearsAgain(client, nowMs);
    if (!client.resumed) this.note(client, event, nowMs);
  }

  /** About once a second. */
  look(): void {
    if (this.closed) return;
    const nowMs = this.context.clock.nowMs();
    const boundMs = Math.max(LEAST_SILENCE_MS, SILENCES * this.longestGapMs, OWN_SILENCES * this.longestOwnGapMs);
    let waiting = 0;
    for (const client of this.clients) {
      if (!isUnheard(client) || nowMs - client.openedMs < boundMs) continue;
      const since = this.fresh.filter(({ ms }) => ms > client.openedMs + RACE_MS);
      const last = since.at(-1);
      if (since.length >= LEAST_EVENTS && last !== undefined) this.blame(client, last);
      else waiting += 1;
    }
    if (waiting > 0 && this.lastMs >= 0) this.askWitness(nowMs);
    else this.leave();
  }

  /** The load is over. */
  close(): void {
    this.closed = true;
    const nowMs = this.context.clock.nowMs();
    for (const client of this.clients) if (client.unheardFromMs >= 0) this.hearsAgain(client, nowMs);
    this.leave();
  }

  private leave(): void {
    this.witness?.stop('fin');
    this.witness = null;
  }

  private blame(client: Subscription, { id }: Fresh): void {
    const { counts, unheardIds } = this.figures;
    const { lastEventId } = client.parser;
    client.unheardFromMs = client.openedMs;
    counts.returnsUnheard += 1;
    if (isBelow(id, lastEventId)) counts.idsBegunAnew += 1;
    if (unheardIds.size === 0) unheardIds.set(`${shown(lastEventId)} ${shown(id ?? '')}`, 1);
  }

  private hearsAgain(client: Subscription, nowMs: number): void {
    this.figures.times.unheard.record(nowMs - client.unheardFromMs);
    client.unheardFromMs = -1;
  }

  private askWitness(nowMs: number): void {
    if (this.witness !== null || this.witnesses >= MOST_WITNESSES) return;
    this.witnesses += 1;
    this.context.nowMs = nowMs;
    this.witness = new Subscription(0, behaviours.healthy, this.context, { retryMs: this.retryMs });
    this.witness.connect();
  }

  private witnessed(client: Subscription, event: StreamEvent): void {
    if (isNotice(event.type) || isHeartbeat(event.type)) return;
    this.note(client, event, client.context.nowMs);
  }

  /** What a newcomer is sent at once greets it, or is history. */
  private note(client: Subscription, { id }: StreamEvent, ms: number): void {
    const { fresh } = this;
    if (ms - client.openedMs < GREETING_MS || fresh.at(-1)?.ms === ms) return;
    fresh.push({ ms, id });
    if (fresh.length > MOST_KEPT) fresh.shift();
  }
}

/** It came back with an id, and has been sent no event since. */
function isUnheard({ behaviour, state, resumed, publishedMs, openedMs, unheardFromMs }: Subscription): boolean {
  return (
    behaviour.reads &&
    behaviour.kind !== 'slow' &&
    state === 'open' &&
    resumed &&
    publishedMs < openedMs &&
    unheardFromMs < 0
  );
}

/** Both are numbers behind the same words, and the feed stands before the one that the client returned with. */
function isBelow(freshId: string | null, returnedId: string): boolean {
  const [, words, fresh] = NUMBERED.exec(freshId ?? '') ?? [];
  const [, returnedWords, returned] = NUMBERED.exec(returnedId) ?? [];
  return fresh !== undefined && returned !== undefined && words === returnedWords && Number(fresh) < Number(returned);
}

function shown(id: string): string {
  return printable(id, SAMPLE_BYTES).replaceAll(' ', '_');
}
