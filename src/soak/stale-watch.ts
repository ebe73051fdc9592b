/**
 * Are clients that accept nothing any more thrown out, and when?
 *
 * A stalled client hears neither FIN nor RST, so it cannot tell by itself. On this machine the kernel's table
 * tells: its own row is gone after a reset, and the server's row shows from when on bytes lay unacknowledged:
 * that is when the server could know, and when the clock of `--evict-within` starts. Elsewhere the clock starts
 * when more was sent to a client than kernels swallow, counted by what a healthy client received meanwhile; at
 * its deadline the client reads again and sees whether its stream ends. Before the clock starts there is
 * nothing to judge, and the run says so.
 *
 * A vanished client is judged by the same clock, which starts with the first bytes that nobody acknowledges. Its
 * own row never changes, since nothing reaches it: only the server's tells, so without a table it is not judged.
 */
import type { Subscription } from '../client/subscription.ts';
import { endpointKey, readTcpTable, TCP_STATE, type EndpointKey } from '../core/proc-net-tcp.ts';
import type { Summary } from '../measure/summary.ts';

/** What kernels on both sides take for a client that never reads (measured: 4.0 MB on Linux loopback). */
export const KERNELS_SWALLOW_BYTES: number = 5 * 1024 * 1024;
/** What a stalled client may still read after its head: one buffer of its own size. Beyond that its queue only grows. */
const LATE_READ_BYTES = 2048;
/** How long a client that reads again may take to drain what the kernels hold, and meet the end. */
const DRAIN_MS = 5000;

interface Watched {
  client: Subscription;
  key: EndpointKey;
  /** What a healthy client had received when this one opened. */
  baseBytes: number;
  /** Since when the server could know; -1 before. */
  knowableMs: number;
  /** First pass in which its end was seen; a row may be missed once. */
  goneMs: number;
  swallowedBytes: number;
  /** `left`: it heard of its own end, so it had not vanished yet, and nobody can say what would have been. */
  verdict: 'watched' | 'evicted' | 'missed' | 'reading' | 'left';
  // Written by the pass over the table.
  clientState: number;
  serverState: number;
  rxQueueBytes: number;
  txQueueBytes: number;
  /** The most that was seen. */
  mostRxBytes: number;
  /** Nothing was outstanding in the last look. */
  calm: boolean;
}

export interface StaleWatchOptions {
  serverPort: number;
  /** The kernel's table shows both ends. */
  local: boolean;
  /** How long the server may take, from when it could know; read each time, since `connected` may tell. */
  allowedMs: () => number;
  /** A server that died took its connections with it: that is no eviction. */
  alive: () => boolean;
  /** What one healthy client has received so far. */
  bytesHeard: () => number;
  nowMs: () => number;
  summary: Summary;
}

export class StaleWatch {
  private readonly options: StaleWatchOptions;
  private readonly watched = new Map<Subscription, Watched>();
  private readonly byKey = new Map<EndpointKey, Watched>();
  private busy = false;

  constructor(options: StaleWatchOptions) {
    this.options = options;
  }

  /** Bytes that the kernels took for each client before the server could know, the largest. */
  get swallowedBytes(): number {
    return Math.max(0, ...[...this.watched.values()].map((one) => one.swallowedBytes));
  }

  /** One look at all stalled and vanished clients; several times a second. Skipped while the last one still runs. */
  async look(clients: readonly Subscription[]): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      this.enrol(clients);
      if (this.watched.size === 0) return;
      const beganMs = this.options.nowMs();
      if (this.options.local) await this.readTable();
      if (!this.options.alive()) return;
      const nowMs = this.options.nowMs();
      for (const one of this.watched.values()) {
        if (this.options.local) this.judgeByTable(one, beganMs, nowMs);
        else if (!vanishes(one.client)) this.judgeByReading(one, nowMs);
      }
    } finally {
      this.busy = false;
    }
  }

  /** The run is over: whoever could not be judged is counted as such, and what still reaches a vanished one is not heard. */
  close(): void {
    const { counts } = this.options.summary;
    for (const one of this.watched.values()) {
      if (one.verdict !== 'evicted' && one.verdict !== 'missed') counts.evictionsUnknown += 1;
      if (vanishes(one.client)) one.client.armed = true;
    }
    counts.evictionsExpected = counts.evictionsSeen + counts.evictionsMissed;
  }

  /** The server was restarted on purpose: its connections went with it, and nobody was evicted. */
  forgetAll(): void {
    this.byKey.clear();
    for (const one of this.watched.values()) {
      if (one.verdict === 'watched' || one.verdict === 'reading') one.verdict = 'left';
    }
  }

  private enrol(clients: readonly Subscription[]): void {
    for (const client of clients) {
      const { connection } = client;
      if (client.behaviour.kind !== 'stalled' && !vanishes(client)) continue;
      if (client.state !== 'open' || this.watched.has(client)) continue;
      if (connection === null || connection.localPort === 0) continue;
      const key = endpointKey(connection.localAddress, connection.localPort);
      const one: Watched = {
        client, key, baseBytes: this.options.bytesHeard(), knowableMs: -1, goneMs: -1, swallowedBytes: 0,
        // Where a redirect has led it, another server holds its stream: this one's rows say nothing of it.
        verdict: client.hop === null ? 'watched' : 'left', clientState: 0, serverState: 0, rxQueueBytes: 0, txQueueBytes: 0, mostRxBytes: 0, calm: true,
      };
      this.watched.set(client, one);
      this.byKey.set(key, one);
    }
  }

  private async readTable(): Promise<void> {
    const { serverPort } = this.options;
    for (const one of this.watched.values()) {
      one.clientState = 0;
      one.serverState = 0;
      one.txQueueBytes = 0;
    }
    await readTcpTable((row) => {
      const isClient = row.remotePort === serverPort;
      const one = this.byKey.get(isClient ? row.localKey() : row.remoteKey());
      if (one === undefined) return;
      if (isClient) {
        one.clientState = row.state;
        one.rxQueueBytes = row.rxQueueBytes;
      } else {
        one.serverState = row.state;
        one.txQueueBytes = row.txQueueBytes;
      }
    }, { port: serverPort });
  }

  /**
   * A pass over the table of a large run takes its time, seconds on a busy machine, and its rows are of any moment
   * between `beganMs` and `nowMs`: each figure takes the one that speaks for the server.
   */
  private judgeByTable(one: Watched, beganMs: number, nowMs: number): void {
    if (one.verdict === 'evicted' || one.verdict === 'left') return;
    const hasVanished = vanishes(one.client);
    if (hasVanished && one.client.state !== 'open') {
      one.verdict = 'left';
      this.forget(one);
      return;
    }
    if (!hasVanished && portWasTaken(one)) {
      this.evicted(one, one.goneMs < 0 ? beganMs : one.goneMs);
      return;
    }
    const there = one.serverState === TCP_STATE.established
      && (one.clientState === TCP_STATE.established || hasVanished);
    if (!there) {
      if (one.goneMs < 0) one.goneMs = beganMs;
      else this.evicted(one, one.goneMs);
      return;
    }
    one.goneMs = -1;
    const hasMoved = hasVanished || one.rxQueueBytes > one.mostRxBytes;
    one.mostRxBytes = Math.max(one.mostRxBytes, one.rxQueueBytes);
    if (one.txQueueBytes === 0) {
      // It was only on its way: nothing is known yet. What has not arrived anywhere is looked for once more: this
      // may be our row from before a reset, and the server's row of another client that has our port by now.
      if (hasMoved || one.calm) {
        one.knowableMs = -1;
        one.swallowedBytes = 0;
      }
      one.calm = true;
      return;
    }
    one.calm = false;
    if (one.knowableMs < 0) {
      one.knowableMs = nowMs;
      one.swallowedBytes = one.rxQueueBytes;
    } else if (one.verdict === 'watched' && beganMs - one.knowableMs > this.options.allowedMs()) {
      this.missed(one);
    }
  }

  private judgeByReading(one: Watched, nowMs: number): void {
    if (one.verdict === 'evicted' || one.verdict === 'missed' || one.verdict === 'left') return;
    if (one.verdict === 'reading') {
      if (one.client.state === 'closed') this.evicted(one, -1);
      else if (nowMs - one.knowableMs > this.options.allowedMs() + DRAIN_MS) this.missed(one);
      return;
    }
    if (one.knowableMs < 0) {
      if (this.options.bytesHeard() - one.baseBytes < KERNELS_SWALLOW_BYTES) return;
      one.knowableMs = nowMs;
      one.swallowedBytes = KERNELS_SWALLOW_BYTES;
    } else if (nowMs - one.knowableMs > this.options.allowedMs()) {
      one.verdict = 'reading';
      one.client.armed = true;
      one.client.connection?.resume();
    }
  }

  private evicted(one: Watched, atMs: number): void {
    const { counts, times } = this.options.summary;
    // Thrown out too late stays missed; its time is known all the same.
    if (one.verdict !== 'missed') counts.evictionsSeen += 1;
    one.verdict = 'evicted';
    if (one.knowableMs >= 0 && atMs >= 0) times.evictionTime.record(Math.max(atMs - one.knowableMs, 0));
    this.forget(one);
    one.client.lastCause = 'reset';
    one.client.stop('rst');
  }

  /** Its rows are no longer looked for; the port may be another's by now. */
  private forget(one: Watched): void {
    if (this.byKey.get(one.key) === one) this.byKey.delete(one.key);
  }

  private missed(one: Watched): void {
    one.verdict = 'missed';
    this.options.summary.counts.evictionsMissed += 1;
  }
}

/**
 * The kernel closes the socket of a client that was reset, whether or not we have heard of it, and gives its port
 * to the next one: seen in every run of 18,000 clients, which use two thirds of all ports. Then the row of this
 * port shows less unread than there was.
 */
function portWasTaken(one: Watched): boolean {
  return one.rxQueueBytes + LATE_READ_BYTES < one.mostRxBytes;
}

function vanishes(client: Subscription): boolean {
  return client.behaviour.kind === 'vanished';
}
