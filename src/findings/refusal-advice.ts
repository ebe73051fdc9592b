/**
 * What to do about an attempt that came to no stream, by what became of it: `probe` says it of its one attempt, `soak` of
 * the cause that most of its clients met.
 */
import { noHeadAdvice } from './language-advice.ts';

const BY_CAUSE: Readonly<Record<string, string>> = {
  dns: 'Check the spelling of the name, and that this machine can resolve it: `getent hosts NAME`.',
  refused: 'Nothing listens there, or a firewall says no: check host and port, and that the server is up (`ss -ltn`).',
  'connect-timeout': 'Nobody answers: check the address, security groups and firewalls that drop packets.',
  'client-limit': 'This machine has no descriptor or port left: see `ulimit -n`.',
  reset:
    'Something took the connection and threw it away: look at the log of the server (a crash, a limit of connections) and of the proxy or the firewall in front of it, and whether the port wants TLS (`https://`).',
  'eof-truncated':
    'The connection was closed before an answer: look at the log of the server (a crash, a limit of connections), and whether the port wants TLS (`https://`).',
  'eof-clean': 'The connection was closed before an answer: look at the log of the server.',
  'http-protocol':
    'What answers does not speak HTTP/1.1: check the port and the scheme (`https://` for TLS), and that no proxy mixes answers up.',
  'headers-too-large': 'Something adds headers without end, often cookies: look at the answer with `curl -i`.',
  'redirect-loop': 'Ask the URL that the redirects should lead to, and see why they lead in a circle.',
  'redirect-refused': 'Ask the URL that the redirect leads to, if that is the stream.',
  decode: 'Ask for no content coding, or take it away: see `compressed-stream`.',
  'server-stop': 'Answer 200 where a stream is to be had; 204 tells a client to stay away.',
};

/** What OpenSSL and Node say of a handshake (wire/tls-reason.ts), and whose turn it is then. */
const BY_TLS_REASON: readonly (readonly [reason: RegExp, advice: string])[] = [
  [/expired/, 'Renew the certificate, and look why it was not renewed by itself (certbot, cert-manager, Caddy).'],
  [/not valid yet/, 'Check the clocks of this machine and of the one that issued the certificate.'],
  [
    /self-signed|issuer is unknown/,
    'Serve a valid certificate with its intermediates (`fullchain.pem`), or name the authority with --ca; --insecure accepts any.',
  ],
  [/is not for the/, 'Ask for a name that the certificate has, or issue it for this one too.'],
  [/does not speak TLS/, 'Write http:// for this port, or name the one that speaks TLS (often 443).'],
  [/client certificate/, 'The server wants to know its clients by certificates, which sse-probe does not send.'],
  [/ALPN/, 'Ask without HTTP/2, or let the server offer it.'],
];

/** @param detail of a failed handshake, or why a certificate is not trusted */
export function adviceOnTls(detail: string): string {
  return (
    BY_TLS_REASON.find(([reason]) => reason.test(detail))?.[1] ??
    'Check that the port speaks TLS, and which versions and client certificates it wants: `openssl s_client -connect HOST:PORT`.'
  );
}

/** Under load a server that is up refuses when its backlog is full, or its descriptors are gone. */
const FULL =
  'Check the limits of server and proxy (clients, descriptors, listen backlog) against the number of clients of this run.';
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
  400: 'The server did not understand the request: see whether it wants https://, another path or parameters, and what its log says.',
  401: 'Say who asks: --bearer-env VARIABLE, or --header "Cookie: …"; an `EventSource` sends cookies, and no other credentials.',
  403: 'Say who asks (--bearer-env VARIABLE, or --header "Cookie: …"), and see whether it may: a firewall or a rule on `Origin` or `User-Agent` says 403 as well.',
  404: 'Check path and method.',
  405: 'Check path and method.',
  406: 'The server wants another Accept; a stream is asked for with `Accept: text/event-stream`.',
  407: 'The proxy wants to know who asks: --proxy http://USER:PASSWORD@HOST:PORT.',
  421: 'The server is none for this name: check the URL, and --connect-to.',
  426: 'The server wants another protocol: HTTP/2 (https:// and --transport undici), or the path is one for WebSockets.',
  429: tooOften('come more slowly'),
  503: 'The server is full, or not ready: see its limit of clients and its readiness, and say when to come back with Retry-After; EventSource never does by itself.',
  502: 'A gateway got no sound answer from the server behind it: look whether that is up, and at the log of the gateway.',
  504: 'A gateway waited in vain for the head of the answer: send it at once, before there is an event, and look at the log of the gateway.',
};

/** @param slower how to ask less often */
function tooOften(slower: string): string {
  return `The server limits how often one client asks: ${slower} or raise its limit for this address, and say when to come back with Retry-After; EventSource never does by itself.`;
}

/** What a status other than 200 asks for, whichever command met it. */
export function adviceOnStatus(statusCode: number): string {
  const advice = BY_STATUS[statusCode];
  if (advice !== undefined) return advice;
  if (statusCode >= 500) return 'The server, or a gateway in front of it, failed: look at their logs.';
  return 'A stream answers 200 with `Content-Type: text/event-stream`.';
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
  if (status === 429) return tooOften('come more slowly (--ramp, --retry)');
  if (status !== null) return adviceOnStatus(status);
  const [name = '', detail = ''] = cause.split(/: (.*)/s, 2);
  if (name === 'headers-timeout') return othersCame ? `${noHeadAdvice(marks)} ${FULL}` : noHeadAdvice(marks);
  if (othersCame && FULL_CAUSES.has(name)) return FULL;
  return adviceOnCause(name, { detail, marks }) || FULL;
}
