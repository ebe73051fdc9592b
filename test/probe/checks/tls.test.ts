import { tls } from '../../../src/probe/checks/tls.ts';
import type { Handshake } from '../../../src/reach/handshake.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 3);
/** The judging begins so long after the start of the probe. */
const END_MS = 20_000;
/** A certificate is renewed long before so many days are left. */
const WARN_DAYS = 14;

/** A handshake with a certificate that is valid for so much longer. */
function shaken(leftMs: number, change: Partial<Handshake> = {}): Seeing {
  const handshake: Handshake = {
    connectMs: 10,
    tlsMs: 20,
    protocol: 'h2',
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    distrust: null,
    subject: 'events.example.com',
    issuer: 'An Authority',
    validFromMs: NOW_MS - 30 * DAY_MS,
    validToMs: NOW_MS + END_MS + leftMs,
    ...change,
  };
  return { ...failed(null, 10), contact: { ...failed(null, 10).contact, handshake } };
}

function failed(detail: string | null, connectMs: number | null): Seeing & { contact: NonNullable<Seeing['contact']> } {
  return {
    url: new URL('https://events.example.com/'),
    wallOffsetMs: NOW_MS,
    endMs: END_MS,
    contact: {
      dnsMs: null,
      connectMs,
      tlsMs: null,
      addresses: ['192.0.2.7'],
      handshake: null,
      failure: detail === null ? null : { cause: 'tls', detail },
    },
  };
}

judges(tls, [
  ['skips http', {}, { status: 'skip', title: 'http without TLS' }],
  [
    'passes a certificate that is valid for long',
    shaken(60 * DAY_MS),
    { status: 'pass', title: 'TLSv1.3, certificate valid for 60 days', evidence: { daysLeft: 60, alpn: 'h2' } },
  ],
  [
    'passes one that is valid for two weeks',
    shaken(WARN_DAYS * DAY_MS),
    { status: 'pass', evidence: { daysLeft: WARN_DAYS } },
  ],
  [
    'warns of one that is valid for less',
    shaken(WARN_DAYS * DAY_MS - 1),
    { status: 'warn', title: 'expires in', evidence: { daysLeft: WARN_DAYS - 1 } },
  ],
  [
    'fails one that has expired, as clients do',
    shaken(-DAY_MS, { distrust: 'certificate has expired' }),
    { status: 'fail', title: 'certificate has expired', evidence: { daysLeft: -1 } },
  ],
  [
    'fails one that nobody trusts, however long it is valid',
    shaken(60 * DAY_MS, { distrust: 'self-signed certificate' }),
    { status: 'fail', title: 'self-signed certificate' },
  ],
  [
    'only warns of it when the user accepts any',
    { ...shaken(60 * DAY_MS, { distrust: 'self-signed certificate' }), plan: { insecure: true } },
    { status: 'warn', title: 'accepted with --insecure: self-signed certificate' },
  ],
  [
    'passes a certificate whose dates cannot be read',
    shaken(0, { validFromMs: Number.NaN, validToMs: Number.NaN }),
    { status: 'pass', title: 'an unknown time', evidence: { daysLeft: null, validFrom: null, validTo: null } },
  ],
  [
    'fails a handshake that failed',
    { ...failed('wrong version number', 10), main: null },
    { status: 'fail', title: 'the TLS handshake failed: wrong version number', evidence: { cause: 'tls' } },
  ],
  [
    'leaves a connection that never stood to reachable',
    { ...failed('timed out', null), main: null },
    { status: 'skip', title: 'no connection' },
  ],
]);
