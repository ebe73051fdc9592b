/**
 * A map of clients that nobody is ever taken out of, since the end was listened for in the wrong place:
 * `req.on('close')` that does not fire, abort signals of a framework (cluesmith/codev#580: 2,932 came, 462
 * left the map; dust-tt/dust#24357: 24,000 of them and out of memory).
 *
 * The streams themselves end as they should; what stays is the entry.
 */
import type { ServerResponse } from 'node:http';
import type { ClientDescription, HubStats } from '../../hub/stats.ts';
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

class LeakClients extends WrappedServer {
  readonly #connectedMs: number[] = [];

  protected override streamOpened(_res: ServerResponse): void {
    this.#connectedMs.push(performance.now());
  }

  /** What the map says, which is how the leak is seen. */
  override stats(): HubStats {
    const stats = super.stats();
    const connected = this.#connectedMs.length;
    return {
      ...stats,
      clients: { ...stats.clients, connected, accepting: connected - stats.clients.blocked, peak: connected },
    };
  }

  override describeClients(limit: number): ClientDescription[] {
    const nowMs = performance.now();
    return this.#connectedMs.slice(0, limit).map((sinceMs, index) => ({
      id: String(index),
      ageMs: nowMs - sinceMs,
      queuedBytes: 0,
      unacknowledgedBytes: null,
      blocked: false,
      noProgressMs: 0,
      lastAcceptedAgoMs: 0,
      writtenBytes: 0,
      userAgent: '',
    }));
  }
}

export const leakClients: WrappingFault = {
  summary: 'clients that disconnect stay in the map of clients',
  wrap: (inner) => new LeakClients(inner),
};
