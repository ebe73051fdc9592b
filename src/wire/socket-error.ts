/**
 * What Node says went wrong with a socket, in our vocabulary of causes.
 *
 * The distinction that matters most is whose fault it was: a machine without descriptors or ports
 * (`client-limit`) must never read as a server that refuses.
 */
import type { Cause } from '../core/causes.ts';
import { tlsReason } from './tls-reason.ts';

export interface SocketTrouble {
  cause: Cause;
  /** The system's own words, for people. */
  detail: string;
}

/** Errors that say this machine has no descriptor, port or memory left (connect(2), bind(2), socket(2)). */
const CLIENT_LIMITS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN', 'ENOBUFS', 'ENOMEM']);
/** The kernel gave up waiting, or Node did between two addresses of one name. */
const CONNECT_TIMEOUTS = new Set(['ETIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']);

/**
 * @param connected whether the TCP connection stood when the error came.
 * @throws the error itself when it is none of the network's or the system's: then it is a bug.
 */
export function socketTrouble(error: NodeJS.ErrnoException, connected: boolean): SocketTrouble {
  if (error instanceof AggregateError) return troubleOfAll(error, connected);
  const { code } = error;
  if (code === undefined) throw error;
  const reason = error.syscall === undefined ? tlsReason(error, code) : undefined;
  // Also once the connection stands: in TLS 1.3 the server judges our side of the handshake after that (RFC 8446, 2).
  if (reason !== undefined) return { cause: 'tls', detail: reason };
  if (error.syscall === undefined && !CONNECT_TIMEOUTS.has(code)) throw error;
  return { cause: causeOf(code, error.syscall, connected), detail: error.message };
}

function causeOf(code: string, syscall: string | undefined, connected: boolean): Cause {
  // First: it can also come when the connection stands, as when undici opens its parser's file only then.
  if (CLIENT_LIMITS.has(code)) return 'client-limit';
  // Once connected nothing but the connection itself can break: RST, or a kernel that gave up resending
  // (ETIMEDOUT, EHOSTUNREACH), which an EventSource cannot tell apart either.
  if (connected) return 'reset';
  if (syscall === 'getaddrinfo') return 'dns';
  if (CONNECT_TIMEOUTS.has(code)) return 'connect-timeout';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') return 'reset';
  // ECONNREFUSED, and EHOSTUNREACH, ENETUNREACH, EACCES, EPERM: a router, a firewall or our own routing
  // table said no. That is an answer, not the lack of one.
  return 'refused';
}

/** A name with several addresses, and none of them worked: what was our own fault first, else the first. */
function troubleOfAll(error: AggregateError, connected: boolean): SocketTrouble {
  const troubles = error.errors.map((one: NodeJS.ErrnoException) => socketTrouble(one, connected));
  const [first] = troubles;
  if (first === undefined) throw error;
  const { cause } = troubles.find((one) => one.cause === 'client-limit') ?? first;
  return { cause, detail: troubles.map((one) => one.detail).join('; ') };
}
