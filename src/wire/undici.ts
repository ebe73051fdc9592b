/**
 * The transport for what the lean one leaves out: HTTP/2, proxies, and HTTP/1.1 by an engine that is not ours.
 *
 * HTTP/1.1 is undici's, one `Client` for each stream over a connection that is made here (`dial.ts`); it costs
 * three times the memory of the lean transport. HTTP/2 is Node's own (`http2.ts` says why).
 *
 * Keeps no deadline, reuses no connection of HTTP/1.1, follows no redirect, and makes no connection again.
 */
import type { Client } from 'undici';
import { UsageError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import type { Route } from './dial.ts';
import { Http2Transport } from './http2.ts';
import { proxyAt } from './proxy.ts';
import { TlsClient, type TlsOptions } from './tls.ts';
import type { StreamConnection, StreamReceiver, StreamRequest, Transport } from './transport.ts';
import { UndiciStream } from './undici-stream.ts';

export interface UndiciOptions {
  /** How to do TLS; absent for plain TCP. */
  tls?: TlsOptions;
  /** HTTP/2, by ALPN: a server that does not speak it ends every stream with `tls`. Else HTTP/1.1. */
  http2?: boolean;
  /** HTTP/2 only; lowered to what the server allows. */
  streamsPerConnection?: number;
  /**
   * `http://[user:password@]host:port`; not used for loopback. With one, requests name the host as the URL does:
   * the proxy looks it up.
   */
  proxy?: string;
}

/**
 * Loads undici, so nobody else pays for it.
 *
 * @throws {UsageError} for HTTP/2 without TLS, a CA without certificate, a proxy that is none, `streamsPerConnection`
 * out of range.
 */
export async function createUndiciTransport(options: UndiciOptions = {}): Promise<Transport> {
  const { http2 = false, proxy, streamsPerConnection } = options;
  if (http2 && options.tls === undefined) {
    throw new UsageError('HTTP/2 needs a URL that begins with https://', {
      hint: 'HTTP/2 is negotiated with TLS (ALPN).',
    });
  }
  const tls = options.tls === undefined ? undefined : new TlsClient(options.tls, http2 ? 'h2' : 'http/1.1');
  const direct: Route = { tls, proxy: undefined };
  const route: Route = proxy === undefined ? direct : { tls, proxy: proxyAt(proxy, tls !== undefined) };
  if (http2) {
    const engine = (over: Route): Transport => new Http2Transport(over, streamsPerConnection);
    return new RoutedTransport(engine(direct), engine(route));
  }
  const { Client } = await import('undici');
  return new RoutedTransport(new UndiciTransport(Client, direct), new UndiciTransport(Client, route));
}

/** Sends each stream through the proxy or directly; loopback targets are always reached directly. */
class RoutedTransport implements Transport {
  private readonly direct: Transport;
  private readonly proxied: Transport;

  constructor(direct: Transport, proxied: Transport) {
    this.direct = direct;
    this.proxied = proxied;
  }

  /** @throws {UsageError} for a header that belongs to the connection. */
  open(request: StreamRequest, receiver: StreamReceiver): StreamConnection {
    return (isLoopback(request.host) ? this.direct : this.proxied).open(request, receiver);
  }
}

class UndiciTransport implements Transport {
  private readonly ClientClass: typeof Client;
  private readonly route: Route;

  constructor(ClientClass: typeof Client, route: Route) {
    this.ClientClass = ClientClass;
    this.route = route;
  }

  open(request: StreamRequest, receiver: StreamReceiver): StreamConnection {
    return new UndiciStream(this.ClientClass, this.route, request, receiver);
  }
}
