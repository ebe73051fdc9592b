import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type SecureServerOptions,
} from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Authority } from './certificates.ts';

export type ServerKind = 'http' | 'https' | 'http2';

const authority = new Authority();
export const CA: string = authority.identity.certificate;
export const LOCALHOST = authority.issue({ name: 'localhost', dnsNames: ['localhost'], ipv4: ['127.0.0.1'] });

/** One request at a real server of Node's, with the same handles for each version of HTTP. */
export class Exchange {
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly response: ServerResponse | Http2ServerResponse;
  /** How the client left, if it did: in the words of the server's kernel or of HTTP/2. */
  left: string | undefined;
  /** Socket of the connection below, TLS or not. */
  private readonly connection: Socket;

  constructor(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
    connection: Socket,
  ) {
    this.request = request;
    this.response = response;
    this.connection = connection;
    // What a client does is for the test to look at, not for this server to die of.
    request.on('error', () => {});
    response.on('error', () => {});
    if ('stream' in response) {
      response.stream.on('error', () => {});
      response.stream.on('close', () => {
        this.left = `RST_STREAM ${response.stream.rstCode}`;
      });
    } else {
      const socket = request.socket;
      const leave = (how: string): void => {
        this.left ??= how;
      };
      connection.on('error', (error: NodeJS.ErrnoException) => leave(error.code ?? ''));
      socket.on('error', (error: NodeJS.ErrnoException) => leave(error.code ?? ''));
      socket.on('end', () => leave('FIN'));
      socket.on('close', () => leave('close'));
    }
  }

  head(headers: Record<string, string | string[]> = {}, statusCode = 200): this {
    this.response.writeHead(statusCode, { 'content-type': 'text/event-stream', ...headers });
    if ('flushHeaders' in this.response) this.response.flushHeaders();
    return this;
  }

  /** @returns `false` once the client's not reading has reached the server. */
  write(bytes: string | Buffer): boolean {
    return (this.response as ServerResponse).write(bytes);
  }

  end(bytes?: string | Buffer): void {
    (this.response as ServerResponse).end(bytes);
  }

  /** RST, or RST_STREAM. */
  reset(): void {
    if ('stream' in this.response) this.response.stream.close(2);
    else this.connection.resetAndDestroy();
  }

  /** The connection ends, and the response was not complete. */
  cut(): void {
    if ('stream' in this.response) this.response.stream.session?.socket.destroySoon();
    else this.request.socket.destroySoon();
  }
}

/** A real server of Node's on a free port of 127.0.0.1. */
export class ExchangeServer {
  readonly port: number;
  readonly connections: Set<Socket> = new Set();
  readonly exchanges: Exchange[] = [];
  private readonly server: Server | Http2SecureServer;

  private constructor(server: Server | Http2SecureServer, port: number) {
    this.server = server;
    this.port = port;
  }

  static async start(
    kind: ServerKind,
    onExchange: (exchange: Exchange, index: number) => void,
    more: SecureServerOptions = {},
  ): Promise<ExchangeServer> {
    const handle = (
      request: IncomingMessage | Http2ServerRequest,
      response: ServerResponse | Http2ServerResponse,
    ): void => {
      const port = 'stream' in response ? response.stream.session?.socket.remotePort : request.socket.remotePort;
      const connection = [...started.connections].find((one) => one.remotePort === port) as Socket;
      const exchange = new Exchange(request, response, connection);
      started.exchanges.push(exchange);
      onExchange(exchange, started.exchanges.length - 1);
    };
    const tls = { key: LOCALHOST.key, cert: LOCALHOST.certificate, maxSendHeaderBlockLength: 1024 * 1024 };
    const server =
      kind === 'http'
        ? createHttp(handle)
        : kind === 'https'
          ? createHttps({ ...tls, ...more }, handle)
          : createSecureServer({ ...tls, ...more }, handle);
    // TLS servers give the connection below, too.
    server.on('connection', (socket: Socket) => {
      started.connections.add(socket);
      socket.on('close', () => started.connections.delete(socket));
      socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    server.on('sessionError', () => {});
    server.listen(0, '127.0.0.1', 4096);
    await once(server, 'listening');
    const started = new ExchangeServer(server, (server.address() as AddressInfo).port);
    return started;
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
