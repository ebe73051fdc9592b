/**
 * Rows of the kernel's table of TCP connections, out of the bytes that it prints: one row that is written over,
 * one buffer, nothing allocated for each. What the table is good for, and how it is read: proc-net-tcp.ts.
 *
 * It refuses to give what it does not need: hex digits are only read for the fields that somebody asks for.
 */
import { readSync } from 'node:fs';
import { MAPPED_WORD, type EndpointKey } from './endpoint-key.ts';

/** States as the kernel numbers them (include/net/tcp_states.h). */
export const TCP_STATE = {
  established: 1,
  synSent: 2,
  synReceived: 3,
  finWait1: 4,
  finWait2: 5,
  timeWait: 6,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  closing: 11,
  newSynReceived: 12,
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
  /** The user that made the socket. */
  uid(): number;
}

const BUFFER_BYTES = 16 * 1024;
// The kernel fills a page a read as long as it has rows (27 of 150 bytes), so a read well below it was the
// last. Asking once more for the empty read makes it walk its hash table again: 4.6 ms at 10,000 clients.
const FULL_READ_MIN_BYTES = 3072;
const SPACE = 32;
const LINE_FEED = 10;
/** Behind state and queues stand "tr:tm->when retrnsmt uid timeout inode", padded with spaces. */
const FIELDS_BEFORE = { uid: 2, inode: 4 } as const;

/** The row being visited and the bytes that it is read from. */
export class TcpRows implements TcpRow {
  rowCount = 0;
  localPort = 0;
  remotePort = 0;
  state = 0;
  txQueueBytes = 0;
  rxQueueBytes = 0;
  readonly #bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  #port = 0;
  #visit: ((row: TcpRow) => void) | null = null;
  #positionBytes = 0;
  #filled = 0;
  #headerSeen = false;
  #localAt = 0;
  #remoteAt = 0;
  #stateAt = 0;
  #addressDigits = 8;

  /** From the first row on. @param port visit only rows with this port at either end; 0 all */
  begin(port: number, visit: (row: TcpRow) => void): void {
    this.#port = port;
    this.#visit = visit;
    this.rowCount = 0;
    this.#positionBytes = 0;
    this.#filled = 0;
    this.#headerSeen = false;
  }

  localKey(): EndpointKey {
    return this.#key(this.#localAt, this.localPort);
  }

  remoteKey(): EndpointKey {
    return this.#key(this.#remoteAt, this.remotePort);
  }

  inode(): number {
    return this.#decimal(FIELDS_BEFORE.inode);
  }

  uid(): number {
    return this.#decimal(FIELDS_BEFORE.uid);
  }

  /** One read and the whole lines that it completes; false after the last. @throws what `fs` throws */
  readOnce(descriptor: number): boolean {
    const roomBytes = BUFFER_BYTES - this.#filled;
    const count = readSync(descriptor, this.#bytes, this.#filled, roomBytes, this.#positionBytes);
    this.#positionBytes += count;
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
    this.#visit?.(this);
  }

  #key(at: number, port: number): EndpointKey {
    if (this.#addressDigits === 8) return this.#hex(at, 8) * 65_536 + port;
    const isMapped = this.#hex(at, 8) === 0 && this.#hex(at + 8, 8) === 0 && this.#hex(at + 16, 8) === MAPPED_WORD;
    if (isMapped) return this.#hex(at + 24, 8) * 65_536 + port;
    return `${this.#bytes.toString('latin1', at, at + 32)}:${port}`;
  }

  #decimal(fieldsBefore: number): number {
    const bytes = this.#bytes;
    let at = this.#stateAt + 20;
    for (let field = 0; field < fieldsBefore; field++) {
      while (bytes[at] === SPACE) at++;
      while (bytes[at] !== SPACE && bytes[at] !== LINE_FEED) at++;
    }
    while (bytes[at] === SPACE) at++;
    let value = 0;
    for (; (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57; at++)
      value = value * 10 + (bytes[at] as number) - 48;
    return value;
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
