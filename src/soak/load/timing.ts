/**
 * What the recorder notes of when things happen to healthy clients: events that come in bunches, streams that end at
 * one age, clients that come back all at once, and how they fare while others stall.
 */
import { CAUSES, type Cause } from '../../core/causes.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import { layersNamed } from '../../findings/limit-directives.ts';
import { Bunching } from '../../measure/bunching.ts';
import { HeldArrivals } from '../../measure/held-arrivals.ts';
import { NextWrite } from '../../measure/next-write.ts';
import { ReconnectBurst } from '../../measure/reconnect-burst.ts';
import { StallPhases } from '../../measure/stall-phases.ts';
import { StreamEnds } from '../../measure/stream-ends.ts';
import type { Summary } from '../../record/summary.ts';
import type { ResponseHead } from '../../wire/transport.ts';

/** The first clients of the plan show whether a flush is missing: it is so for all, and costs each event of theirs. */
const NEXT_WRITE_CLIENTS = 200;
/** Ends that somebody else decided on; the others are limits of ours. */
const CUTS = new Set<Cause>(['reset', 'eof-clean', 'eof-truncated', 'http-protocol']);

export class Timing {
  private readonly bunching: Bunching;
  private readonly nextWrite: NextWrite;
  private readonly summary: Summary;
  private readonly ends: StreamEnds;
  private readonly returns: ReconnectBurst;
  private readonly phases: StallPhases;
  private readonly held: HeldArrivals;

  /** @param processes that the clients are spread over */
  constructor(summary: Summary, processes: number) {
    this.summary = summary;
    this.bunching = new Bunching(summary.times);
    this.nextWrite = new NextWrite(summary);
    this.ends = new StreamEnds(summary);
    this.returns = new ReconnectBurst(processes, () => summary.kind('healthy').planned);
    this.held = new HeldArrivals(summary);
    this.phases = new StallPhases(summary, () => this.bunching.bunched);
  }

  connected(client: Subscription): void {
    if (client.behaviour.kind === 'healthy' && client.opened > 0) this.returns.returned(client.context.nowMs);
  }

  opened(client: Subscription, head: ResponseHead): void {
    this.bunching.begin(client, client.opened > 1);
    this.ends.opened(layersNamed(head.headers));
    this.held.begin(client);
  }

  /** An event or a comment has come. @returns when the one before it came on this stream */
  item(client: Subscription): number {
    if (client.index >= NEXT_WRITE_CLIENTS) return Number.NEGATIVE_INFINITY;
    const { lastItemMs } = client;
    client.lastItemMs = client.context.nowMs;
    return lastItemMs;
  }

  beat(client: Subscription): void {
    if (client.index < NEXT_WRITE_CLIENTS) this.nextWrite.beat(client, client.context.nowMs);
  }

  /** An event of a healthy client, due while its stream was open. @param beforeMs what `item` has returned for it */
  heard(client: Subscription, { scheduledMs, sentMs, coarse, timeFound }: StreamEvent, beforeMs: number): void {
    const { nowMs, wallOffsetMs } = client.context;
    if (beforeMs !== Number.NEGATIVE_INFINITY) {
      const writtenMs = (Number.isNaN(sentMs) ? scheduledMs : sentMs) - wallOffsetMs;
      this.nextWrite.heard(client, nowMs, beforeMs, { writtenMs, coarse, guessed: timeFound });
    }
    this.held.heard(client, nowMs);
    // A guess accuses nobody of bunches.
    if (timeFound) return;
    const dueMs = Number.isNaN(scheduledMs) ? sentMs : scheduledMs;
    if (!Number.isNaN(dueMs)) this.bunching.heard(client, nowMs, dueMs, sentMs);
  }

  left(client: Subscription): void {
    const { kind, reads } = client.behaviour;
    // What a slow client is silent for is its own doing.
    if (reads && kind !== 'slow') this.ends.survived(client, client.context.nowMs);
    if (kind === 'healthy') this.ends.left(client, client.context.nowMs);
  }

  /** An open stream ended, and not by our doing or the plan's. */
  lost(client: Subscription, cause: Cause): void {
    if (client.behaviour.kind !== 'healthy' || !CUTS.has(cause)) return;
    const {
      openedMs,
      retryMs,
      context: { nowMs },
    } = client;
    this.ends.died(client, nowMs);
    if (CAUSES[cause].retries) this.returns.lost(nowMs, nowMs - openedMs, retryMs);
  }

  /**
   * Several times a second.
   *
   * @param vanished whether those that vanish have done so
   * @param inIncident whether something that the plan asked for is going on
   */
  look(clients: readonly Subscription[], nowMs: number, vanished: boolean, inIncident: boolean): void {
    const stalling = clients.some(
      ({ state, behaviour: { kind } }) => state === 'open' && (kind === 'stalled' || (kind === 'vanished' && vanished)),
    );
    this.phases.look(stalling);
    this.held.look(stalling, healthyOf(clients), nowMs);
    if (inIncident) this.held.interrupt(healthyOf(clients));
  }

  /** The accounts are closed. */
  close(clients: readonly Subscription[], nowMs: number): void {
    for (const client of clients) this.bunching.end(client);
    this.ends.settle();
    this.phases.settle();
    const healthy = healthyOf(clients);
    this.held.close(
      healthy,
      healthy.filter(({ state, completed }) => state === 'open' && !completed),
      nowMs,
    );
    this.returns.settle();
  }

  /** What is counted here, into the summary. */
  snapshot(): void {
    this.bunching.enterInto(this.summary);
    this.returns.enterInto(this.summary);
  }
}

function healthyOf(clients: readonly Subscription[]): Subscription[] {
  return clients.filter(({ behaviour }) => behaviour.kind === 'healthy');
}
