/**
 * Where a redirect's next request goes: its address, its transport, and whether a client may go there at all.
 * One for all clients of a process, so that a name is looked up once, however many are sent there.
 *
 * A redirect is the word of a stranger: it may not lead from a wider network into a narrower one (to our own
 * machine, to the metadata service of its cloud, into the user's private network), whatever name it uses for it.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { scopeOfHost, type AddressScope } from './address-scope.ts';
import { BoundedCache } from '../core/bounded-cache.ts';
import { UsageError } from '../core/errors.ts';
import { hostOf } from '../core/host.ts';
import type { Transport } from '../wire/transport.ts';
import { shownUrl, type Hop } from './redirect.ts';
import type { Refusal } from './refusal.ts';

/** A hostile server could name a new host in each redirect. */
const MAX_HOSTS = 64;
/** Connections that stand outlive their transport. */
const MAX_TRANSPORTS = 16;

export interface HopOptions {
  /** What every attempt begins with. */
  start: Hop;
  /** What speaks to the start. */
  transport: Transport;
  /** What speaks to another origin. @throws {UsageError} when nothing does */
  openTransport: (url: URL, address: string) => Promise<Transport>;
  /** Whether a proxy stands between, which then looks the name up. Default: never. */
  proxied?: (url: URL) => boolean;
  /** A rule of the caller's own: why nobody may be sent there, or null. */
  refuses?: (url: URL, scope: AddressScope) => string | null;
  /** For a name: its address. Default: the system's. */
  lookup?: (host: string) => Promise<{ address: string }>;
}

export class HopResolver {
  readonly start: Hop;
  private readonly options: HopOptions;
  private readonly addresses = new BoundedCache<string, Promise<string>>(MAX_HOSTS);
  private readonly transports = new BoundedCache<string, Promise<Transport>>(MAX_TRANSPORTS);

  constructor(options: HopOptions) {
    this.start = options.start;
    this.options = options;
  }

  /** What to reach the hop with, whose address is set then; or why it cannot be reached. */
  async resolve(hop: Hop): Promise<Transport | Refusal> {
    try {
      return await this.find(hop);
    } catch (error) {
      if (error instanceof UsageError)
        return { cause: 'redirect-refused', detail: `${shownUrl(hop.url.href)}: ${error.message}` };
      throw error;
    }
  }

  private async find(hop: Hop): Promise<Transport | Refusal> {
    const { url } = hop;
    const host = hostOf(url);
    const isName = isIP(host) === 0 && this.options.proxied?.(url) !== true;
    try {
      hop.address = isName ? await this.addresses.get(host, () => this.lookUp(host)) : host;
    } catch (error) {
      return { cause: 'dns', detail: `${shownUrl(host)}: ${(error as NodeJS.ErrnoException).code ?? 'no address'}` };
    }
    const why = this.refusesWay(hop, scopeOfHost(hop.address));
    return why === null ? this.transportFor(hop) : { cause: 'redirect-refused', detail: why };
  }

  private refusesWay({ url, address, sentFrom }: Hop, scope: AddressScope): string | null {
    if (!mayLead(scopeOfHost(sentFrom), scope)) {
      return `${shownUrl(url.href)} is the ${scope} address ${address}; redirects to internal addresses are not followed`;
    }
    return this.options.refuses?.(url, scope) ?? null;
  }

  private transportFor({ url, address }: Hop): Transport | Promise<Transport> {
    const { start, transport, openTransport } = this.options;
    if (url.origin === start.url.origin) return transport;
    return this.transports.get(url.origin, () => openTransport(url, address));
  }

  /** A failure is not remembered: the client that comes back asks again. */
  private async lookUp(host: string): Promise<string> {
    try {
      return (await (this.options.lookup ?? lookup)(host)).address;
    } catch (error) {
      this.addresses.forget(host);
      throw error;
    }
  }
}

function mayLead(from: AddressScope, to: AddressScope): boolean {
  return to === from || to === 'public' || (to === 'private' && from !== 'public');
}
