/**
 * Lets the clients of one load process come, in the order of the plan and at the pacer's pace. Those that stall are
 * passed over and come when the others have been watched for a while without them.
 */
import type { Subscription } from '../../client/subscription.ts';
import { arrivalsBy, shareOf, type Slice, stallersBy } from './pacer.ts';

/** Connections begun in one tick at most: a burst longer than this would stop the loop that reads. */
export const MAX_CONNECTS_PER_TICK = 250;

export interface ArrivalPlan {
  /** How many there are in all processes together. */
  clients: number;
  slice: Slice;
  rampMs: number;
  /** From the end of the ramp. */
  durationMs: number;
}

export class Arrivals {
  private readonly plan: ArrivalPlan;
  /** The clients of this process, in the order in which they come. */
  private readonly clients: readonly Subscription[];
  private readonly stallers: Subscription[] = [];
  private passed = 0;
  private stalled = 0;

  constructor(clients: readonly Subscription[], plan: ArrivalPlan) {
    this.clients = clients;
    this.plan = plan;
  }

  /** Only clients that stall are still to come, if any, and they are in no hurry. */
  get rushIsOver(): boolean {
    return this.passed >= this.clients.length;
  }

  /** Connects all clients that are due by now. */
  advance(elapsedMs: number): void {
    const { clients, slice, rampMs, durationMs } = this.plan;
    const due = Math.min(shareOf(slice, arrivalsBy(elapsedMs, clients, rampMs)), this.passed + MAX_CONNECTS_PER_TICK);
    while (this.passed < due) {
      const client = this.clients[this.passed++] as Subscription;
      if (client.behaviour.kind === 'stalled') this.stallers.push(client);
      else client.connect();
    }
    const stallersDue = Math.min(
      stallersBy(elapsedMs, this.stallers.length, rampMs, durationMs),
      this.stalled + MAX_CONNECTS_PER_TICK,
    );
    while (this.stalled < stallersDue) this.stallers[this.stalled++]?.connect();
  }
}
