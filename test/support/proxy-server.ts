import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A proxy of node:http for both ways of asking; whatever host is asked for, it goes to this machine. */
export class ProxyServer {
  /** Requests, in the order in which they came. */
  readonly asked: IncomingMessage[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.asked.push(request);
      const url = new URL(request.url ?? '');
      const onward = httpRequest(
        { host: '127.0.0.1', port: url.port, path: url.pathname, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
    this.server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.asked.push(request);
      const onward = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () =>
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      );
      onward.pipe(socket).pipe(onward);
      onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    });
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<ProxyServer> {
    const proxy = new ProxyServer();
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `METHOD url` of each request. */
  get lines(): string[] {
    return this.asked.map(({ method, url }) => `${method} ${url}`);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await once(this.server.close(), 'close');
  }
}
