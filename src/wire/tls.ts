/**
 * The client's side of TLS: what all connections of one transport share.
 *
 * One secure context for all, since reading the root certificates for each connection costs 13 KB and a
 * quarter more CPU (measured). Sessions are never resumed: Node resumes only what it is given, and every
 * simulated client is somebody who comes for the first time.
 *
 * Refuses client certificates: nothing asks for them yet.
 */
import { X509Certificate } from 'node:crypto';
import { isIP, type OnReadOpts, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { UsageError } from '../core/errors.ts';

export interface TlsOptions {
  /** The host as the URL names it, IPv6 without brackets: for SNI, and whom the certificate must name. */
  servername: string;
  /** Contents of a PEM file with the CAs to trust instead of those that Node trusts. */
  ca?: string;
  /** Accept any certificate. */
  insecure?: boolean;
}

/** An application protocol by its name in ALPN (RFC 7301). */
export type Protocol = 'http/1.1' | 'h2';

export interface TlsConnectOptions {
  host?: string;
  port?: number;
  localAddress?: string | undefined;
  onread?: OnReadOpts;
  /** Go over this connection instead of a new one. */
  socket?: Socket;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

export class TlsClient {
  private readonly secureContext: SecureContext;
  private readonly servername: string;
  private readonly insecure: boolean;
  private readonly protocols: readonly Protocol[];
  private readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;

  /** @param protocols to offer, the dearest first. @throws {UsageError} when `ca` holds no certificate. */
  constructor({ servername, ca, insecure }: TlsOptions, ...protocols: readonly Protocol[]) {
    this.secureContext = contextWith(ca);
    // RFC 6066, 3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"".
    this.servername = isIP(servername) === 0 ? servername : '';
    this.insecure = insecure === true;
    this.protocols = protocols;
    // The address that we connect to is not the name that we asked for.
    this.checkServerIdentity = (_host, certificate) => checkServerIdentity(servername, certificate);
  }

  /** Whether HTTP/2 is required: the handshake offers no other protocol. */
  get isHttp2Only(): boolean {
    return this.protocols.every((protocol) => protocol === 'h2');
  }

  /** Emits `secureConnect` once the server's certificate was accepted. */
  connect(options: TlsConnectOptions): TLSSocket {
    const { secureContext, servername, insecure, protocols, checkServerIdentity } = this;
    return connect({
      ...options,
      secureContext,
      servername,
      rejectUnauthorized: !insecure,
      ALPNProtocols: [...protocols],
      checkServerIdentity,
    });
  }
}

function contextWith(ca: string | undefined): SecureContext {
  if (ca === undefined) return createSecureContext();
  const hint = 'It must be PEM: the text between BEGIN CERTIFICATE and END CERTIFICATE.';
  const certificates = ca.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new UsageError('the CA file contains no certificate', { hint });
  try {
    // Node's context passes over what it cannot read, and then trusts nobody.
    for (const certificate of certificates) void new X509Certificate(certificate);
    return createSecureContext({ ca });
  } catch (error) {
    throw new UsageError('the CA file contains a certificate that cannot be read', { hint, cause: error });
  }
}
