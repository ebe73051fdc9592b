/**
 * The kernel's table of TCP connections, `/proc/net/tcp` and `/proc/net/tcp6`: what a peer has not
 * acknowledged (`tx_queue`), what we have not read (`rx_queue`), and whether a connection still exists.
 * Node offers none of this for a socket, and a dead client shows nowhere else (proc_net_tcp in the kernel's
 * Documentation/networking).
 *
 * One pass serves all connections. The kernel hands out at most one page (some 27 rows) a read, at about
 * 2 µs a row, so the pass is cut into slices between which the event loop runs. Inside a slice the reads
 * are synchronous on purpose: the visitor sees a row in the same turn in which the kernel wrote it, and may
 * hold it against the socket's own counters without a race. Reading through the thread pool was tried: it
 * takes twice the CPU, and whatever is written to a socket between read and callback looks acknowledged.
 *
 * A table that is read again and again is kept open: a process without a free descriptor must still be able to
 * find the dead clients that hold its descriptors. Reading from position 0 begins anew (seq_file in the kernel).
 *
 * It refuses to be a snapshot: connections that come and go during a pass may be missed or seen twice, as
 * the kernel's own position in its table is approximate. It exists on Linux only.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type TcpRow, TcpRows } from './tcp-rows.ts';

export { TCP_STATE, type TcpRow } from './tcp-rows.ts';

export interface TcpPassOptions {
  /** Visit only rows whose local or remote port this is. Default: all rows. */
  port?: number;
  /** The event loop runs after so much work. Default 1 ms. */
  sliceMs?: number;
}

export interface TcpTableOptions extends TcpPassOptions {
  /** Default both; one that does not exist is skipped. The kernel walks its whole hash table for each. */
  files?: readonly string[];
}

export interface TcpTablePass {
  rowCount: number;
  /** Time spent on the event loop, all slices together. */
  busyMs: number;
  longestSliceMs: number;
}

/** The table of sockets that were made for IPv4. */
export const TCP_TABLE_IPV4 = '/proc/net/tcp';
/** Sockets made for IPv6, those of a dual-stack listener with IPv4 peers included. */
export const TCP_TABLE_IPV6 = '/proc/net/tcp6';
const DEFAULT_SLICE_MS = 1;

/** One table, open. It is read by one reader at a time. */
export class TcpTable {
  readonly #descriptor: number;
  readonly #rows = new TcpRows();
  #isClosed = false;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Null where it does not exist: without IPv6 in the kernel there is no tcp6. @throws what `fs` throws otherwise */
  static open(file: string): TcpTable | null {
    try {
      return new TcpTable(openSync(file, 'r'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Calls `visit` for every row. The row is one object that is overwritten after the call. Ends early when the
   * table is closed meanwhile.
   * @throws what `fs` throws when it cannot be read; rows seen before that were visited
   */
  async read(
    visit: (row: TcpRow) => void,
    { port = 0, sliceMs = DEFAULT_SLICE_MS }: TcpPassOptions = {},
  ): Promise<TcpTablePass> {
    const rows = this.#rows;
    const pass: TcpTablePass = { rowCount: 0, busyMs: 0, longestSliceMs: 0 };
    rows.begin(port, visit);
    let more = true;
    while (more && !this.#isClosed) {
      const startedMs = performance.now();
      let sliceSpentMs: number;
      do {
        more = rows.readOnce(this.#descriptor);
        sliceSpentMs = performance.now() - startedMs;
      } while (more && sliceSpentMs < sliceMs && !this.#isClosed);
      pass.busyMs += sliceSpentMs;
      if (sliceSpentMs > pass.longestSliceMs) pass.longestSliceMs = sliceSpentMs;
      if (more) await nextTurn();
    }
    pass.rowCount = rows.rowCount;
    return pass;
  }

  /** Closes the file. A second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }
}

/** True where the table of this process's network namespace can be read. */
export function tcpTableReadable(): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(TCP_TABLE_IPV4, 'r');
  } catch {
    // No such file, or hidden by the sandbox: both mean that the kernel will not tell.
    return false;
  }
  try {
    return readSync(descriptor, Buffer.allocUnsafe(256), 0, 256, null) > 0;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * One pass over tables that are opened for it.
 * @throws what `fs` throws when a table exists and cannot be read
 */
export async function readTcpTable(visit: (row: TcpRow) => void, options: TcpTableOptions = {}): Promise<TcpTablePass> {
  const all: TcpTablePass = { rowCount: 0, busyMs: 0, longestSliceMs: 0 };
  for (const file of options.files ?? [TCP_TABLE_IPV4, TCP_TABLE_IPV6]) {
    const table = TcpTable.open(file);
    if (table === null) continue;
    try {
      addPass(all, await table.read(visit, options));
    } finally {
      table.close();
    }
  }
  return all;
}

/** Adds the figures of a second table to those of the first, so that both count as one pass. */
export function addPass(sum: TcpTablePass, more: TcpTablePass): void {
  sum.rowCount += more.rowCount;
  sum.busyMs += more.busyMs;
  sum.longestSliceMs = Math.max(sum.longestSliceMs, more.longestSliceMs);
}
