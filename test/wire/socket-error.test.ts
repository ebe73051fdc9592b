import { describe, expect, it } from 'vitest';
import { socketTrouble } from '../../src/wire/socket-error.ts';

function systemError(code: string, syscall?: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${syscall ?? ''} ${code}`);
  error.code = code;
  if (syscall !== undefined) error.syscall = syscall;
  return error;
}

describe('socketTrouble', () => {
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
  ])('says of %s in %s before the connection stands: %s', (code, syscall, cause) => {
    expect(socketTrouble(systemError(code, syscall), false).cause).toBe(cause);
  });

  it.each([
    ['ECONNRESET', 'read'],
    ['EPIPE', 'write'],
    ['ETIMEDOUT', 'read'],
    ['EHOSTUNREACH', 'read'],
  ])('says reset of %s in %s of a connection that stood', (code, syscall) => {
    expect(socketTrouble(systemError(code, syscall), true)).toEqual({ cause: 'reset', detail: `${syscall} ${code}` });
  });

  it('names every address that failed, and the cause of the first', () => {
    const errors = [systemError('ETIMEDOUT', 'connect'), systemError('ECONNREFUSED', 'connect')];
    expect(socketTrouble(new AggregateError(errors), false)).toEqual({
      cause: 'connect-timeout',
      detail: 'connect ETIMEDOUT; connect ECONNREFUSED',
    });
  });

  it('does not blame the server when one of the addresses failed for lack of descriptors', () => {
    const errors = [systemError('ECONNREFUSED', 'connect'), systemError('EMFILE', 'connect')];
    expect(socketTrouble(new AggregateError(errors), false).cause).toBe('client-limit');
  });

  it.each([new TypeError('a bug'), systemError('ERR_INVALID_ARG_TYPE'), new AggregateError([])])('throws what is a bug: %s', (bug) => {
    expect(() => socketTrouble(bug, false)).toThrow(bug);
  });
});
