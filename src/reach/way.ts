/**
 * The way to a server, for all connections of one probe: its addresses, what it speaks, what stands between.
 *
 * The name is looked up once, and its addresses are tried in turn; whoever was reached first is asked from then on,
 * so that two connections of one probe speak to the same server as far as can be told. Over TLS one handshake goes
 * ahead: it tells the times of its parts, the certificate, and which version of HTTP is spoken.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { HopResolver } from './hop-resolver.ts';
import { firstHop, hostOf, portOf, shownUrl } from './redirect.ts';
import type { Cause } from '../core/causes.ts';
import { handshake, type Handshake } from './handshake.ts';
import { Http1Transport } from '../wire/http1.ts';
import { proxyFor, type ProxyRules } from '../wire/proxy.ts';
import type { Protocol, TlsOptions } from '../wire/tls.ts';
import type { Transport } from '../wire/transport.ts';

export interface WayOptions {
  url: URL;
  method: string;
  /** Where to connect instead of the URL's own host; null: there. */
  connectTo: { host: string; port: number | null } | null;
  trust: Omit<TlsOptions, 'servername'>;
  proxies: ProxyRules;
  /** Null: HTTP/2 where the server offers it, as browsers do. */
  protocol: Protocol | null;
  nowMs: () => number;
  /** Ends every wait. */
  signal: AbortSignal;
  /** Whether a redirect may lead there. */
  mayVisit?: (url: URL) => boolean;
}

/** How far the first contact came. */
export interface Contact {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  addresses: readonly string[];
  handshake: Handshake | null;
  failure: { cause: Cause; detail: string } | null;
}

/** More addresses of one name are not tried. */
const MAX_ADDRESSES = 8;

export class Way {
  readonly port: number;
  /** URL of the proxy; null: directly. */
  readonly proxy: string | null;
  /** The addresses that are left to try; the first is the one in use. */
  addresses: string[] = [];
  private readonly options: WayOptions;
  private readonly transports = new Map<Protocol, Promise<Transport>>();
  private spoken: Protocol = 'http/1.1';
  private hops: HopResolver | null = null;

  constructor(options: WayOptions) {
    const { url, connectTo, proxies } = options;
    this.options = options;
    this.port = connectTo?.port ?? portOf(url);
    this.proxy = proxyFor(url, proxies);
  }

  /** What a stream to the URL speaks. */
  get protocol(): Protocol {
    return this.spoken;
  }

  get resolver(): HopResolver {
    if (this.hops === null) throw new Error('the way was not looked for yet');
    return this.hops;
  }

  /** Looks for it, once. @throws {UsageError} for a CA or a proxy that is none */
  async find(): Promise<Contact> {
    const { url, connectTo, nowMs, signal } = this.options;
    const contact: Contact = {
      dnsMs: null,
      connectMs: null,
      tlsMs: null,
      addresses: [],
      handshake: null,
      failure: null,
    };
    const host = connectTo?.host ?? hostOf(url);
    if (isIP(host) !== 0 || this.proxy !== null) this.addresses = [host];
    else {
      const startMs = nowMs();
      const found = await addressesOf(host, signal);
      contact.dnsMs = nowMs() - startMs;
      if (typeof found === 'string') return { ...contact, failure: { cause: 'dns', detail: found } };
      this.addresses = found;
    }
    contact.addresses = [...this.addresses];
    if (url.protocol === 'https:') await this.secure(contact);
    if (contact.failure !== null) return contact;
    const transport = await this.transport(this.spoken);
    const start = firstHop(url, this.options.method, this.addresses[0] ?? host);
    this.hops = new HopResolver({
      start,
      transport,
      openTransport: (to, address) => this.elsewhere(to, address),
      proxied: (to) => proxyFor(to, this.options.proxies) !== null,
      refuses: (to) =>
        this.options.mayVisit?.(to) === false ? `${shownUrl(to.href)} is none of the targets that may be probed` : null,
    });
    return contact;
  }

  /** Another address of the same name is to be tried. @returns false when there is none */
  next(): boolean {
    if (this.addresses.length < 2) return false;
    this.addresses.shift();
    return true;
  }

  /** What speaks this version to the URL's own host. */
  transport(protocol: Protocol): Promise<Transport> {
    let found = this.transports.get(protocol);
    if (found === undefined) {
      const { url, trust } = this.options;
      const tls = url.protocol === 'https:' ? { ...trust, servername: hostOf(url) } : null;
      found = transportFor(tls, protocol, this.proxy);
      this.transports.set(protocol, found);
    }
    return found;
  }

  private async secure(contact: Contact): Promise<void> {
    const { url, trust, protocol, nowMs, signal } = this.options;
    const tls = { ...trust, servername: hostOf(url) };
    const protocols: Protocol[] = protocol === null ? ['h2', 'http/1.1'] : [protocol];
    for (;;) {
      const found = await handshake(
        { host: this.addresses[0] as string, port: this.port },
        { tls, protocols, proxy: this.proxy, signal, nowMs },
      );
      contact.connectMs = found.connectMs;
      if (!('cause' in found)) {
        contact.handshake = found;
        contact.tlsMs = found.tlsMs;
        this.spoken = protocol ?? (found.protocol === 'h2' ? 'h2' : 'http/1.1');
        return;
      }
      if (found.connectMs === null && !signal.aborted && this.next()) continue;
      contact.failure = { cause: found.cause, detail: found.detail };
      return;
    }
  }

  /** For a redirect to another origin. */
  private async elsewhere(url: URL, address: string): Promise<Transport> {
    const { trust, protocol: wanted, proxies, signal, nowMs } = this.options;
    const proxy = proxyFor(url, proxies);
    if (url.protocol !== 'https:') return transportFor(null, 'http/1.1', proxy);
    const tls = { ...trust, servername: hostOf(url) };
    const found =
      wanted === null
        ? await handshake(
            { host: address, port: portOf(url) },
            { tls, protocols: ['h2', 'http/1.1'], proxy, signal, nowMs },
          )
        : null;
    const isHttp2 = wanted === 'h2' || (found !== null && !('cause' in found) && found.protocol === 'h2');
    return transportFor(tls, isHttp2 ? 'h2' : 'http/1.1', proxy);
  }
}

async function transportFor(tls: TlsOptions | null, protocol: Protocol, proxy: string | null): Promise<Transport> {
  // The lean one needs no other engine to be loaded, which is most of what a short probe would take.
  if (protocol === 'http/1.1' && proxy === null) return new Http1Transport(tls === null ? {} : { tls });
  const { createUndiciTransport } = await import('../wire/undici.ts');
  return createUndiciTransport({
    ...(tls === null ? {} : { tls }),
    ...(proxy === null ? {} : { proxy }),
    http2: protocol === 'h2',
  });
}

/** In the system's order; or why there are none. getaddrinfo(3) cannot be ended: it is left to itself. */
async function addressesOf(host: string, signal: AbortSignal): Promise<string[] | string> {
  const late = new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve('no answer in time'), { once: true });
  });
  const found = lookup(host, { all: true, verbatim: true }).then(
    (all) => all.slice(0, MAX_ADDRESSES).map(({ address }) => address),
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  return Promise.race([found, late]);
}
