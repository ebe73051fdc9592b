/**
 * What the kernel holds for each of some sockets and their peers have not acknowledged, as of a moment ago.
 *
 * A server with a small send buffer (SO_SNDBUF) notices a client that does not read after tens of kilobytes.
 * Node cannot set it: its `write()` says false only after 4 MB on loopback. This gives a fault the same sight.
 * Where the kernel's table cannot be read all figures stay 0, and only `drain` tells.
 */
import type { Socket } from 'node:net';
import { type EndpointKey, endpointKey } from '../../machine/endpoint-key.ts';
import { readTcpTable, type TcpRow, tcpTableReadable } from '../../machine/proc-net-tcp.ts';

const PERIOD_MS = 250;

export class KernelQueues {
  readonly #sockets = new Map<EndpointKey, Socket>();
  readonly #heldBytes = new WeakMap<Socket, number>();
  readonly #isReadable = tcpTableReadable();
  readonly #onPass: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @param onPass called when all figures are new */
  constructor(onPass: () => void) {
    this.#onPass = onPass;
  }

  watch(socket: Socket): void {
    if (!this.#isReadable || socket.remoteAddress === undefined || socket.remotePort === undefined) return;
    const key = endpointKey(socket.remoteAddress, socket.remotePort);
    this.#sockets.set(key, socket);
    socket.once('close', () => this.#sockets.delete(key));
    this.#schedule();
  }

  heldBytes(socket: Socket): number {
    return this.#heldBytes.get(socket) ?? 0;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#read(), PERIOD_MS);
  }

  async #read(): Promise<void> {
    try {
      await readTcpTable(this.#onRow);
    } catch (error) {
      // Out of descriptors, most likely: the figures stay as they were.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
    this.#timer = undefined;
    if (this.#isStopped) return;
    this.#onPass();
    if (this.#sockets.size > 0) this.#schedule();
  }

  readonly #onRow = (row: TcpRow): void => {
    const socket = this.#sockets.get(row.remoteKey());
    if (socket !== undefined && socket.localPort === row.localPort) this.#heldBytes.set(socket, row.txQueueBytes);
  };
}
