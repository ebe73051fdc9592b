/**
 * Why TLS failed, for people. Node and OpenSSL give an error code for each way; the usual ones get a sentence
 * that says whose turn it is, the others keep OpenSSL's own words.
 */

/** Codes of X.509 verification as Node lists them (tls, "X509 certificate error codes"), and of the handshake. */
const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in a self-signed certificate that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer is unknown, or the server does not send an intermediate certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer is unknown, or the server does not send an intermediate certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the issuer is unknown, or the server does not send an intermediate certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no common TLS version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no common TLS version',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server rejected the handshake: no common cipher, or it requires a client certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server requires a client certificate',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'the server supports no HTTP version that was offered (ALPN)',
};

/** Errors of verifying a certificate have a bare code; the others say where they are from. */
const HANDSHAKE = /^ERR_(?:SSL|TLS)_/;
const VERIFICATION = /(?:^|_)(?:CERT|CERTIFICATE|CA|CRL|SIGNATURE|SIGNED|CHAIN|HOSTNAME|PURPOSE|PATH)(?:_|$)/;

/** @returns nothing when the error is not one of TLS. For errors without a system call. */
export function tlsReason(error: Error & { reason?: unknown }, code: string): string | undefined {
  const known = REASONS[code];
  if (known !== undefined) return `${known} (${code})`;
  // Node's words for a FIN in the handshake come under the code of an RST, but of no system call.
  if (code === 'ECONNRESET') return 'the server closed the connection during the handshake';
  if (!HANDSHAKE.test(code) && !VERIFICATION.test(code) && code !== 'UNSPECIFIED') return undefined;
  // OpenSSL's message is a dump of its error queue with the reason inside; for certificates the message is the reason.
  const reason = typeof error.reason === 'string' ? error.reason : error.message;
  return `${reason.replaceAll(/\s+/g, ' ').slice(0, 300)} (${code})`;
}
