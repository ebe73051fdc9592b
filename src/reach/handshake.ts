/**
 * One TLS handshake, looked at from outside: how long its parts took, what was agreed on, whose certificate it was.
 *
 * Any certificate is accepted here, so that the dates and names of a bad one can be shown; nothing is ever sent
 * over this connection. Whether a stream may go there is decided by the transport, which verifies.
 *
 * Keeps no deadline: the signal ends it.
 */
import { connect, isIP, type Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Cause } from '../core/causes.ts';
import { isLoopback } from '../core/loopback.ts';
import { proxyAt } from '../wire/proxy.ts';
import { socketTrouble } from '../wire/socket-error.ts';
import { TlsClient, type Protocol, type TlsOptions } from '../wire/tls.ts';
import { tlsReason } from '../wire/tls-reason.ts';
import { openTunnel } from '../wire/tunnel.ts';

export interface HandshakeOptions {
  tls: TlsOptions;
  /** To offer, the dearest first. */
  protocols: readonly Protocol[];
  /** URL; not used for loopback. */
  proxy: string | null;
  signal: AbortSignal;
  nowMs: () => number;
}

export interface Handshake {
  /** Until TCP stood, through a proxy until its tunnel did. */
  connectMs: number;
  tlsMs: number;
  /** By ALPN (RFC 7301); null where the server has none. */
  protocol: string | null;
  /** `TLSv1.3` */
  version: string | null;
  cipher: string;
  /** Why the certificate is not to be trusted; null when it is. */
  distrust: string | null;
  /** The certificate's own; hostile text. */
  subject: string;
  issuer: string;
  /** Unix milliseconds; NaN where the certificate says nothing that can be read. */
  validFromMs: number;
  validToMs: number;
}

export interface HandshakeFailure {
  cause: Cause;
  detail: string;
  /** Null: TCP never stood. */
  connectMs: number | null;
}

/** @throws {UsageError} for a CA without certificate or a proxy that is none */
export function handshake(
  address: { host: string; port: number },
  options: HandshakeOptions,
): Promise<Handshake | HandshakeFailure> {
  const { tls, protocols, signal, nowMs } = options;
  const client = new TlsClient({ ...tls, insecure: true }, ...protocols);
  const proxy = options.proxy === null || isLoopback(address.host) ? null : proxyAt(options.proxy, true);
  const startMs = nowMs();
  return new Promise((resolve) => {
    let connectMs: number | null = null;
    let socket: Socket = connect({ ...(proxy ?? address), noDelay: true });
    const below = socket;
    const finish = (outcome: Handshake | HandshakeFailure): void => {
      signal.removeEventListener('abort', abort);
      // What a socket still says after this is of no interest, but unheard it would end the process.
      socket.on('error', () => {}).destroy();
      below.on('error', () => {}).destroy();
      resolve(outcome);
    };
    const abort = (): void =>
      finish({
        cause: connectMs === null ? 'connect-timeout' : 'tls',
        detail: connectMs === null ? 'the TCP connection timed out' : 'the TLS handshake timed out',
        connectMs,
      });
    const fail = (error: NodeJS.ErrnoException): void =>
      finish({ ...socketTrouble(error, connectMs !== null), connectMs });
    const secure = (): void => {
      const tcpMs = nowMs() - startMs;
      connectMs = tcpMs;
      const secured = client.connect({ socket: below });
      socket = secured;
      secured
        .on('error', fail)
        .once('secureConnect', () => finish(report(secured, tls.servername, tcpMs, nowMs() - startMs - tcpMs)));
    };
    below.on('error', fail).once('connect', () => {
      if (proxy === null) secure();
      else
        openTunnel(below, proxy, address, (refusal) =>
          refusal === undefined ? secure() : finish({ ...refusal, connectMs: null }),
        );
    });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}

function report(socket: TLSSocket, servername: string, connectMs: number, tlsMs: number): Handshake {
  const certificate = socket.getPeerCertificate();
  return {
    connectMs,
    tlsMs,
    protocol: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    version: socket.getProtocol(),
    cipher: socket.getCipher().name,
    distrust: socket.authorized ? null : distrustOf(socket.authorizationError as unknown, servername),
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFromMs: Date.parse(certificate.valid_from),
    validToMs: Date.parse(certificate.valid_to),
  };
}

/** Node keeps the code, or the message where there is none; its types say that it is an error. */
function distrustOf(error: unknown, servername: string): string {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const what = isIP(servername) === 0 ? 'name' : 'address';
    return `the certificate is not for the ${what} ${servername} (${code})`;
  }
  return tlsReason(new Error(code), code) ?? code;
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  // A certificate without a subject has its names elsewhere (RFC 5280, 4.2.1.6).
  return String(name?.CN ?? name?.O ?? '');
}
