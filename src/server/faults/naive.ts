/**
 * The array of bare responses, as it stands in a hundred tutorials and too many products: every client is
 * pushed onto an array and nobody ever leaves it. No heartbeat, no eviction, what `write()` returns is
 * thrown away, `Last-Event-ID` is not looked at, and a new client is told nothing.
 *
 * It lives on after its clients have gone (writing to a dead response is a quiet no-op in Node), which is
 * why it passes every demo and why a load test must be able to see it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StreamServer } from '../http.ts';
import type { ClientDescription, ClientOrder, ComponentState, HubStats } from '../../hub/stats.ts';
import type { ReplacingFault } from './fault.ts';

class NaiveStreams implements StreamServer {
  nextSeq = 1;
  readonly #responses: ServerResponse[] = [];
  readonly #startedMs: number[] = [];

  handle(_req: IncomingMessage, res: ServerResponse): void {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
    res.flushHeaders();
    res.socket?.setTimeout(0);
    res.on('error', () => {});
    this.#responses.push(res);
    this.#startedMs.push(performance.now());
  }

  publish(event: { event?: string; data: string }): string {
    const id = String(this.nextSeq++);
    for (const res of this.#responses) {
      res.write(`id: ${id}\nevent: ${event.event ?? 'message'}\ndata: ${event.data}\n\n`);
    }
    return id;
  }

  /** Clients have no ids in this server, so the set stays empty. */
  readonly clients: ReadonlySet<string> = new Set();

  send(): boolean {
    return false;
  }

  /** Removes no client: none ever leaves the array. */
  remove(): boolean {
    return false;
  }

  /** The true figures, so that `/stats` shows the leak. */
  stats(): HubStats {
    const count = this.#responses.length;
    const queuedBytes = this.#responses.reduce((sum, res) => sum + res.writableLength, 0);
    const blocked = this.#responses.filter((res) => res.writableNeedDrain).length;
    return {
      clients: { connected: count, accepting: count - blocked, blocked, total: count, peak: count, refused: 0 },
      evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
      expired: 0,
      queuedBytes,
      events: { published: this.nextSeq - 1, delivered: (this.nextSeq - 1) * count, dropped: 0, replayed: 0 },
    };
  }

  /** The naive server has none of these components. */
  ready(): Record<'heartbeat' | 'eviction' | 'replay', ComponentState> {
    const none: ComponentState = { ready: true, detail: 'this server has none', off: true };
    return { heartbeat: none, eviction: none, replay: none };
  }

  describeClients(limit: number, order?: ClientOrder): ClientDescription[] {
    const nowMs = performance.now();
    const entries = this.#responses.map((res, index) => ({ res, index }));
    if (order === 'worst') entries.sort((a, b) => b.res.writableLength - a.res.writableLength);
    return entries.slice(0, limit).map(({ res, index }) => {
      const ageMs = nowMs - (this.#startedMs[index] ?? nowMs);
      return {
        id: String(index),
        ageMs,
        queuedBytes: res.writableLength,
        unacknowledgedBytes: null,
        blocked: res.writableNeedDrain,
        noProgressMs: 0,
        lastAcceptedAgoMs: 0,
        writtenBytes: res.socket?.bytesWritten ?? 0,
        userAgent: '',
      };
    });
  }

  close(): Promise<void> {
    for (const res of this.#responses) res.destroy();
    return Promise.resolve();
  }
}

export const naive: ReplacingFault = {
  summary: 'an array of responses without heartbeat, eviction or clean-up',
  create: () => new NaiveStreams(),
};
