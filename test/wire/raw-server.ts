import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP server on a free port of 127.0.0.1 that does to each connection exactly what a test says. */
export class RawServer {
  readonly port: number;
  readonly sockets: Set<Socket> = new Set();
  private readonly server: Server;

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
  }

  static async start(onConnection: (socket: Socket, index: number) => void): Promise<RawServer> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1', 4096);
    await once(server, 'listening');
    const raw = new RawServer(server, (server.address() as AddressInfo).port);
    let index = 0;
    server.on('connection', (socket) => {
      raw.sockets.add(socket);
      // What a client does to the connection is for the test to look at, not for this server to die of.
      socket.on('error', () => {});
      socket.on('close', () => raw.sockets.delete(socket));
      onConnection(socket, index++);
    });
    return raw;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Calls `onRequest` once the whole request head of `socket` has arrived. */
export function afterRequest(socket: Socket, onRequest: (head: string) => void): void {
  let head = '';
  const listen = (bytes: Buffer): void => {
    head += bytes.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', listen);
    socket.resume();
    onRequest(head);
  };
  socket.on('data', listen);
}
