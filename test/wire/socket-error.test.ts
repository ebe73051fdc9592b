import { expect, it } from 'vitest';
import { socketTrouble } from '../../src/wire/socket-error.ts';

function systemError(code: string, syscall?: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${syscall ?? ''} ${code}`);
  error.code = code;
  if (syscall !== undefined) error.syscall = syscall;
  return error;
}

it.each([
  ['ECONNREFUSED', 'connect', 'refused'],
  ['EHOSTUNREACH', 'connect', 'refused'],
  ['ENETUNREACH', 'connect', 'refused'],
  ['EACCES', 'connect', 'refused'],
  ['ETIMEDOUT', 'connect', 'connect-timeout'],
  ['ERR_SOCKET_CONNECTION_TIMEOUT', undefined, 'connect-timeout'],
  ['ENOTFOUND', 'getaddrinfo', 'dns'],
  ['EAI_AGAIN', 'getaddrinfo', 'dns'],
  ['EMFILE', 'getaddrinfo', 'client-limit'],
  ['EMFILE', 'connect', 'client-limit'],
  ['ENFILE', 'connect', 'client-limit'],
  ['EADDRNOTAVAIL', 'connect', 'client-limit'],
  ['EADDRINUSE', 'bind', 'client-limit'],
  ['EAGAIN', 'connect', 'client-limit'],
  ['ECONNRESET', 'connect', 'reset'],
  ['ECONNABORTED', 'connect', 'reset'],
])('socketTrouble says of %s in %s before the connection stands: %s', (code, syscall, cause) => {
  expect(socketTrouble(systemError(code, syscall), false).cause).toBe(cause);
});

it.each([
  ['ECONNRESET', 'read'],
  ['EPIPE', 'write'],
  ['ETIMEDOUT', 'read'],
  ['EHOSTUNREACH', 'read'],
])('socketTrouble says reset of %s in %s of a connection that stood', (code, syscall) => {
  expect(socketTrouble(systemError(code, syscall), true)).toEqual({ cause: 'reset', detail: `${syscall} ${code}` });
});

it('socketTrouble says client-limit of a machine without descriptors or memory also when the connection stood', () => {
  for (const [code, syscall] of [
    ['EMFILE', 'open'],
    ['ENOBUFS', 'write'],
    ['ENOMEM', 'read'],
  ] as const) {
    expect(socketTrouble(systemError(code, syscall), true).cause).toBe('client-limit');
  }
});

it('socketTrouble names every address that failed, and the cause of the first', () => {
  const errors = [systemError('ETIMEDOUT', 'connect'), systemError('ECONNREFUSED', 'connect')];
  expect(socketTrouble(new AggregateError(errors), false)).toEqual({
    cause: 'connect-timeout',
    detail: 'connect ETIMEDOUT; connect ECONNREFUSED',
  });
});

it('socketTrouble does not blame the server when one of the addresses failed for lack of descriptors', () => {
  const errors = [systemError('ECONNREFUSED', 'connect'), systemError('EMFILE', 'connect')];
  expect(socketTrouble(new AggregateError(errors), false).cause).toBe('client-limit');
});

it.each([
  ['CERT_HAS_EXPIRED', 'the certificate has expired (CERT_HAS_EXPIRED)'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)'],
  ['INVALID_CA', ' INVALID_CA (INVALID_CA)'],
  ['HOSTNAME_MISMATCH', ' HOSTNAME_MISMATCH (HOSTNAME_MISMATCH)'],
  ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', ' ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR (ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR)'],
  ['ECONNRESET', 'the server closed the connection during the handshake'],
])('socketTrouble says tls of %s in no system call, with the reason', (code, detail) => {
  for (const connected of [false, true])
    expect(socketTrouble(systemError(code), connected)).toEqual({ cause: 'tls', detail });
});

it('socketTrouble takes the reason out of what OpenSSL says, on one line and bounded', () => {
  const error = Object.assign(systemError('ERR_SSL_BAD_THING'), { reason: `bad\nthing ${'x'.repeat(1000)}` });
  const { detail } = socketTrouble(error, false);
  expect(detail).toMatch(/^bad thing x+ \(ERR_SSL_BAD_THING\)$/);
  expect(detail.length).toBeLessThan(400);
});

it.each([new TypeError('a bug'), systemError('ERR_INVALID_ARG_TYPE'), new AggregateError([])])(
  'socketTrouble throws what is a bug: %s',
  (bug) => {
    expect(() => socketTrouble(bug, false)).toThrow(bug);
  },
);
