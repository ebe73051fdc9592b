/**
 * Which transport reaches a URL, as a plan asks for it: plain data, so that another process can be told.
 *
 * What is spoken is settled here, once for each origin and before its first stream, for a soak, a probe and a listening
 * alike: what a run measured must not depend on what each connection happened to agree on.
 */
import { readFile } from 'node:fs/promises';
import { handshake, type Handshake } from './handshake.ts';
import { systemClock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';
import { hostOf, portOf } from '../core/host.ts';
import { TimeLimit } from '../core/time-limit.ts';
import { Http1Transport } from '../wire/http1.ts';
import { proxyFor, type ProxyEnvironment, type ProxyRules } from '../wire/proxy.ts';
import type { Protocol, TlsOptions } from '../wire/tls.ts';
import type { Transport } from '../wire/transport.ts';

/** How the clients of a plan reach whatever they are sent to. */
export interface Reach {
  /** `leanest`: the lean engine wherever it can do what is asked, since loading the other one takes its time. */
  kind: 'wire' | 'undici' | 'leanest';
  /** Which certificates are accepted. */
  trust: Omit<TlsOptions, 'servername'>;
  /** What is spoken over TLS; null: HTTP/2 where the server offers it, as browsers do, else HTTP/1.1. */
  wanted: Protocol | null;
  streamsPerConnection: number;
  proxies: ProxyRules;
  /** For asking a server what it speaks, too; null: until the caller's signal. */
  connectTimeoutMs: number | null;
}

/** How they reach one origin. */
export interface TransportSpec extends Reach {
  /** Null: plain TCP. */
  tls: TlsOptions | null;
  protocol: Protocol;
  /** URL of the proxy; null: directly. */
  proxy: string | null;
}

const NO_PROXIES: ProxyRules = { given: null, environment: {} };

/** HTTP/1.1 to a server on this machine. */
export const PLAIN: TransportSpec = {
  kind: 'wire',
  tls: null,
  trust: {},
  wanted: 'http/1.1',
  streamsPerConnection: 1,
  proxies: NO_PROXIES,
  connectTimeoutMs: 10_000,
  protocol: 'http/1.1',
  proxy: null,
};

/** The part of a plan that says how a server is reached. */
export interface ReachPlan {
  readonly transport: Reach['kind'];
  /** Default: what the transport is able to speak. */
  readonly protocol?: Protocol | null;
  readonly streamsPerConnection: number;
  readonly proxy: string | null;
  readonly insecure: boolean;
  readonly caFile: string | null;
  readonly connectTimeoutMs: number | null;
}

/** @throws {UsageError} when the CA file cannot be read */
export async function reachOf(plan: ReachPlan, environment: ProxyEnvironment): Promise<Reach> {
  const { transport: kind, protocol = null, streamsPerConnection, proxy, insecure, caFile, connectTimeoutMs } = plan;
  const trust = { insecure, ...(caFile === null ? {} : { ca: await readCa(caFile) }) };
  // The lean transport knows neither HTTP/2 nor proxies; where it is asked to use one by name, the plan is refused.
  return kind === 'wire'
    ? { kind, trust, wanted: 'http/1.1', streamsPerConnection, proxies: NO_PROXIES, connectTimeoutMs }
    : { kind, trust, wanted: protocol, streamsPerConnection, proxies: { given: proxy, environment }, connectTimeoutMs };
}

/**
 * The proxy for `url`, which then looks up its name.
 *
 * @throws {UsageError} when the environment asks for none that can
 * be used
 */
export function proxyOf(url: URL, { proxies }: Reach): string | null {
  return proxyFor(url, proxies);
}

/** How `url` is reached with HTTP/1.1, without asking its server. @throws {UsageError} as {@link proxyOf} does */
export function plainSpec(url: URL, reach: Reach): TransportSpec {
  const tls = url.protocol === 'https:' ? { ...reach.trust, servername: hostOf(url) } : null;
  return { ...reach, tls, proxy: proxyOf(url, reach), protocol: 'http/1.1' };
}

/** What a handshake offers, the dearest first. */
export function offered({ wanted }: Reach): readonly Protocol[] {
  return wanted === null ? ['h2', 'http/1.1'] : [wanted];
}

/** What is spoken after a handshake that offered it: a server without ALPN (RFC 7301) speaks HTTP/1.1. */
export function spoken({ wanted }: Reach, { protocol }: Pick<Handshake, 'protocol'>): Protocol {
  return wanted ?? (protocol === 'h2' ? 'h2' : 'http/1.1');
}

/**
 * Asks the server what it speaks, where `reach` leaves a choice. Where no handshake comes about it is HTTP/1.1: the
 * first stream will tell why.
 *
 * @param address of the URL's host; the host itself where a proxy looks it up
 * @param signal ends the question, which otherwise ends at the time for a connection
 * @throws {UsageError} for a CA without a certificate or a proxy that is none
 */
export async function transportSpec(
  url: URL,
  address: string,
  reach: Reach,
  signal?: AbortSignal,
): Promise<TransportSpec> {
  const spec = plainSpec(url, reach);
  const { tls, proxy, wanted, connectTimeoutMs } = spec;
  if (tls === null) return spec;
  if (wanted !== null) return { ...spec, protocol: wanted };
  const limit = new TimeLimit(connectTimeoutMs, signal);
  const found = await handshake(
    { host: address, port: portOf(url) },
    {
      tls,
      protocols: offered(reach),
      proxy,
      signal: limit.signal,
      nowMs: () => systemClock.nowMs(),
    },
  );
  limit.end();
  return 'cause' in found ? spec : { ...spec, protocol: spoken(reach, found) };
}

/** Clients that share one connection. */
export function clientsPerConnection({ protocol, streamsPerConnection }: TransportSpec): number {
  return protocol === 'h2' ? streamsPerConnection : 1;
}

/** Whether the lean engine speaks: each stream has a connection that is its own. */
export function isLean({ kind, protocol, proxy }: TransportSpec): boolean {
  return kind === 'wire' || (kind === 'leanest' && protocol === 'http/1.1' && proxy === null);
}

/** @throws {UsageError} for a CA without a certificate or a proxy that is none */
export async function openTransport(spec: TransportSpec): Promise<Transport> {
  const { tls, protocol, streamsPerConnection, proxy } = spec;
  if (isLean(spec)) return new Http1Transport(tls === null ? {} : { tls });
  const { createUndiciTransport } = await import('../wire/undici.ts');
  return createUndiciTransport({
    ...(tls === null ? {} : { tls }),
    ...(proxy === null ? {} : { proxy }),
    http2: protocol === 'h2',
    streamsPerConnection,
  });
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      hint: 'Give a PEM file with certificates.',
    });
  }
}
