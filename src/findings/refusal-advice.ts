/**
 * What to do about an attempt that came to no stream, by what became of it: `probe` says it of its one attempt, `soak` of
 * the cause that most of its clients met.
 */
import { noHeadAdvice } from './language-advice.ts';

const BY_CAUSE: Readonly<Record<string, string>> = {
  dns: 'Check the spelling of the host name, and that this machine can resolve it: `getent hosts NAME`.',
  refused:
    'No server listens there, or a firewall rejects the connection: check host and port, and that the server is running (`ss -ltn`).',
  'connect-timeout':
    'The host does not respond: check the address, and security groups and firewalls that drop packets.',
  'client-limit': 'This machine ran out of file descriptors or ports: see `ulimit -n`.',
  reset:
    'The connection was accepted and then reset: check the logs of the server (a crash, a connection limit) and of the proxy or firewall in front of it, and whether the port expects TLS (`https://`).',
  'eof-truncated':
    'The connection was closed before a response: check the log of the server (a crash, a connection limit), and whether the port expects TLS (`https://`).',
  'eof-clean': 'The connection was closed before a response: check the log of the server.',
  'http-protocol':
    'The server does not speak HTTP/1.1: check the port and the scheme (`https://` for TLS), and that no proxy mixes up responses.',
  'headers-too-large':
    'The server or a proxy adds too many headers, often cookies: look at the response with `curl -i`.',
  'redirect-loop': 'Use the URL that the redirects should lead to, and find out why they form a loop.',
  'redirect-refused': 'Use the URL that the redirect leads to, if that is the stream.',
  decode: 'Request no content coding, or disable it: see `compressed-stream`.',
  'server-stop': 'Respond with 200 if there is a stream; 204 tells clients not to reconnect.',
};

/** What OpenSSL and Node say of a handshake (wire/tls-reason.ts), and whose turn it is then. */
const BY_TLS_REASON: readonly (readonly [reason: RegExp, advice: string])[] = [
  [
    /expired/,
    'Renew the certificate, and find out why it was not renewed automatically (certbot, cert-manager, Caddy).',
  ],
  [/not valid yet/, 'Check the clock of this machine and of the machine that issued the certificate.'],
  [
    /self-signed|issuer is unknown/,
    'Serve a valid certificate with its intermediates (`fullchain.pem`), or give its authority with --ca; --insecure accepts any certificate.',
  ],
  [/is not for the/, 'Use a host name that is in the certificate, or issue a certificate for this one.'],
  [/does not speak TLS/, 'Use http:// for this port, or the port that speaks TLS (often 443).'],
  [/client certificate/, 'The server requires a client certificate, which sse-probe cannot send.'],
  [/ALPN/, 'Do not require HTTP/2, or enable it on the server.'],
];

/** @param detail of a failed handshake, or why a certificate is not trusted */
export function adviceOnTls(detail: string): string {
  return (
    BY_TLS_REASON.find(([reason]) => reason.test(detail))?.[1] ??
    'Check that the port speaks TLS, and which versions and client certificates it requires: `openssl s_client -connect HOST:PORT`.'
  );
}

/** Under load a server that is up refuses when its backlog is full, or its descriptors are gone. */
const FULL =
  'Compare the limits of server and proxy (clients, file descriptors, listen backlog) with the number of clients of this run.';
const FULL_CAUSES = new Set<string>(['refused', 'connect-timeout', 'reset', 'eof-truncated']);

export interface RefusalSeen {
  /** For people, as the client was told it. */
  detail?: string;
  /** What the server shows of itself (server-marks.ts). */
  marks?: string;
}

/** Empty where the cause says all. @param cause one of core/causes.ts */
export function adviceOnCause(cause: string, { detail = '', marks = '' }: RefusalSeen = {}): string {
  if (cause === 'tls') return adviceOnTls(detail);
  if (cause === 'headers-timeout') return noHeadAdvice(marks);
  return BY_CAUSE[cause] ?? '';
}

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'The server did not understand the request: check whether it expects https://, another path or parameters, and read its log.',
  401: 'Send credentials: --bearer-env VARIABLE, or --header "Cookie: …"; an `EventSource` sends cookies, but no other credentials.',
  403: 'Send credentials (--bearer-env VARIABLE, or --header "Cookie: …"), and check their permissions; a firewall or a rule on `Origin` or `User-Agent` also responds with 403.',
  404: 'Check the path and the method.',
  405: 'Check the path and the method.',
  406: 'The server does not accept `Accept: text/event-stream`, which requests a stream: check the path and the server.',
  407: 'The proxy requires credentials: --proxy http://USER:PASSWORD@HOST:PORT.',
  421: 'This server does not serve this host name: check the URL, and --connect-to.',
  426: 'The server requires another protocol: HTTP/2 (https:// and --transport undici), or the path is for WebSockets.',
  429: tooOften('connect more slowly'),
  503: 'The server is full or not ready: check its client limit and its readiness, and send Retry-After. An EventSource does not retry after 503.',
  502: 'A gateway got no valid response from the server: check that the server is running, and the log of the gateway.',
  504: 'A gateway timed out waiting for the response headers: send them immediately, before the first event, and check the log of the gateway.',
};

/** @param slower how to ask less often */
function tooOften(slower: string): string {
  return `The server limits the request rate: ${slower} or raise its limit for this address, and send Retry-After. An EventSource does not retry after 429.`;
}

/** What a status other than 200 asks for, whichever command met it. */
export function adviceOnStatus(statusCode: number): string {
  const advice = BY_STATUS[statusCode];
  if (advice !== undefined) return advice;
  if (statusCode >= 500) return 'The server, or a gateway in front of it, failed: check their logs.';
  return 'A stream needs status 200 and `Content-Type: text/event-stream`.';
}

/** The status of a cause as a soak counts it; null where it is none. */
export function statusOfCause(cause: string): number | null {
  const status = /^http-status: status (\d+)$/.exec(cause)?.[1];
  return status === undefined ? null : Number(status);
}

/**
 * @param cause as a soak counts it: `refused`, or `http-status: status 503`
 * @param othersCame whether some clients were let in: a limit then, and no mistake
 */
export function adviceUnderLoad(cause: string, othersCame = true, marks = ''): string {
  const status = statusOfCause(cause);
  if (status === 429) return tooOften('connect more slowly (--ramp, --retry)');
  if (status !== null) return adviceOnStatus(status);
  const [name = '', detail = ''] = cause.split(/: (.*)/s, 2);
  if (name === 'headers-timeout') return othersCame ? `${noHeadAdvice(marks)} ${FULL}` : noHeadAdvice(marks);
  if (othersCame && FULL_CAUSES.has(name)) return FULL;
  return adviceOnCause(name, { detail, marks }) || FULL;
}
