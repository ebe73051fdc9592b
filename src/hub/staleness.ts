/**
 * Who accepts nothing any more: one sweep over all clients, and one read of the kernel's table for all.
 *
 * A successful `write()` proves nothing: the kernel takes megabytes for a client that is long gone. What
 * counts is what the peer acknowledged: bytes handed to the kernel, less what the kernel still holds
 * (`tx_queue`). While something is outstanding and that figure does not grow, the client's age runs; any
 * progress, or nothing outstanding, sets it back. So a client that reads a few bytes now and then stays,
 * and one whose window is shut, or whose machine is gone, goes at `evictAfterMs`, not at TCP's fifteen
 * minutes (Linux, tcp_retries2).
 *
 * Where there is no table (other systems, some sandboxes) only our own queue is seen: a client is then
 * noticed when its kernel buffers are full, after some 4 MB, and a silent one with little traffic is not.
 *
 * It refuses to guess: a client whose row was not in this pass is judged in the next one.
 */
import type { Clock } from '../core/clock.ts';
import { endpointKey, type EndpointKey } from '../core/endpoint-key.ts';
import { readTcpTable, TCP_STATE, TCP_TABLE_IPV4, TCP_TABLE_IPV6, tcpTableReadable, type TcpRow } from '../core/proc-net-tcp.ts';
import type { Connection } from './connection.ts';
import { http2StreamOf, takenBytes } from './outlet.ts';
import type { ComponentState, EvictionReason } from './stats.ts';

export interface StalenessOptions {
  evictAfterMs: number;
  clock: Clock;
  clients: ReadonlyMap<string, Connection>;
  /** The bound that remains where there is no table; null: none. */
  maxAgeMs: number | null;
  evict(connection: Connection, reason: EvictionReason): void;
  /** Default: whether the table can be read here. */
  useKernelTable?: boolean;
}

const MIN_PERIOD_MS = 250;
const MAX_PERIOD_MS = 5000;
// A pass costs 2 µs a row of the kernel's table, ours or not. However short the period, sweeping should
// take a twentieth of the time, unless that made evictions late by more than a quarter.
const PAUSE_PER_BUSY = 20;
const MAX_PAUSE_SHARE = 1 / 4;

export class StalenessSweep {
  readonly periodMs: number;
  readonly #options: StalenessOptions;
  readonly #byPeer = new Map<EndpointKey, Connection>();
  readonly #useKernelTable: boolean;
  /** The kernel walks all connections of the machine for each table: only those that we need are read. */
  readonly #tables = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #lastSweepMs = 0;
  #lastBusyMs = 0;
  #tableTrouble: string | null = null;

  constructor(options: StalenessOptions) {
    this.#options = options;
    this.#useKernelTable = options.useKernelTable ?? tcpTableReadable();
    this.periodMs = Math.min(MAX_PERIOD_MS, Math.max(MIN_PERIOD_MS, options.evictAfterMs / 10));
  }

  start(): void {
    this.#running = true;
    this.#lastSweepMs = this.#options.clock.nowMs();
    this.#schedule(this.periodMs);
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  watch(connection: Connection): void {
    // Streams of one HTTP/2 session share a row: see http2-sessions.ts.
    const socket = http2StreamOf(connection.res) === null ? connection.res.socket : null;
    if (!this.#useKernelTable || socket === null || socket.remoteAddress === undefined || socket.remotePort === undefined) return;
    const key = endpointKey(socket.remoteAddress, socket.remotePort);
    // Two of our addresses may have the same peer address and port; the second is then judged by its queue.
    if (this.#byPeer.has(key)) return;
    this.#byPeer.set(key, connection);
    connection.peerKey = key;
    this.#tables.add(socket.remoteFamily === 'IPv6' ? TCP_TABLE_IPV6 : TCP_TABLE_IPV4);
  }

  unwatch(connection: Connection): void {
    if (connection.peerKey === null) return;
    this.#byPeer.delete(connection.peerKey);
    connection.peerKey = null;
  }

  state(): ComponentState {
    const sinceMs = this.#options.clock.nowMs() - this.#lastSweepMs;
    const { maxAgeMs } = this.#options;
    const bound = maxAgeMs === null ? 'nothing bounds a silent one (see --max-age)' : `a silent one goes at its maximal age (${maxAgeMs} ms)`;
    const source = this.#useKernelTable
      ? 'by what peers acknowledge (kernel table)'
      : `by our own queue only: the kernel table cannot be read, so a client is noticed only when its buffers are full, and ${bound}`;
    const trouble = this.#tableTrouble === null ? '' : `; last read failed: ${this.#tableTrouble}`;
    return {
      ready: this.#running && sinceMs < 3 * (Math.max(this.periodMs, this.#restMs()) + this.#lastBusyMs) + 1000,
      detail: `${source}, every ${Math.round(this.periodMs)} ms, last pass took ${this.#lastBusyMs.toFixed(1)} ms${trouble}`,
    };
  }

  #schedule(delayMs: number): void {
    if (!this.#running) return;
    this.#timer = setTimeout(() => void this.#sweep(), delayMs);
  }

  async #sweep(): Promise<void> {
    const startedMs = this.#options.clock.nowMs();
    if (this.#byPeer.size > 0) await this.#readTable();
    for (const connection of this.#options.clients.values()) {
      if (connection.peerKey === null || this.#tableTrouble !== null) this.#judgeByQueue(connection);
    }
    this.#lastSweepMs = this.#options.clock.nowMs();
    this.#schedule(Math.max(1, this.periodMs - (this.#lastSweepMs - startedMs), this.#restMs()));
  }

  #restMs(): number {
    return Math.min(PAUSE_PER_BUSY * this.#lastBusyMs, MAX_PAUSE_SHARE * this.#options.evictAfterMs);
  }

  async #readTable(): Promise<void> {
    try {
      const pass = await readTcpTable(this.#onRow, { files: [...this.#tables] });
      this.#lastBusyMs = pass.busyMs;
      this.#tableTrouble = null;
    } catch (error) {
      // Out of descriptors, most likely: the sweep must outlive that, and /readyz says it.
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      this.#tableTrouble = code;
    }
  }

  readonly #onRow = (row: TcpRow): void => {
    // Rows of connections that are over may carry the same ports.
    if (row.state !== TCP_STATE.established && row.state !== TCP_STATE.closeWait) return;
    const connection = this.#byPeer.get(row.remoteKey());
    if (connection === undefined || connection.res.socket?.localPort !== row.localPort) return;
    const taken = takenBytes(connection.res, connection.out, connection.writtenBytes);
    const isQueued = connection.out.writableLength > 0;
    this.#judge(connection, row.txQueueBytes > 0 || isQueued, taken - row.txQueueBytes, isQueued ? 'stalled' : 'unacknowledged');
  };

  #judgeByQueue(connection: Connection): void {
    const { res, out, writtenBytes } = connection;
    this.#judge(connection, out.writableLength > 0, takenBytes(res, out, writtenBytes), 'stalled');
  }

  #judge(connection: Connection, isOutstanding: boolean, progressBytes: number, reason: EvictionReason): void {
    const nowMs = this.#options.clock.nowMs();
    if (!isOutstanding) {
      connection.lastAcceptedMs = nowMs;
      connection.firstWriteMs = 0;
    } else if (progressBytes > connection.progressBytes) {
      connection.lastAcceptedMs = nowMs;
    } else {
      // Something was written past the hub (a filler): its time is not known, so it counts from now.
      if (connection.firstWriteMs === 0) connection.firstWriteMs = nowMs;
      const sinceMs = Math.max(connection.lastAcceptedMs, connection.firstWriteMs);
      if (nowMs - sinceMs >= this.#options.evictAfterMs) this.#options.evict(connection, reason);
    }
    connection.progressBytes = progressBytes;
  }
}
