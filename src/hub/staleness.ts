/**
 * Who accepts nothing any more: one sweep over all clients, and one read of the kernel's table for all.
 *
 * A successful `write()` proves nothing: the kernel takes megabytes for a client that is long gone. What
 * counts is what the peer acknowledged: bytes handed to the kernel, less what the kernel still holds
 * (`tx_queue`). While something is outstanding and that figure does not grow, the client's age runs; any
 * progress, or nothing outstanding, sets it back. So a client that keeps up, however slowly it reads, stays, and
 * one whose window is shut, or whose machine is gone, goes at `evictAfterMs`, not at TCP's fifteen minutes (Linux,
 * tcp_retries2). It is `stalled` when bytes wait in our own queue too, else `unacknowledged`: which of the two says
 * how much was sent, not whether anybody is there.
 *
 * A shut window opens in steps: on Linux, tried with an MTU of 1500 and of 65536, when some 130 KB have been read
 * (RFC 9293, 3.8.6.2.2, against silly windows). Who is behind and reads less than that in `evictAfterMs`, 1.5 kB a
 * second at 90 s, cannot be told from one who reads nothing.
 *
 * A row is found by the number of its socket, which no other has: addresses and ports come back, in other
 * processes and for the next client too.
 *
 * How late: a client's age counts from the write that it did not acknowledge, or from the first pass after it,
 * so from one heartbeat (or 250 ms) after it vanished at most; and the sweep comes when the next age is up, however
 * long its period. Never early: between two passes it is not known when the last byte was taken, and the doubt is
 * the client's.
 *
 * Where there is no table (other systems, some sandboxes) only our own queue is seen: a client is then
 * noticed when its kernel buffers are full, after some 4 MB, and a silent one with little traffic is not.
 *
 * It refuses to guess: a client whose row was not in this pass is judged in the next one, and nobody is judged
 * by a pass that failed, or evicted by one that comes late because the process itself stood still.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { counted, formatDuration } from '../core/units.ts';
import { addPass, type TcpRow, type TcpTable, type TcpTablePass } from '../machine/proc-net-tcp.ts';
import type { Connection } from './connection.ts';
import type { KernelTables } from './kernel-tables.ts';
import { http2StreamOf, takenBytes } from './outlet.ts';
import type { ComponentState, EvictionReason } from './stats.ts';

export interface StalenessOptions {
  evictAfterMs: number;
  /** The age of a client begins within this time after it vanished; null without heartbeats. */
  heartbeatMs: number | null;
  clock: Clock;
  clients: ReadonlyMap<string, Connection>;
  /** The bound that remains where there is no table; null: none. */
  maxAgeMs: number | null;
  /** The kernel's tables, which `stop()` closes; null where they cannot be read. */
  tables: KernelTables | null;
  evict(connection: Connection, reason: EvictionReason): void;
}

const MIN_PERIOD_MS = 250;
const MAX_PERIOD_MS = 5000;
// A pass costs 2 µs a row of the kernel's table, ours or not. However short the period, sweeping should
// take a fiftieth of the time, unless that made evictions late by more than a quarter.
const PAUSE_PER_BUSY = 49;
const MAX_PAUSE_SHARE = 1 / 4;
/** Rows are missed when the table changes under the read. One that never shows is no use: see `readyz`. */
const MAX_MISSED_PASSES = 3;

export class StalenessSweep {
  readonly periodMs: number;
  readonly #options: StalenessOptions;
  readonly #byInode = new Map<number, Connection>();
  /** The kernel walks all connections of the machine for each table: only those that we need are read. */
  readonly #needed = new Set<TcpTable>();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #passCount = 0;
  #lastPass: TcpTablePass = { rowCount: 0, busyMs: 0, longestSliceMs: 0 };
  #busyBeforeMs = 0;
  #lastSweepMs = 0;
  #dueMs = 0;
  /** When the time of the next client is up, on the clock's milliseconds. */
  #nextExpiryMs = Infinity;
  #mayEvict = true;
  #unseenCount = 0;
  #tableTrouble: string | null = null;

  constructor(options: StalenessOptions) {
    this.#options = options;
    const wantedMs = Math.min(options.evictAfterMs / 10, options.heartbeatMs ?? Infinity);
    this.periodMs = Math.min(MAX_PERIOD_MS, Math.max(MIN_PERIOD_MS, wantedMs));
  }

  start(): void {
    this.#running = true;
    this.#lastSweepMs = this.#options.clock.nowMs();
    this.#schedule(this.periodMs);
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#options.tables?.close();
  }

  watch(connection: Connection): void {
    // Streams of one HTTP/2 session share a row: see http2-sessions.ts.
    if (this.#options.tables === null || http2StreamOf(connection.res) !== null) return;
    const found = this.#options.tables.find(connection.out as Socket);
    if (found === null) return;
    connection.inode = found.inode;
    connection.seenInPass = this.#passCount;
    this.#byInode.set(found.inode, connection);
    this.#needed.add(found.table);
  }

  unwatch(connection: Connection): void {
    if (connection.inode === 0) return;
    this.#byInode.delete(connection.inode);
    connection.inode = 0;
  }

  state(): ComponentState {
    const sinceMs = this.#options.clock.nowMs() - this.#lastSweepMs;
    const { maxAgeMs, tables } = this.#options;
    const bound =
      maxAgeMs === null
        ? 'silent clients have no limit (see --max-age)'
        : `silent clients end at their maximum age (${formatDuration(maxAgeMs)})`;
    const source =
      tables !== null
        ? 'by acknowledged bytes (kernel table)'
        : `by queue only: the kernel table cannot be read, so a stalled client is noticed only when its buffers are full, and ${bound}`;
    const { busyMs, longestSliceMs, rowCount } = this.#lastPass;
    const pass =
      rowCount === 0
        ? ''
        : `; the last pass took ${busyMs.toFixed(1)} ms for ${counted(rowCount, 'row')}, at most ${longestSliceMs.toFixed(1)} ms at once`;
    const unseen =
      this.#unseenCount === 0 ? '' : `; ${this.#unseenCount} clients are not in the table and judged by their queue`;
    const trouble = this.#tableTrouble === null ? '' : `; last read failed: ${this.#tableTrouble}`;
    const isFresh = sinceMs < 3 * (Math.max(this.periodMs, this.#restMs()) + busyMs) + 1000;
    return {
      ready: this.#running && isFresh && this.#tableTrouble === null,
      detail: `${source}, every ${formatDuration(this.periodMs)}${pass}${unseen}${trouble}`,
    };
  }

  #schedule(delayMs: number): void {
    if (!this.#running) return;
    this.#dueMs = this.#options.clock.nowMs() + delayMs;
    this.#timer = setTimeout(() => void this.#sweep(), delayMs);
  }

  async #sweep(): Promise<void> {
    const startedMs = this.#options.clock.nowMs();
    // Whatever peers acknowledged while we stood still has not let us write yet.
    this.#mayEvict = startedMs - this.#dueMs < MAX_PAUSE_SHARE * this.#options.evictAfterMs;
    this.#nextExpiryMs = Infinity;
    if (this.#byInode.size > 0) await this.#readTables();
    if (this.#tableTrouble === null) this.#judgeTheRest();
    const nowMs = this.#options.clock.nowMs();
    this.#lastSweepMs = nowMs;
    const waitMs = Math.min(this.periodMs - (nowMs - startedMs), this.#nextExpiryMs - nowMs);
    this.#schedule(Math.ceil(Math.max(1, waitMs, this.#restMs())));
  }

  #restMs(): number {
    // The shorter of two: one that was long because others had the processor costs us nothing.
    return Math.min(
      PAUSE_PER_BUSY * Math.min(this.#lastPass.busyMs, this.#busyBeforeMs),
      MAX_PAUSE_SHARE * this.#options.evictAfterMs,
    );
  }

  async #readTables(): Promise<void> {
    const pass: TcpTablePass = { rowCount: 0, busyMs: 0, longestSliceMs: 0 };
    this.#busyBeforeMs = this.#lastPass.busyMs;
    this.#passCount++;
    try {
      for (const table of this.#needed) addPass(pass, await table.read(this.#onRow));
      this.#tableTrouble = null;
    } catch (error) {
      // The sweep must outlive that, and /readyz says it.
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      this.#tableTrouble = code;
    }
    this.#lastPass = pass;
  }

  readonly #onRow = (row: TcpRow): void => {
    const connection = this.#byInode.get(row.inode());
    if (connection === undefined) return;
    connection.seenInPass = this.#passCount;
    connection.unacknowledgedBytes = row.txQueueBytes;
    const taken = takenBytes(connection.res, connection.out, connection.writtenBytes);
    const isQueued = connection.out.writableLength > 0;
    this.#judge(
      connection,
      row.txQueueBytes > 0 || isQueued,
      taken - row.txQueueBytes,
      isQueued ? 'stalled' : 'unacknowledged',
    );
  };

  /** Judges the clients without a row in the tables by what the hub itself holds for them. */
  #judgeTheRest(): void {
    this.#unseenCount = 0;
    for (const connection of this.#options.clients.values()) {
      if (connection.inode !== 0) {
        if (this.#passCount - connection.seenInPass < MAX_MISSED_PASSES) continue;
        this.#unseenCount++;
      }
      const { res, out, writtenBytes } = connection;
      this.#judge(connection, out.writableLength > 0, takenBytes(res, out, writtenBytes), 'stalled');
    }
  }

  #judge(connection: Connection, isOutstanding: boolean, progressBytes: number, reason: EvictionReason): void {
    const nowMs = this.#options.clock.nowMs();
    connection.noProgressSinceMs = 0;
    if (!isOutstanding) {
      connection.lastAcceptedMs = nowMs;
      connection.firstWriteMs = 0;
    } else if (progressBytes > connection.progressBytes) {
      connection.lastAcceptedMs = nowMs;
    } else {
      // Something was written past the hub (a filler): its time is not known, so it counts from now.
      if (connection.firstWriteMs === 0) connection.firstWriteMs = nowMs;
      connection.noProgressSinceMs = Math.max(connection.lastAcceptedMs, connection.firstWriteMs);
      const expiresMs = connection.noProgressSinceMs + this.#options.evictAfterMs;
      if (nowMs < expiresMs) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresMs);
      else if (this.#mayEvict) this.#options.evict(connection, reason);
    }
    connection.progressBytes = progressBytes;
  }
}
