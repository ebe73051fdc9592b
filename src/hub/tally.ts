/** How many clients came, went and were turned away since the hub began. */
import type { DisconnectReason } from './hub-client.ts';
import { EVICTION_REASONS, type EvictionReason } from './stats.ts';

export class ClientTally {
  total = 0;
  peak = 0;
  refused = 0;
  /** Streams that ended at the maximal age. */
  expired = 0;
  readonly evicted: Record<EvictionReason, number> = { stalled: 0, unacknowledged: 0, overflow: 0 };

  /** @param connected with this one */
  came(connected: number): void {
    this.total++;
    this.peak = Math.max(this.peak, connected);
  }

  went(reason: DisconnectReason): void {
    const eviction = EVICTION_REASONS.find((known) => known === reason);
    if (eviction !== undefined) this.evicted[eviction]++;
    else if (reason === 'max-age') this.expired++;
  }
}
