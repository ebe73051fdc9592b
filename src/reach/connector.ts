/**
 * Makes the connections of one probe to its server: finds its addresses, what it speaks, and what stands between.
 *
 * The name is looked up once, and its addresses are tried in turn; the one that was reached first is asked from then
 * on, so that two connections of one probe speak to the same server as far as can be told. Over TLS one handshake goes
 * ahead: it tells the times of its parts, the certificate, and which version of HTTP is spoken.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { HopResolver } from './hop-resolver.ts';
import { hopsFor } from './hops.ts';
import { firstHop, shownUrl } from './redirect.ts';
import type { Cause } from '../core/causes.ts';
import { hostOf, portOf } from '../core/host.ts';
import { handshake, type Handshake } from './handshake.ts';
import { isLean, offered, openTransport, plainSpec, spoken, type Reach, type TransportSpec } from './transport-spec.ts';
import type { Protocol, TlsOptions } from '../wire/tls.ts';
import type { Transport } from '../wire/transport.ts';

export interface ConnectorOptions {
  url: URL;
  method: string;
  /** Where to connect instead of the URL's own host; null: there. */
  connectTo: { host: string; port: number | null } | null;
  reach: Reach;
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

export class Connector {
  readonly port: number;
  /** The addresses that are left to try; the first is the one in use. */
  addresses: string[] = [];
  private readonly options: ConnectorOptions;
  private readonly transports = new Map<Protocol, Promise<Transport>>();
  private spec: TransportSpec;
  private hops: HopResolver | null = null;

  /** @throws {UsageError} when the environment asks for a proxy that cannot be used */
  constructor(options: ConnectorOptions) {
    const { url, connectTo, reach } = options;
    this.options = options;
    this.port = connectTo?.port ?? portOf(url);
    this.spec = plainSpec(url, reach);
  }

  /** URL of the proxy; null: directly. */
  get proxy(): string | null {
    return this.spec.proxy;
  }

  /** What a stream to the URL speaks. */
  get protocol(): Protocol {
    return this.spec.protocol;
  }

  /** Whether a stream has a connection that is its own. */
  get isLean(): boolean {
    return isLean(this.spec);
  }

  /** Where redirects lead. */
  get resolver(): HopResolver {
    if (this.hops === null) throw new Error('the server was not contacted yet');
    return this.hops;
  }

  /** The first contact with the server, once. @throws {UsageError} for a CA or a proxy that is none */
  async contact(): Promise<Contact> {
    const { url, connectTo, reach, method, nowMs, signal } = this.options;
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
    if (this.spec.tls !== null) await this.secure(contact, this.spec.tls);
    if (contact.failure !== null) return contact;
    this.hops = hopsFor({
      start: firstHop(url, method, this.addresses[0] ?? host),
      transport: await this.transport(this.protocol),
      reach,
      signal,
      refuses: (to) => (this.options.mayVisit?.(to) === false ? `${shownUrl(to.href)} is not an allowed target` : null),
    });
    return contact;
  }

  /** Another address of the same name is to be tried. @returns false when there is none */
  nextAddress(): boolean {
    if (this.addresses.length < 2) return false;
    this.addresses.shift();
    return true;
  }

  /** What speaks this version to the URL's own host. */
  transport(protocol: Protocol): Promise<Transport> {
    let found = this.transports.get(protocol);
    if (found === undefined) {
      found = openTransport({ ...this.spec, protocol });
      this.transports.set(protocol, found);
    }
    return found;
  }

  private async secure(contact: Contact, tls: TlsOptions): Promise<void> {
    const { reach, nowMs, signal } = this.options;
    for (;;) {
      const found = await handshake(
        { host: this.addresses[0] as string, port: this.port },
        { tls, protocols: offered(reach), proxy: this.proxy, signal, nowMs },
      );
      contact.connectMs = found.connectMs;
      if (!('cause' in found)) {
        contact.handshake = found;
        contact.tlsMs = found.tlsMs;
        this.spec = { ...this.spec, protocol: spoken(reach, found) };
        return;
      }
      if (found.connectMs === null && !signal.aborted && this.nextAddress()) continue;
      contact.failure = { cause: found.cause, detail: found.detail };
      return;
    }
  }
}

/** In the system's order; or why there are none. getaddrinfo(3) cannot be ended: it is left to itself. */
async function addressesOf(host: string, signal: AbortSignal): Promise<string[] | string> {
  const late = new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve('no response in time'), { once: true });
  });
  const found = lookup(host, { all: true, verbatim: true }).then(
    (all) => all.slice(0, MAX_ADDRESSES).map(({ address }) => address),
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  return Promise.race([found, late]);
}
