/**
 * What the recorder notes of when things happen to healthy clients: events that come in bunches, streams that end at
 * one age, clients that come back all at once, and how they fare while others stall.
 */
import { CAUSES, type Cause } from '../../core/causes.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import { layersNamed } from '../../findings/limit-directives.ts';
import { Bunching } from '../../measure/bunching.ts';
import { ReconnectBurst } from '../../measure/reconnect-burst.ts';
import { StallPhases } from '../../measure/stall-phases.ts';
import { StreamEnds } from '../../measure/stream-ends.ts';
import type { Summary } from '../../record/summary.ts';
import type { ResponseHead } from '../../wire/transport.ts';

/** Ends that somebody else decided on; the others are limits of ours. */
const CUTS = new Set<Cause>(['reset', 'eof-clean', 'eof-truncated', 'http-protocol']);

export class Timing {
  private readonly bunching = new Bunching();
  private readonly summary: Summary;
  private readonly ends: StreamEnds;
  private readonly returns: ReconnectBurst;
  private readonly phases: StallPhases;

  /** @param processes that the clients are spread over */
  constructor(summary: Summary, processes: number) {
    this.summary = summary;
    this.ends = new StreamEnds(summary);
    this.returns = new ReconnectBurst(processes, () => summary.kind('healthy').planned);
    this.phases = new StallPhases(summary, () => this.bunching.bunched);
  }

  connected(client: Subscription): void {
    if (client.behaviour.kind === 'healthy' && client.opened > 0) this.returns.returned(client.context.nowMs);
  }

  opened(client: Subscription, head: ResponseHead): void {
    this.bunching.begin(client, client.opened > 1);
    this.ends.opened(layersNamed(head.headers));
  }

  /** An event of a healthy client, due while its stream was open. */
  heard(client: Subscription, { scheduledMs, sentMs }: StreamEvent): void {
    const dueMs = Number.isNaN(scheduledMs) ? sentMs : scheduledMs;
    if (!Number.isNaN(dueMs)) this.bunching.heard(client, client.context.nowMs, dueMs);
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

  /** Several times a second. @param vanished whether those that vanish have done so */
  look(clients: readonly Subscription[], vanished: boolean): void {
    this.phases.look(
      clients.some(
        ({ state, behaviour: { kind } }) =>
          state === 'open' && (kind === 'stalled' || (kind === 'vanished' && vanished)),
      ),
    );
  }

  /** The accounts are closed. */
  close(): void {
    this.ends.settle();
    this.phases.settle();
    this.returns.settle();
  }

  /** What is counted here, into the summary. */
  snapshot(): void {
    this.bunching.enterInto(this.summary);
    this.returns.enterInto(this.summary);
  }
}
