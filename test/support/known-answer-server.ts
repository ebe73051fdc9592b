/**
 * A server whose every fault is known: it says afterwards what it has done to whom, and when it wrote each event.
 *
 * Streams are numbered as they come. Events have one sequence for all, but each client has its own place in the
 * period, so that one write does not wait for fifty others. An event says when it was due; it is written `delayMs`
 * later, and how much later it really was is in the log: that is what a client has to measure, give or take the way to
 * it.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PERIOD_MS = 250;
/** One event in so many is slow, for each client. */
const SLOW_EVERY = 50;
const DELAY_MS = { usual: 20, slow: 200 } as const;

/** By the number of the stream: which of its events, counted from 1, never come. */
export const DROPS: ReadonlyMap<number, readonly number[]> = new Map(
  [10, 20, 30].map((stream) => [stream, [3, 4, 5, 6, 7, 8, 9]]),
);
/** Which come twice. */
export const DOUBLES: ReadonlyMap<number, number> = new Map([
  [15, 4],
  [25, 6],
]);

export class KnownAnswerServer {
  /** Written events: how much later than due. */
  lateMs: number[] = [];
  dropped = 0;
  doubled = 0;
  private readonly server: Server;
  private readonly startMs = now();
  private readonly timers = new Set<NodeJS.Timeout>();
  private streams = 0;

  private constructor() {
    this.server = createServer((_request, response) => this.accept(response));
  }

  static async start(): Promise<KnownAnswerServer> {
    const one = new KnownAnswerServer();
    await new Promise<void>((resolve) => {
      one.server.listen(0, '127.0.0.1', resolve);
    });
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private accept(response: ServerResponse): void {
    const stream = ++this.streams;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    response.socket?.setNoDelay(true);
    const place = ((stream % 50) * PERIOD_MS) / 50;
    // The first is due when the client has surely its head.
    const first = Math.ceil((now() + PERIOD_MS - this.startMs - place) / PERIOD_MS);
    this.plan(response, stream, { nth: 1, seq: first, place });
  }

  /** One event after the other: due at its place in the period, written when its delay is over. */
  private plan(
    response: ServerResponse,
    stream: number,
    { nth, seq, place }: { nth: number; seq: number; place: number },
  ): void {
    const dueMs = this.startMs + seq * PERIOD_MS + place;
    const delayMs = (nth + stream) % SLOW_EVERY === 0 ? DELAY_MS.slow : DELAY_MS.usual;
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        if (response.destroyed) return;
        this.send(response, stream, { nth, seq, dueMs });
        this.plan(response, stream, { nth: nth + 1, seq: seq + 1, place });
      },
      Math.max(0, dueMs + delayMs - now()),
    );
    this.timers.add(timer);
  }

  private send(
    response: ServerResponse,
    stream: number,
    { nth, seq, dueMs }: { nth: number; seq: number; dueMs: number },
  ): void {
    if (DROPS.get(stream)?.includes(nth) === true) {
      this.dropped += 1;
      return;
    }
    for (let times = DOUBLES.get(stream) === nth ? 2 : 1; times > 0; times--) {
      const sentMs = now();
      response.write(`id: ${seq}\ndata: {"seq":${seq},"scheduled":${dueMs},"sent":${sentMs}}\n\n`);
      this.lateMs.push(sentMs - dueMs);
      if (times === 2) this.doubled += 1;
    }
  }
}

/** Unix milliseconds with a fraction, as steady as the monotonic clock. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Percentile of a list of times: the value at or below which so much of it lies. */
export function percentileOf(times: readonly number[], percentile: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percentile) / 100) - 1)] ?? Number.NaN;
}
