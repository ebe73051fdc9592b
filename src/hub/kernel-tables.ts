/**
 * The kernel's tables of TCP connections, held open for as long as the hub lives, and where a socket of ours is
 * in them: which table, and under which number.
 *
 * The number is the inode of the socket (fstat): two of our addresses may have a peer at the same address and
 * port, and when a client leaves the next one may come from its port before we have heard of the first one's
 * end. The socket's descriptor is not part of Node's public interface; where there is none, the client is judged
 * by our own queue.
 */
import type { Socket } from 'node:net';
import { descriptorStat } from '../core/descriptor-stat.ts';
import { TCP_TABLE_IPV4, TCP_TABLE_IPV6, TcpTable, tcpTableReadable } from '../machine/proc-net-tcp.ts';
import { tcpSocketUnder } from './outlet.ts';

export class KernelTables {
  readonly #ipv4: TcpTable | null;
  readonly #ipv6: TcpTable | null;

  constructor(ipv4: TcpTable | null, ipv6: TcpTable | null) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /** Opens the kernel's tables of connections; null where they cannot be read. */
  static open(): KernelTables | null {
    return tcpTableReadable() ? new KernelTables(TcpTable.open(TCP_TABLE_IPV4), TcpTable.open(TCP_TABLE_IPV6)) : null;
  }

  /** Finds the row of a socket; null when the socket is closing, or has no descriptor of its own. */
  find(socket: Socket): { table: TcpTable; inode: number } | null {
    const descriptor = (tcpSocketUnder(socket) as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
    const table = socket.remoteFamily === 'IPv6' ? this.#ipv6 : this.#ipv4;
    if (descriptor < 0 || table === null) return null;
    return { table, inode: Number(descriptorStat(descriptor).ino) };
  }

  close(): void {
    this.#ipv4?.close();
    this.#ipv6?.close();
  }
}
