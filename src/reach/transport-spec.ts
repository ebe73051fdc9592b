/**
 * Which transport reaches a URL, as a plan asks for it: plain data, so that another process can be told.
 *
 * What is spoken is settled here, once for each origin and before its first stream: HTTP/2 where the plan's transport
 * knows it and the server offers it, else HTTP/1.1.
 */
import { readFile } from 'node:fs/promises';
import { hostOf, portOf } from './redirect.ts';
import { UsageError } from '../core/errors.ts';
import { Http1Transport } from '../wire/http1.ts';
import { proxyFor, type ProxyEnvironment, type ProxyRules } from '../wire/proxy.ts';
import type { Protocol, TlsOptions } from '../wire/tls.ts';
import type { Transport } from '../wire/transport.ts';

/** How the clients of a plan reach whatever they are sent to. */
export interface Reach {
  kind: 'wire' | 'undici';
  /** Which certificates are accepted. */
  trust: Omit<TlsOptions, 'servername'>;
  streamsPerConnection: number;
  proxies: ProxyRules;
  /** For asking a server what it speaks, too. */
  connectTimeoutMs: number;
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
  streamsPerConnection: 1,
  proxies: NO_PROXIES,
  connectTimeoutMs: 10_000,
  protocol: 'http/1.1',
  proxy: null,
};

/** The part of a plan that says how a server is reached. */
export interface ReachPlan {
  readonly transport: Reach['kind'];
  readonly streamsPerConnection: number;
  readonly proxy: string | null;
  readonly insecure: boolean;
  readonly caFile: string | null;
  readonly connectTimeoutMs: number;
}

/** @throws {UsageError} when the CA file cannot be read */
export async function reachOf(plan: ReachPlan, environment: ProxyEnvironment): Promise<Reach> {
  const { transport: kind, streamsPerConnection, proxy, insecure, caFile, connectTimeoutMs } = plan;
  const trust = { insecure, ...(caFile === null ? {} : { ca: await readCa(caFile) }) };
  // The lean transport knows none; where it is asked to use one by name, the plan is refused.
  const proxies = kind === 'wire' ? NO_PROXIES : { given: proxy, environment };
  return { kind, trust, streamsPerConnection, proxies, connectTimeoutMs };
}

/** The proxy for `url`, which then looks up its name. @throws {UsageError} when the environment asks for none that can be used */
export function proxyOf(url: URL, { proxies }: Reach): string | null {
  return proxyFor(url, proxies);
}

/**
 * @param address of the URL's host; the host itself where a proxy looks it up
 * @param signal ends the question what the server speaks, which otherwise ends at the time for a connection
 * @throws {UsageError} for a CA without a certificate or a proxy that is none
 */
export async function transportSpec(
  url: URL,
  address: string,
  reach: Reach,
  signal?: AbortSignal,
): Promise<TransportSpec> {
  const tls = url.protocol === 'https:' ? { ...reach.trust, servername: hostOf(url) } : null;
  const proxy = proxyOf(url, reach);
  if (reach.kind === 'wire' || tls === null) return { ...reach, tls, proxy, protocol: 'http/1.1' };
  const { speaksHttp2 } = await import('./negotiate.ts');
  const deadline = AbortSignal.timeout(reach.connectTimeoutMs);
  const isHttp2 = await speaksHttp2(
    { host: address, port: portOf(url) },
    {
      tls,
      ...(proxy === null ? {} : { proxy }),
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    },
  );
  return { ...reach, tls, proxy, protocol: isHttp2 ? 'h2' : 'http/1.1' };
}

/** Clients that share one connection. */
export function clientsPerConnection({ protocol, streamsPerConnection }: TransportSpec): number {
  return protocol === 'h2' ? streamsPerConnection : 1;
}

/** @throws {UsageError} for a CA without a certificate or a proxy that is none */
export async function openTransport({
  kind,
  tls,
  protocol,
  streamsPerConnection,
  proxy,
}: TransportSpec): Promise<Transport> {
  if (kind === 'wire') return new Http1Transport(tls === null ? {} : { tls });
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
      hint: 'Name a PEM file with certificates.',
    });
  }
}
