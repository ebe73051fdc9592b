/**
 * What accepts connections: HTTP/1.1, the same over TLS, or HTTP/2 beside it on the same port, where the
 * client chooses by ALPN (RFC 9113, 3.2). A client that is slow to send its request is cut off in all three.
 */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { SecureServerOptions, ServerHttp2Session } from 'node:http2';
import { StartError } from '../core/errors.ts';
import { bracketed } from '../core/host.ts';
import { limitRequestTime } from './request-deadline.ts';

/** How long a connection may owe us something. None of these ever ends a stream. */
export interface ConnectionTimes {
  /** For the head of a request. Who needs longer for a few hundred bytes holds a socket and wants nothing. */
  headersMs: number;
  /** Longest time for a request with its body. */
  requestMs: number;
  /** Longest time between two requests. A proxy in front should close idle connections earlier. */
  keepAliveMs: number;
  /** Longest time without traffic, for a client that does not read its answer and for an HTTP/2 session. */
  idleMs: number;
}

export const CONNECTION_TIMES: Readonly<ConnectionTimes> = {
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 5000,
  idleMs: 60_000,
};

export interface ListenerOptions {
  /** Certificate chain and key, PEM. Null: no TLS. */
  tls: { cert: string; key: string } | null;
  /** Whether to offer HTTP/2, which needs TLS: no browser speaks it without. */
  http2: boolean;
  times: Readonly<ConnectionTimes>;
}

export interface Acceptor {
  readonly server: net.Server;
  /** @throws {StartError} @returns the port */
  listen(host: string, port: number): Promise<number>;
  /** Takes no more connections; those that are there go on. Resolves when all are over. */
  stopAccepting(): Promise<void>;
  /** Ends the connections that are still open. */
  hangUp(): void;
}

/**
 * What a socket may hold before it says that it is full: Node 20's own. Newer ones hold four times as much, for each
 * client that does not read, and would notice it as much later.
 */
const SOCKET_BUFFER_BYTES = 16 * 1024;
/** How often the times of requests are looked at. */
const TIMEOUT_CHECK_MS = 1000;
/** Request line and header fields together; beyond it 431. */
const MAX_HEADER_BYTES = 16 * 1024;
const LAST_BYTES_MS = 500;
const MAX_STREAMS_PER_SESSION = 1000;
/** Connections that the kernel may hold while we are busy: a load test opens thousands at once. */
const BACKLOG = 8192;

/** @throws {StartError} when certificate and key are none, or do not belong together */
export async function createListener(
  { tls, http2, times }: ListenerOptions,
  onRequest: RequestListener,
): Promise<Acceptor> {
  const { headersMs, requestMs, keepAliveMs, idleMs } = times;
  const limits = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, headersMs),
    highWaterMark: SOCKET_BUFFER_BYTES,
  };
  if (tls === null) {
    const server = createHttpServer(limits, onRequest).setTimeout(idleMs);
    return listener(server, () => server.closeAllConnections());
  }
  const secure = { ...limits, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: headersMs } as const;
  if (!http2) {
    const { createServer } = await import('node:https');
    const server = secured(() => createServer(secure, onRequest)).setTimeout(idleMs);
    return listener(server, () => server.closeAllConnections());
  }
  const { createSecureServer } = await import('node:http2');
  const options = {
    ...tls,
    minVersion: 'TLSv1.2',
    handshakeTimeout: headersMs,
    highWaterMark: SOCKET_BUFFER_BYTES,
    allowHTTP1: true,
    settings: { maxConcurrentStreams: MAX_STREAMS_PER_SESSION },
  } satisfies SecureServerOptions & { highWaterMark: number };
  const server = secured(() =>
    createSecureServer(options, onRequest as unknown as Parameters<typeof createSecureServer>[1]),
  );
  limitRequestTime(server, headersMs);
  // A session gently: streams that are still open go on to their end.
  server.setTimeout(idleMs, ((idle?: net.Socket | ServerHttp2Session) =>
    idle instanceof net.Socket ? idle.destroy() : idle?.close()) as () => void);
  const sockets = new Set<net.Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return listener(server, () => {
    // A stream is over when its last bytes are in the session's hands: those get a moment to leave.
    for (const session of sessions) session.close();
    const hurry = setTimeout(
      () => {
        for (const socket of sockets) socket.destroy();
      },
      sessions.size === 0 ? 0 : LAST_BYTES_MS,
    );
    server.once('close', () => clearTimeout(hurry));
  });
}

function secured<Server extends net.Server>(create: () => Server): Server {
  try {
    return create();
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(`certificate and key cannot be used: ${message}`, {
      cause: error,
      hint: 'both are PEM files, and the key is that of the first certificate',
    });
  }
}

function listener(server: net.Server, closeConnections: () => void): Acceptor {
  return {
    server,
    async listen(host, port) {
      await new Promise<void>((resolve, reject) => {
        const onError = (error: NodeJS.ErrnoException): void => reject(startError(error, host, port));
        server.once('error', onError);
        server.listen({ port, host, backlog: BACKLOG }, () => {
          server.off('error', onError);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    },
    stopAccepting() {
      // net's close and not http's: that would also cut idle connections, and with them every health check
      // that still has to see `/readyz` say 503.
      return new Promise<void>((resolve) => {
        net.Server.prototype.close.call(server, () => resolve());
      });
    },
    hangUp() {
      closeConnections();
      // Only http's own close stops the interval that checks for slow requests.
      server.close();
    },
  };
}

const START_TROUBLE: Record<string, { says: string; hint: string }> = {
  EADDRINUSE: { says: 'the port is in use', hint: 'Choose another with --port, or use --port 0 for any free port.' },
  EACCES: { says: 'not permitted', hint: 'Ports below 1024 need privileges; choose a higher one.' },
  EADDRNOTAVAIL: {
    says: 'this machine does not have the address',
    hint: 'Choose an address of this machine with --host.',
  },
  ENOTFOUND: { says: 'the host name is unknown', hint: 'Choose an address of this machine with --host.' },
};

function startError(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  const known = START_TROUBLE[error.code ?? ''];
  const message = `cannot listen on ${bracketed(host)}:${port}: ${known?.says ?? error.message} (${error.code ?? 'unknown'})`;
  return new StartError(message, { cause: error, ...(known === undefined ? {} : { hint: known.hint }) });
}
