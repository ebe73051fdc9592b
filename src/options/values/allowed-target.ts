/**
 * What an exporter may be sent to: a list that its owner writes, since its callers choose the target.
 *
 * Everything is compared after the URL was parsed, never as text: `http://allowed@evil/` is the host evil, and
 * `/a/../b` the path /b. A host without a port means the usual ones only, so that nobody scans the ports of a host that
 * is allowed; one without a scheme means https, so that no caller has the owner's token sent where everybody on the way
 * can read it, but for this machine itself. There is no rule for everything.
 */
import { quote } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { portOf } from '../../core/host.ts';
import { isLoopback } from '../../core/loopback.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export interface AllowedTarget {
  /** The one allowed protocol; null for https, and http where the host is this machine. */
  readonly protocol: 'http:' | 'https:' | null;
  /** Host name as in a parsed URL. */
  readonly hostname: string;
  /** Whether the rule is for every name below the host name, and not for the name itself. */
  readonly isWildcard: boolean;
  /** The allowed port; null for the protocol's default. */
  readonly port: number | null;
  /** `/` is every path; one without a slash at its end is itself and what is below. */
  readonly path: string;
}

const WILDCARD = '*.';
/** Slashes that a server may decode and a URL parser leaves alone: behind them `..` means something. */
const ENCODED_SLASH = /%2f|%5c/i;
const FORM =
  'write HOST, HOST:PORT or *.DOMAIN for https, or the beginning of a URL, such as http://10.0.0.7:8080/streams/';

/** `HOST`, `HOST:PORT`, `*.DOMAIN`: https; or the beginning of a URL. */
export const allowedTarget: Kind<AllowedTarget> = scalar({
  placeholder: 'target',
  schema: { type: 'string', maxLength: 2000 },
  parse(given) {
    const isUrl = given.includes('://');
    const isWildcard = !isUrl && given.startsWith(WILDCARD);
    const host = isWildcard ? given.slice(WILDCARD.length) : given;
    if (/[\s*]/.test(host) || host === '') throw new ValueError(`${quote(redactUrl(given))} is not a target; ${FORM}`);
    return isUrl ? fromUrl(given) : fromHost(given, host, isWildcard);
  },
});

function fromUrl(given: string): AllowedTarget {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new ValueError(`${quote(redactUrl(given))} is not an http or https URL; ${FORM}`);
  if (url.username !== '' || url.password !== '')
    throw new ValueError('contains user info, which the exporter never sends; remove it');
  if (url.search !== '' || url.hash !== '')
    throw new ValueError(`${quote(redactUrl(given))} has a query or a fragment, which is not compared; remove it`);
  return { protocol: url.protocol, hostname: url.hostname, isWildcard: false, port: portOf(url), path: url.pathname };
}

function fromHost(given: string, host: string, isWildcard: boolean): AllowedTarget {
  // As a URL it is brought into one form: small letters, punycode, the one way to write an address.
  const text = `https://${host}`;
  if (/[/?#@\\]/.test(host) || !URL.canParse(text))
    throw new ValueError(`${quote(redactUrl(given))} is not a host; ${FORM}`);
  const url = new URL(text);
  const port = /:(\d+)$/.exec(host)?.[1];
  return {
    protocol: null,
    hostname: url.hostname,
    isWildcard,
    port: port === undefined ? null : Number(port),
    path: '/',
  };
}

/** Whether only the scheme is wrong: a rule would allow it for https. */
export function isAllowedForHttps(url: URL, rules: readonly AllowedTarget[]): boolean {
  if (url.protocol !== 'http:') return false;
  const secure = new URL(url);
  secure.protocol = 'https:';
  return isAllowedTarget(secure, rules);
}

/** Whether one of the rules allows it. */
export function isAllowedTarget(url: URL, rules: readonly AllowedTarget[]): boolean {
  return rules.some((rule) => allows(rule, url));
}

function allows({ protocol, hostname, isWildcard, port, path }: AllowedTarget, url: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (protocol === null ? url.protocol === 'http:' && !isLoopback(url.hostname) : protocol !== url.protocol)
    return false;
  const sameHost = isWildcard ? url.hostname.endsWith(`.${hostname}`) : url.hostname === hostname;
  // A URL that was parsed has no port where it is the usual one.
  if (!sameHost || (port === null ? url.port !== '' : portOf(url) !== port)) return false;
  if (path === '/') return true;
  if (ENCODED_SLASH.test(url.pathname)) return false;
  return url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
