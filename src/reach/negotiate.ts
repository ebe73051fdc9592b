/**
 * Does this server speak HTTP/2? Asked once before a run, since a transport speaks one version: what a run
 * measured must not depend on what each connection happened to agree on.
 */
import { TLSSocket } from 'node:tls';
import { Dial, type Address, type DialWaiter } from '../wire/dial.ts';
import { isLoopback, proxyAt } from '../wire/proxy.ts';
import { TlsClient, type TlsOptions } from '../wire/tls.ts';

export interface NegotiateOptions {
  tls: TlsOptions;
  /** As in `UndiciOptions`. */
  proxy?: string;
  /** Ends the wait, which has no deadline of its own. */
  signal: AbortSignal;
}

/**
 * One handshake that offers both versions (RFC 7301).
 *
 * @returns `false` also when no connection came about: the first stream will tell why.
 * @throws {UsageError} for a CA without certificate or a proxy that is none.
 */
export function speaksHttp2(address: Address, { tls, proxy, signal }: NegotiateOptions): Promise<boolean> {
  const route = {
    tls: new TlsClient(tls, 'h2', 'http/1.1'),
    proxy: proxy === undefined || isLoopback(address.host) ? undefined : proxyAt(proxy, true),
  };
  return new Promise((resolve) => {
    const done = (answer: boolean): void => {
      signal.removeEventListener('abort', abort);
      resolve(answer);
    };
    const waiter: DialWaiter = {
      dialed(socket) {
        socket.on('error', () => {}).destroy();
        done(socket instanceof TLSSocket && socket.alpnProtocol === 'h2');
      },
      dialFailed: () => done(false),
    };
    const dial = new Dial(address, route, waiter);
    const abort = (): void => {
      dial.hangUp('rst');
      done(false);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}
