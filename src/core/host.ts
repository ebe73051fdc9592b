/**
 * Host and port as URLs write them and as sockets take them: an IPv6 address has brackets in a URL and none anywhere
 * else (RFC 3986, 3.2.2), and a port that is the usual one of its scheme is left out.
 */

/** The host as sockets and certificates want it: IPv6 without brackets. */
export function hostOf(url: URL): string {
  return withoutBrackets(url.hostname);
}

/** The port of an `http:` or `https:` URL. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** IPv6 as it stands in URLs; names and IPv4 as they are. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
