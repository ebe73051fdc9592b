/** A reverse proxy that can be down for a while, as one is whose server restarts. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export class Gateway {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #answers502 = false;
  /** How many connections stand still: all that were asked for before. */
  #frozenCount = 0;

  private constructor(port: number) {
    this.#server = createServer((req, res) => {
      const number = this.asked.push(req.url ?? '');
      if (this.#answers502) {
        res.writeHead(502, { 'Content-Type': 'text/plain' }).end('Bad Gateway');
        return;
      }
      const onward = httpRequest(
        { host: '127.0.0.1', port, path: req.url, method: req.method, headers: req.headers },
        (answer) => {
          res.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.on('data', (bytes: Buffer) => {
            if (number > this.#frozenCount) res.write(bytes);
          });
          answer.on('end', () => res.end());
          answer.on('error', () => res.destroy());
        },
      );
      onward.on('error', () => res.destroy());
      res.on('close', () => onward.destroy());
      onward.end();
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async before(port: number): Promise<Gateway> {
    const gateway = new Gateway(port);
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection and answers 502 from now on. */
  goDown(): void {
    this.#answers502 = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  comeBack(): void {
    this.#answers502 = false;
  }

  /** The connections of now stay, and nothing comes over them any more; new ones work. */
  freeze(): void {
    this.#frozenCount = this.asked.length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server.close(), 'close');
  }
}
