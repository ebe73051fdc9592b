/**
 * Are clients that accept nothing any more thrown out, and when?
 *
 * A stalled client hears neither FIN nor RST, so it cannot tell by itself. On this machine the kernel's table
 * tells: its own row is gone after a reset, and the server's row shows from when on bytes lay unacknowledged: then
 * a server could know that reads the table too, and for one that promised an eviction the clock of `--evict-within`
 * starts. All others know only from their writes: a deadline for each write, as servers in Go set it, comes into play
 * when the kernels on both sides are full. So for them the clock starts when the server's row stays as it is while
 * others receive more, or when more was sent than kernels swallow. Elsewhere, and over HTTP/2, where a row belongs to
 * many streams, only the latter tells, counted by what a healthy client received meanwhile; at its deadline the client
 * reads again and sees whether its stream ends. Before that there is nothing to judge, and the run says so.
 *
 * A vanished client is judged by the same clock, which starts with the first bytes that nobody acknowledges. Its
 * own row never changes, since nothing reaches it: only the server's tells, so without a table it is not judged.
 */
import type { Subscription } from '../../client/subscription.ts';
import type { EndpointKey } from '../../machine/endpoint-key.ts';
import { KERNELS_SWALLOW_BYTES } from '../../findings/bounds.ts';
import { TCP_STATE } from '../../machine/proc-net-tcp.ts';
import type { Measured } from '../../measure/figures.ts';
import type { STALE_FIGURES } from '../../record/load-figures.ts';
import { type ConnectionRows, machineMs, type SeenEnds } from './connection-table.ts';
import { goesStale, isAnothers, type StaleClient, staleClient, vanishes } from './stale-client.ts';

/**
 * The server's kernel is full when it holds at least this much (the default of `tcp_wmem`) and takes no more while a
 * healthy client receives that much again and again.
 */
const LEAST_FULL_BYTES = 16 * 1024;
const UNTAKEN_BYTES = 64 * 1024;
/** How long a client that reads again may take to drain what the kernels hold, and meet the end. */
const DRAIN_MS = 5000;

export interface StaleWatchOptions {
  serverPort: number;
  /** Where the kernel's table shows both ends; null where it does not. */
  table: ConnectionRows | null;
  /** How long the server may take, from when it could know; read each time, since `connected` may tell. */
  allowedMs: () => number;
  /** Whether the server promised to remove such clients: then it is to look where its writes do not tell. */
  promised: () => boolean;
  /** A server that died took its connections with it: that is no eviction. */
  alive: () => boolean;
  /** What one healthy client has received so far. */
  bytesHeard: () => number;
  nowMs: () => number;
  summary: Measured<typeof STALE_FIGURES>;
}

export class StaleWatch {
  private readonly options: StaleWatchOptions;
  private readonly watched = new Map<Subscription, StaleClient>();
  private readonly byKey = new Map<EndpointKey, StaleClient>();
  private looking: Promise<void> | null = null;

  constructor(options: StaleWatchOptions) {
    this.options = options;
  }

  /** Bytes that the kernels took for each client before the server could know, the largest. */
  get swallowedBytes(): number {
    return Math.max(0, ...[...this.watched.values()].map((one) => one.swallowedBytes));
  }

  /** One look at all stalled and vanished clients, or the one that still waits for its turn at the table. */
  look(clients: readonly Subscription[]): Promise<void> {
    return (this.looking ??= this.lookOnce(clients).finally(() => {
      this.looking = null;
    }));
  }

  /**
   * The last look: a client that could not be judged is counted as such, also without ever having had a stream, and
   * what still reaches a vanished one is not heard.
   */
  async close(clients: readonly Subscription[]): Promise<void> {
    this.options.table?.hurry();
    await this.looking;
    await this.look(clients);
    // A row may be missed once: who seems to be gone is looked for again.
    if ([...this.watched.values()].some(({ verdict, goneMs }) => verdict === 'watched' && goneMs >= 0))
      await this.look(clients);
    const { counts } = this.options.summary;
    counts.evictionsExpected = counts.evictionsSeen + counts.evictionsMissed;
    counts.evictionsUnknown = clients.filter(goesStale).length - counts.evictionsExpected;
    for (const { verdict, isOverdue } of this.watched.values()) {
      if (verdict === 'watched' && isOverdue) counts.evictionsOverdue += 1;
    }
    for (const { client } of this.watched.values()) {
      if (vanishes(client)) client.armed = true;
    }
  }

  /** The server was restarted on purpose: its connections went with it, and nobody was evicted. */
  forgetAll(): void {
    this.byKey.clear();
    for (const one of this.watched.values()) {
      if (one.verdict === 'watched' || one.verdict === 'reading') one.verdict = 'left';
    }
  }

  private async lookOnce(clients: readonly Subscription[]): Promise<void> {
    this.enrol(clients);
    if (this.watched.size === 0) return;
    const { table, nowMs, alive } = this.options;
    if (table === null) {
      if (!alive()) return;
      for (const one of this.watched.values()) if (!vanishes(one.client)) this.judgeByReading(one, nowMs());
      return;
    }
    const seen = await table.read({ port: this.options.serverPort, keys: [...this.byKey.keys()] });
    if (seen === null || !alive()) return;
    this.take(seen);
    const offsetMs = nowMs() - machineMs();
    for (const one of this.watched.values()) this.judgeByTable(one, seen.beganMs + offsetMs, seen.endedMs + offsetMs);
  }

  private enrol(clients: readonly Subscription[]): void {
    for (const client of clients) {
      if (!goesStale(client) || client.state !== 'open' || this.watched.has(client)) continue;
      const one = staleClient(client, this.options.table !== null, this.options.bytesHeard());
      this.watched.set(client, one);
      if (one.key !== null) this.byKey.set(one.key, one);
    }
  }

  private take({ ends }: SeenEnds): void {
    for (const { clientEnd, serverEnd } of this.watched.values()) {
      clientEnd.state = serverEnd.state = clientEnd.inode = serverEnd.inode = serverEnd.queueBytes = 0;
    }
    for (const { key, isClient, state, queueBytes, inode } of ends) {
      const one = this.byKey.get(key);
      if (one === undefined) continue;
      const end = isClient ? one.clientEnd : one.serverEnd;
      end.state = state;
      end.queueBytes = queueBytes;
      end.inode = inode;
      end.ownInode ||= inode;
    }
  }

  /**
   * A pass over the table of a large run takes its time, seconds on a busy machine, and its rows are of any moment
   * between `beganMs` and `nowMs`: each figure takes the one that speaks for the server.
   */
  private judgeByTable(one: StaleClient, beganMs: number, nowMs: number): void {
    if (one.verdict === 'evicted' || one.verdict === 'left') return;
    const hasVanished = vanishes(one.client);
    if (hasVanished && one.client.state !== 'open') {
      one.verdict = 'left';
      this.forget(one);
      return;
    }
    const { clientEnd, serverEnd } = one;
    if (isAnothers(clientEnd) || isAnothers(serverEnd)) {
      this.evicted(one, one.goneMs < 0 ? beganMs : one.goneMs);
      return;
    }
    const there =
      serverEnd.state === TCP_STATE.established && (clientEnd.state === TCP_STATE.established || hasVanished);
    if (!there) {
      if (one.goneMs < 0) one.goneMs = beganMs;
      else this.evicted(one, one.goneMs);
      return;
    }
    one.goneMs = -1;
    if (serverEnd.queueBytes > 0) {
      this.judgeHeld(one, beganMs, nowMs);
      return;
    }
    // It was only on its way: nothing is known yet.
    one.knowableMs = one.blockedMs = -1;
    one.swallowedBytes = 0;
  }

  /** The server's kernel holds bytes for it that nobody acknowledges. */
  private judgeHeld(one: StaleClient, beganMs: number, nowMs: number): void {
    if (one.knowableMs < 0) {
      one.knowableMs = nowMs;
      one.swallowedBytes = one.clientEnd.queueBytes;
    }
    if (one.blockedMs < 0 && this.isFull(one)) one.blockedMs = nowMs;
    if (one.verdict !== 'watched') return;
    const allowedMs = this.options.allowedMs();
    one.isOverdue ||= beganMs - one.knowableMs > allowedMs;
    const sinceMs = this.options.promised() ? one.knowableMs : one.blockedMs;
    if (sinceMs >= 0 && beganMs - sinceMs > allowedMs) this.missed(one);
  }

  /** Whether the kernels take nothing more for it, so that the server's writes are blocked. */
  private isFull(one: StaleClient): boolean {
    const heardBytes = this.options.bytesHeard();
    const { queueBytes } = one.serverEnd;
    if (queueBytes !== one.heldBytes) {
      one.heldBytes = queueBytes;
      one.heardAtChangeBytes = heardBytes;
    }
    const isStuck = queueBytes >= LEAST_FULL_BYTES && heardBytes - one.heardAtChangeBytes >= UNTAKEN_BYTES;
    return isStuck || heardBytes - one.baseBytes >= KERNELS_SWALLOW_BYTES;
  }

  private judgeByReading(one: StaleClient, nowMs: number): void {
    if (one.verdict === 'evicted' || one.verdict === 'missed' || one.verdict === 'left') return;
    if (one.verdict === 'reading') {
      if (one.client.state === 'closed') this.evicted(one, -1);
      else if (nowMs - one.knowableMs > this.options.allowedMs() + DRAIN_MS) this.missed(one);
      return;
    }
    if (one.knowableMs < 0) {
      // It has heard of its end, and nobody can say whether that was meant for a stale client.
      if (one.client.state !== 'open') one.verdict = 'left';
      if (one.client.state !== 'open' || this.options.bytesHeard() - one.baseBytes < KERNELS_SWALLOW_BYTES) return;
      one.knowableMs = nowMs;
      one.swallowedBytes = KERNELS_SWALLOW_BYTES;
    } else if (nowMs - one.knowableMs > this.options.allowedMs()) {
      one.verdict = 'reading';
      one.client.armed = true;
      one.client.connection?.resume();
    }
  }

  private evicted(one: StaleClient, atMs: number): void {
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
  private forget(one: StaleClient): void {
    if (one.key !== null && this.byKey.get(one.key) === one) this.byKey.delete(one.key);
  }

  private missed(one: StaleClient): void {
    one.verdict = 'missed';
    this.options.summary.counts.evictionsMissed += 1;
  }
}
