/**
 * A proxy that the environment names and the run does not use: said once, since the user who set it expects to go
 * through it, and may not reach the target otherwise.
 */
import { hostOf } from '../core/host.ts';
import { isLoopback } from '../core/loopback.ts';
import type { Reach } from './transport-spec.ts';
import { proxyFromEnvironment, type ProxyEnvironment } from '../wire/proxy.ts';

/** One line for people, or null where there is nothing to say. */
export function unusedProxy(
  { transport, urls }: { readonly transport: Reach['kind']; readonly urls: readonly string[] },
  environment: ProxyEnvironment,
): string | null {
  if (transport !== 'wire') return null;
  for (const text of urls) {
    const url = new URL(text);
    const asked = isLoopback(url.hostname) ? undefined : proxyFromEnvironment(url, environment);
    if (asked !== undefined) {
      return `${asked.variable} sets a proxy, which the wire transport does not use: ${hostOf(url)} is reached directly (--transport undici uses the proxy)`;
    }
  }
  return null;
}
