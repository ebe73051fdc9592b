/**
 * Connections for engines that want one ready: TCP, through a proxy if asked, then TLS if asked.
 *
 * Ours and not the engines' own, so that every way to fail has the same word in every transport, a connection
 * is never silently made again, and its holder can reset it.
 *
 * Keeps no deadline: the caller hangs up.
 */
import { connect, type Socket } from 'node:net';
import type { Cause } from '../core/causes.ts';
import { authorityOf, type Proxy } from './proxy.ts';
import { resetConnection } from './reset.ts';
import { socketTrouble } from './socket-error.ts';
import type { TlsClient } from './tls.ts';
import { openTunnel } from './tunnel.ts';

export interface Address {
  host: string;
  port: number;
  localAddress?: string | undefined;
}

/** The receiver of a connection. One of its two methods is called, once, and not before `dial` has returned. */
export interface DialWaiter {
  /** The connection is ready: nothing was read from it, and only the handshakes were written. */
  dialed(socket: Socket): void;
  dialFailed(cause: Cause, detail: string): void;
}

export interface Route {
  tls: TlsClient | undefined;
  proxy: Proxy | undefined;
}

export class Dial {
  private readonly address: Address;
  private readonly route: Route;
  private readonly waiter: DialWaiter;
  private readonly below: Socket;
  private socket: Socket;
  /** Whether anything but the connection to the first hop can have failed. */
  private connected = false;
  private over = false;

  constructor(address: Address, route: Route, waiter: DialWaiter) {
    this.address = address;
    this.route = route;
    this.waiter = waiter;
    const { host, port } = route.proxy ?? address;
    this.below = connect({ host, port, localAddress: address.localAddress, noDelay: true });
    this.socket = this.below;
    this.below.on('error', this.onError).once('connect', () => {
      this.connected = true;
      if (route.proxy?.tunnels === true) this.tunnel(route.proxy);
      else this.secure();
    });
  }

  /** Abandons the attempt and calls neither method of the waiter. */
  hangUp(how: 'fin' | 'rst'): void {
    this.over = true;
    if (how === 'rst' && this.connected) resetConnection(this.socket);
    else this.socket.destroy();
    // In case TLS had not yet taken it over.
    this.below.destroy();
  }

  private tunnel(proxy: Proxy): void {
    openTunnel(this.below, proxy, this.address, (refusal) => {
      if (this.over) return;
      if (refusal === undefined) this.secure();
      else this.fail(refusal.cause, refusal.detail);
    });
  }

  private secure(): void {
    if (this.over) return;
    const { tls } = this.route;
    if (tls === undefined) {
      this.finish();
      return;
    }
    // Node takes the listener's place for errors of the connection below and passes them on.
    const socket = tls.connect({ socket: this.below });
    this.socket = socket;
    socket.on('error', this.onError).once('secureConnect', () => {
      // RFC 7301, 3.2: a server that finds no protocol in common sends an alert; those without ALPN say nothing.
      if (tls.isHttp2Only && socket.alpnProtocol !== 'h2') this.fail('tls', 'the server does not speak HTTP/2 (ALPN)');
      else this.finish();
    });
  }

  private readonly onError = (error: NodeJS.ErrnoException): void => {
    if (this.over) return;
    const { cause, detail } = socketTrouble(error, this.connected);
    const { proxy } = this.route;
    const towards = proxy !== undefined && !this.connected ? `proxy ${authorityOf(proxy)}: ` : '';
    this.fail(cause, towards + detail);
  };

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.socket.off('error', this.onError);
    this.waiter.dialed(this.socket);
  }

  private fail(cause: Cause, detail: string): void {
    this.hangUp('fin');
    this.waiter.dialFailed(cause, detail);
  }
}
