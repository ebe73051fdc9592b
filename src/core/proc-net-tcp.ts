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
 * It refuses to be a snapshot: connections that come and go during a pass may be missed or seen twice, as
 * the kernel's own position in its table is approximate. It exists on Linux only.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAPPED_WORD, type EndpointKey } from './endpoint-key.ts';

/** States as the kernel numbers them (include/net/tcp_states.h). */
export const TCP_STATE = {
  established: 1, synSent: 2, synReceived: 3, finWait1: 4, finWait2: 5, timeWait: 6,
  close: 7, closeWait: 8, lastAck: 9, listen: 10, closing: 11, newSynReceived: 12,
} as const;

export interface TcpRow {
  readonly localPort: number;
  readonly remotePort: number;
  /** One of `TCP_STATE`. */
  readonly state: number;
  /** Bytes that we sent, or that wait to be sent, and that the peer has not acknowledged. */
  readonly txQueueBytes: number;
  /** Bytes received that the application has not read. */
  readonly rxQueueBytes: number;
  localKey(): EndpointKey;
  remoteKey(): EndpointKey;
  /** The socket's own number: a port may soon be another's, this never is. 0 when no process holds the socket. */
  inode(): number;
}

export interface TcpTableOptions {
  /** Visit only rows whose local or remote port this is. Default: all rows. */
  port?: number;
  /** The event loop runs after so much work. Default 1 ms. */
  sliceMs?: number;
  /** Default both; one that does not exist is skipped. The kernel walks its whole hash table for each. */
  files?: readonly string[];
}

export interface TcpTablePass {
  rowCount: number;
  /** Time spent on the event loop, all slices together. */
  busyMs: number;
  longestSliceMs: number;
}

/** Sockets made for IPv4. */
export const TCP_TABLE_IPV4 = '/proc/net/tcp';
/** Sockets made for IPv6, those of a dual-stack listener with IPv4 peers included. */
export const TCP_TABLE_IPV6 = '/proc/net/tcp6';
const BUFFER_BYTES = 16 * 1024;
// The kernel fills a page a read as long as it has rows (27 of 150 bytes), so a read well below it was the
// last. Asking once more for the empty read makes it walk its hash table again: 4.6 ms at 10,000 clients.
const FULL_READ_MIN_BYTES = 3072;
const SPACE = 32;
const LINE_FEED = 10;
const FIELDS_BEFORE_INODE = 4;

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
 * Calls `visit` for every row. The row is one object that is overwritten after the call.
 * @throws what `fs` throws when a table exists and cannot be read
 */
export async function readTcpTable(visit: (row: TcpRow) => void, options: TcpTableOptions = {}): Promise<TcpTablePass> {
  const sliceMs = options.sliceMs ?? 1;
  const pass: TcpTablePass = { rowCount: 0, busyMs: 0, longestSliceMs: 0 };
  for (const file of options.files ?? [TCP_TABLE_IPV4, TCP_TABLE_IPV6]) {
    const descriptor = openIfThere(file);
    if (descriptor === null) continue;
    const scanner = new RowScanner(options.port ?? 0, visit);
    try {
      let more = true;
      while (more) {
        const startedMs = performance.now();
        let sliceSpentMs: number;
        do {
          more = scanner.readOnce(descriptor);
          sliceSpentMs = performance.now() - startedMs;
        } while (more && sliceSpentMs < sliceMs);
        pass.busyMs += sliceSpentMs;
        if (sliceSpentMs > pass.longestSliceMs) pass.longestSliceMs = sliceSpentMs;
        if (more) await nextTurn();
      }
      pass.rowCount += scanner.rowCount;
    } finally {
      closeSync(descriptor);
    }
  }
  return pass;
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    // Without IPv6 in the kernel there is no tcp6.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The row being visited and the bytes that it is read from. */
class RowScanner implements TcpRow {
  rowCount = 0;
  localPort = 0;
  remotePort = 0;
  state = 0;
  txQueueBytes = 0;
  rxQueueBytes = 0;
  readonly #bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  readonly #port: number;
  readonly #visit: (row: TcpRow) => void;
  #filled = 0;
  #headerSeen = false;
  #localAt = 0;
  #remoteAt = 0;
  #stateAt = 0;
  #addressDigits = 8;

  constructor(port: number, visit: (row: TcpRow) => void) {
    this.#port = port;
    this.#visit = visit;
  }

  localKey(): EndpointKey {
    return this.#key(this.#localAt, this.localPort);
  }

  remoteKey(): EndpointKey {
    return this.#key(this.#remoteAt, this.remotePort);
  }

  inode(): number {
    // Behind state and queues: "tr:tm->when retrnsmt uid timeout inode", padded with spaces.
    const bytes = this.#bytes;
    let at = this.#stateAt + 20;
    for (let field = 0; field < FIELDS_BEFORE_INODE; field++) {
      while (bytes[at] === SPACE) at++;
      while (bytes[at] !== SPACE && bytes[at] !== LINE_FEED) at++;
    }
    let value = 0;
    for (at += 1; (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57; at++) value = value * 10 + (bytes[at] as number) - 48;
    return value;
  }

  /** One read and the whole lines that it completes; false after the last. */
  readOnce(descriptor: number): boolean {
    const roomBytes = BUFFER_BYTES - this.#filled;
    const count = readSync(descriptor, this.#bytes, this.#filled, roomBytes, null);
    const end = this.#filled + count;
    let lineStart = 0;
    for (;;) {
      const lineEnd = this.#bytes.indexOf(LINE_FEED, lineStart);
      if (lineEnd === -1 || lineEnd >= end) break;
      if (this.#headerSeen) this.#scanLine(lineStart);
      this.#headerSeen = true;
      lineStart = lineEnd + 1;
    }
    // A line cut by the read waits for its rest; one longer than the buffer is no row and is dropped.
    this.#filled = lineStart === 0 && end === BUFFER_BYTES ? 0 : end - lineStart;
    if (this.#filled > 0 && lineStart > 0) this.#bytes.copyWithin(0, lineStart, end);
    return count === roomBytes || count >= FULL_READ_MIN_BYTES;
  }

  // "   0: 0100007F:1F90 0200007F:C350 01 00000000:00000000 …": slot, local, remote, state, tx:rx in hex.
  #scanLine(start: number): void {
    const bytes = this.#bytes;
    let at = start;
    while (bytes[at] === SPACE) at++;
    while (bytes[at] !== SPACE && bytes[at] !== LINE_FEED) at++;
    this.#localAt = at + 1;
    this.#addressDigits = bytes[at + 9] === 58 /* : */ ? 8 : 32;
    this.#remoteAt = this.#localAt + this.#addressDigits + 6;
    this.#stateAt = this.#remoteAt + this.#addressDigits + 6;
    this.localPort = this.#hex(this.#localAt + this.#addressDigits + 1, 4);
    this.remotePort = this.#hex(this.#remoteAt + this.#addressDigits + 1, 4);
    this.rowCount++;
    if (this.#port !== 0 && this.#port !== this.localPort && this.#port !== this.remotePort) return;
    this.state = this.#hex(this.#stateAt, 2);
    this.txQueueBytes = this.#hex(this.#stateAt + 3, 8);
    this.rxQueueBytes = this.#hex(this.#stateAt + 12, 8);
    this.#visit(this);
  }

  #key(at: number, port: number): EndpointKey {
    if (this.#addressDigits === 8) return this.#hex(at, 8) * 65_536 + port;
    const isMapped = this.#hex(at, 8) === 0 && this.#hex(at + 8, 8) === 0 && this.#hex(at + 16, 8) === MAPPED_WORD;
    if (isMapped) return this.#hex(at + 24, 8) * 65_536 + port;
    return `${this.#bytes.toString('latin1', at, at + 32)}:${port}`;
  }

  #hex(at: number, digits: number): number {
    let value = 0;
    for (let index = at; index < at + digits; index++) {
      const byte = this.#bytes[index] as number;
      // '0'–'9' are 48–57, 'A'–'F' are 65–70.
      value = value * 16 + (byte <= 57 ? byte - 48 : byte - 55);
    }
    return value;
  }
}
