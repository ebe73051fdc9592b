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
import { isIPv4, isIPv6 } from 'node:net';
import { endianness } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** States as the kernel numbers them (include/net/tcp_states.h). */
export const TCP_STATE = {
  established: 1, synSent: 2, synReceived: 3, finWait1: 4, finWait2: 5, timeWait: 6,
  close: 7, closeWait: 8, lastAck: 9, listen: 10, closing: 11, newSynReceived: 12,
} as const;

/** Address and port as one comparable value. An IPv4-mapped IPv6 address equals the IPv4 one. */
export type EndpointKey = number | string;

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
// Words are printed as the machine holds them, so the mapped prefix ::ffff: depends on its byte order.
const IS_LITTLE_ENDIAN = endianness() === 'LE';
const MAPPED_WORD = IS_LITTLE_ENDIAN ? 0xffff0000 : 0x0000ffff;

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

/**
 * Address and port of a socket in the form that rows give.
 * @throws {TypeError} when `address` is no IP address
 */
export function endpointKey(address: string, port: number): EndpointKey {
  if (isIPv4(address)) return word(address.split('.').map(Number)) * 65_536 + port;
  const zone = address.indexOf('%');
  const bare = zone === -1 ? address : address.slice(0, zone);
  if (!isIPv6(bare)) throw new TypeError(`${JSON.stringify(address)} is no IP address`);
  const words = ipv6Words(bare);
  if (words[0] === 0 && words[1] === 0 && words[2] === MAPPED_WORD) return (words[3] as number) * 65_536 + port;
  return `${words.map((word) => word.toString(16).padStart(8, '0')).join('').toUpperCase()}:${port}`;
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
    const stateAt = this.#remoteAt + this.#addressDigits + 6;
    this.localPort = this.#hex(this.#localAt + this.#addressDigits + 1, 4);
    this.remotePort = this.#hex(this.#remoteAt + this.#addressDigits + 1, 4);
    this.rowCount++;
    if (this.#port !== 0 && this.#port !== this.localPort && this.#port !== this.remotePort) return;
    this.state = this.#hex(stateAt, 2);
    this.txQueueBytes = this.#hex(stateAt + 3, 8);
    this.rxQueueBytes = this.#hex(stateAt + 12, 8);
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

function word(bytes: number[]): number {
  return (IS_LITTLE_ENDIAN ? bytes.toReversed() : bytes).reduce((value, byte) => value * 256 + byte, 0);
}

// The URL parser brings every spelling to groups of hex digits, dotted tails included (URL standard, 3.5).
function ipv6Words(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  const words: number[] = [];
  for (let index = 0; index < 8; index += 2) {
    const high = groups[index] as number;
    const low = groups[index + 1] as number;
    words.push(word([high >> 8, high & 255, low >> 8, low & 255]));
  }
  return words;
}
