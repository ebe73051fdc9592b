/**
 * Which transport a plan asks for, as plain data that another process can be told.
 */
import { readFile } from 'node:fs/promises';
import { hostOf } from '../client/redirect.ts';
import { UsageError } from '../core/errors.ts';
import type { SoakPlan } from '../scenario/soak-options.ts';
import { Http1Transport } from '../wire/http1.ts';
import type { TlsOptions } from '../wire/tls.ts';
import type { Transport } from '../wire/transport.ts';

export interface TransportSpec {
  kind: 'wire' | 'undici';
  /** Null: plain TCP. */
  tls: TlsOptions | null;
  /** Which certificates are accepted, also where a redirect leads to TLS. */
  trust: Omit<TlsOptions, 'servername'>;
  streamsPerConnection: number;
  proxy: string | null;
}

export const PLAIN: TransportSpec = { kind: 'wire', tls: null, trust: {}, streamsPerConnection: 1, proxy: null };

/** @throws {UsageError} when the CA file cannot be read */
export async function transportSpec(plan: SoakPlan, url: URL): Promise<TransportSpec> {
  const { transport: kind, streamsPerConnection, proxy, insecure, caFile } = plan;
  const trust = { insecure, ...(caFile === null ? {} : { ca: await readCa(caFile) }) };
  const tls = url.protocol === 'https:' ? { ...trust, servername: hostOf(url) } : null;
  return { kind, tls, trust, streamsPerConnection, proxy };
}

/** What a transport speaks, in the words of ALPN (RFC 7301). */
export function protocolOf({ kind, tls }: TransportSpec): 'http/1.1' | 'h2' {
  return kind === 'undici' && tls !== null ? 'h2' : 'http/1.1';
}

/** @throws {UsageError} for a CA without a certificate or a proxy that is none */
export async function openTransport(spec: TransportSpec): Promise<Transport> {
  const { kind, tls, streamsPerConnection, proxy } = spec;
  if (kind === 'wire') return new Http1Transport(tls === null ? {} : { tls });
  const { createUndiciTransport } = await import('../wire/undici.ts');
  return createUndiciTransport({
    ...(tls === null ? {} : { tls }),
    ...(proxy === null ? {} : { proxy }),
    http2: protocolOf(spec) === 'h2',
    streamsPerConnection,
  });
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { hint: 'Name a PEM file with certificates.' });
  }
}
