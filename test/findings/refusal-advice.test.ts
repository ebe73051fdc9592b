import { expect, it } from 'vitest';
import { adviceOnCause, adviceOnStatus, adviceOnTls, adviceUnderLoad } from '../../src/findings/refusal-advice.ts';

it.each([401, 403, 404, 405, 406, 500, 502, 503, 301])('a soak advises on status %d what a probe advises', (status) => {
  expect(adviceUnderLoad(`http-status: status ${status}`)).toBe(adviceOnStatus(status));
});

it('the advice on status 429 names flags of a soak to a soak alone', () => {
  const ofSoak = adviceUnderLoad('http-status: status 429');
  expect(ofSoak).toContain('(--ramp, --retry)');
  expect(ofSoak.replace(' (--ramp, --retry)', '')).toBe(adviceOnStatus(429));
});

it.each(['refused', 'connect-timeout', 'reset', 'headers-timeout'])(
  'a soak whose clients meet %s looks at what the server has room for',
  (cause) => {
    expect(adviceUnderLoad(cause)).toContain('listen backlog');
  },
);

it('a soak advises on a name that cannot be resolved what a probe advises', () => {
  expect(adviceUnderLoad('dns')).toBe(adviceOnCause('dns'));
});

it.each([401, 404, 503])('the advice on status %d does not speak of the listen backlog', (status) => {
  expect(adviceOnStatus(status)).not.toContain('backlog');
});

it.each(['dns', 'refused', 'connect-timeout', 'tls', 'reset', 'headers-timeout', 'http-protocol', 'eof-truncated'])(
  'a first attempt that met %s has advice of its own',
  (cause) => {
    const advice = adviceUnderLoad(cause, false);
    expect(advice).toMatch(/^[A-Z].*\.$/);
    expect(advice).not.toContain('listen backlog');
  },
);

it.each([400, 401, 403, 404, 406, 421, 426, 429, 500, 502, 503, 504])('status %d has advice of its own', (status) => {
  const others = [400, 401, 403, 404, 406, 421, 426, 429, 500, 502, 503, 504].filter((other) => other !== status);
  expect(others.map(adviceOnStatus)).not.toContain(adviceOnStatus(status));
});

it.each([
  ['the certificate has expired (CERT_HAS_EXPIRED)', 'Renew'],
  ['the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)', '--ca'],
  ['the certificate is not for the name a.example (ERR_TLS_CERT_ALTNAME_INVALID)', 'name that is in the certificate,'],
  ['the server does not speak TLS on this port (ERR_SSL_WRONG_VERSION_NUMBER)', 'http://'],
  [
    'the server wants a client certificate (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)',
    'requires a client certificate',
  ],
  ['something else (ERR_SSL_X)', 'openssl s_client'],
])('advice on a handshake that failed goes by its reason: %s', (detail, advice) => {
  expect(adviceOnTls(detail)).toContain(advice);
  expect(adviceUnderLoad(`tls: ${detail}`)).toBe(adviceOnTls(detail));
  expect(adviceOnCause('tls', { detail })).toBe(adviceOnTls(detail));
});
