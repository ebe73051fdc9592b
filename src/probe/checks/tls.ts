import { formatDuration } from '../../core/units.ts';
import { adviceOnTls } from '../../findings/refusal-advice.ts';
import { type Check, fail, pass, skip, warn } from './check.ts';

const DAY_MS = 86_400_000;
/** Certificates of ACME live 90 days and are renewed 30 before the end: by then something has failed twice. */
const WARN_DAYS = 14;

/**
 * Is the certificate one that clients accept, and for how long? An expired one ends every stream at its next
 * reconnection and not before, so that it is found weeks late. Judged by one handshake that sends nothing.
 */
export const tls: Check = {
  id: 'tls',
  needs: 'nothing',
  judge({ url, contact: { handshake, failure, connectMs }, plan, wallOffsetMs, endMs }) {
    if (url.protocol !== 'https:') return skip('http without TLS');
    if (handshake === null) {
      if (connectMs === null) return skip('there was no connection');
      return fail(
        `the TLS handshake failed: ${failure?.detail ?? ''}`,
        { cause: failure?.cause ?? 'tls' },
        adviceOnTls(failure?.detail ?? ''),
      );
    }
    const { version, cipher, subject, issuer, distrust, validFromMs, validToMs } = handshake;
    const leftMs = validToMs - (wallOffsetMs + endMs);
    const daysLeft = Math.floor(leftMs / DAY_MS);
    const evidence = {
      version,
      cipher,
      subject,
      issuer,
      alpn: handshake.protocol,
      daysLeft: Number.isNaN(daysLeft) ? null : daysLeft,
      validFrom: isoDate(validFromMs),
      validTo: isoDate(validToMs),
    };
    if (distrust !== null && !plan.insecure) {
      return fail(distrust, evidence, adviceOnTls(distrust));
    }
    if (distrust !== null)
      return warn(`accepted with --insecure: ${distrust}`, evidence, 'Serve a certificate that clients trust.');
    if (daysLeft < WARN_DAYS) {
      return warn(
        `the certificate expires in ${formatDuration(Math.max(leftMs, 0))}`,
        evidence,
        'Renew it, and find out why it was not renewed automatically (certbot, cert-manager, Caddy).',
      );
    }
    return pass(
      `${version ?? 'TLS'}, certificate valid for ${Number.isNaN(daysLeft) ? 'an unknown time' : `${daysLeft} days`}`,
      evidence,
    );
  },
};

function isoDate(ms: number): string | null {
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
