/**
 * Which proxy a connection goes through, if any: only one that somebody asked for, and none for loopback,
 * where a proxy would measure itself.
 */
import { isIP, isIPv6 } from 'node:net';
import { basicAuthorization } from '../core/basic-auth.ts';
import { UsageError } from '../core/errors.ts';
import { bracketed, hostOf, portOf } from '../core/host.ts';
import { isLoopback } from '../core/loopback.ts';

export interface Proxy {
  host: string;
  port: number;
  /** Value of the Proxy-Authorization field; undefined for a proxy without a user. */
  authorization: string | undefined;
  /** CONNECT for everything (TLS); else the request goes to the proxy in absolute form (RFC 9112, 3.2.2). */
  tunnels: boolean;
}

/**
 * @throws {UsageError} when `url` is not the URL of an HTTP proxy. The message does not show it: it may hold a
 * password.
 */
export function proxyAt(url: string, tunnels: boolean): Proxy {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:') {
    throw new UsageError('the proxy is not a URL that begins with http://', { hint: 'Write http://HOST:PORT.' });
  }
  return {
    host: hostOf(parsed),
    port: portOf(parsed),
    authorization: basicAuthorization(parsed),
    tunnels,
  };
}

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** Where proxies are asked for, as plain data that another process can be told. */
export interface ProxyRules {
  /** URL of the proxy that the user named for every target; null when none was named. */
  given: string | null;
  environment: ProxyEnvironment;
}

/** The variables of an environment that configure proxies. */
export function proxyVariables(env: ProxyEnvironment): ProxyEnvironment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => /^(?:https?|all|no)_proxy$/i.test(name)));
}

/**
 * The URL of the proxy for `target`, or null when there is none; a loopback target never has one.
 *
 * @throws {UsageError} when the environment asks for what is no HTTP proxy
 */
export function proxyFor(target: URL, { given, environment }: ProxyRules): string | null {
  if (isLoopback(target.hostname)) return null;
  if (given !== null) return given;
  const asked = proxyFromEnvironment(target, environment);
  if (asked === undefined) return null;
  // As curl reads it: without a scheme it is an HTTP proxy.
  const url = asked.value.includes('://') ? asked.value : `http://${asked.value}`;
  if (URL.canParse(url) && new URL(url).protocol === 'http:') return url;
  // The value is not shown: it may hold a password.
  throw new UsageError(`the environment variable ${asked.variable} does not name an HTTP proxy`, {
    hint: 'Set it to http://HOST:PORT, exclude the host with no_proxy, or use --proxy.',
  });
}

/**
 * What an environment asks for, as curl reads it: `https_proxy`, `http_proxy` (small letters only, since
 * `HTTP_PROXY` is a header of CGI), `all_proxy`, and `no_proxy` for the exceptions.
 */
export function proxyFromEnvironment(
  target: URL,
  env: ProxyEnvironment,
): { variable: string; value: string } | undefined {
  if (isExempt(target, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const own = target.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const variable = [...own, 'all_proxy', 'ALL_PROXY'].find((name) => env[name] !== undefined);
  const value = variable === undefined ? undefined : env[variable];
  return variable === undefined || value === undefined || value === '' ? undefined : { variable, value };
}

/** Host and port as a request writes them. */
export function authorityOf({ host, port }: { host: string; port: number }): string {
  return `${bracketed(host)}:${port}`;
}

function isExempt(target: URL, exceptions: string): boolean {
  const host = hostOf(target).toLowerCase();
  const port = portOf(target);
  return exceptions
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, entryPort] =
        /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isIPv6(entry) ? `[${entry}]` : entry) ?? [];
      if (entryPort !== undefined && Number(entryPort) !== port) return false;
      const suffix = name.replace(/^\*?\./, '');
      return suffix !== '' && (host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`)));
    });
}
