/** A TCP relay whose connections can stand still, as those do behind a machine that is gone or a network that is cut. */
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';

export class Relay {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  /** What waits on connections that stand still. */
  readonly #held = new Map<net.Socket, Buffer[]>();

  private constructor(port: number) {
    this.#server = net.createServer((near) => {
      const far = net.connect(port, '127.0.0.1');
      this.#pass(near, far);
      this.#pass(far, near);
    });
  }

  /** @param port of the server behind it */
  static async before(port: number): Promise<Relay> {
    const relay = new Relay(port);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing passes on the connections that there are, and none of them ends; new ones work. */
  freeze(): void {
    for (const socket of this.#sockets) this.#held.set(socket, []);
  }

  /** What waits passes, and all that comes after it. */
  thaw(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const [to, waiting] of held) for (const bytes of waiting) to.write(bytes);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pass(from: net.Socket, to: net.Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes: Buffer) => {
      const waiting = this.#held.get(to);
      if (waiting === undefined) to.write(bytes);
      else waiting.push(bytes);
    });
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.#held.has(to)) to.destroy();
    });
  }
}
