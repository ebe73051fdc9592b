/** What undici says went wrong with a response over HTTP/1.1, in our vocabulary of causes. */
import type { Cause } from '../core/causes.ts';
import { socketTrouble, type SocketTrouble } from './socket-error.ts';

const CAUSES_BY_CODE: Readonly<Record<string, Cause>> = {
  UND_ERR_HEADERS_OVERFLOW: 'headers-too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'eof-truncated',
  /** The parser's code for a FIN where more was to come. */
  HPE_INVALID_EOF_STATE: 'eof-truncated',
  /** undici's words for FIN: "other side closed". */
  UND_ERR_SOCKET: 'eof-truncated',
};

/** The server closed the connection, in undici's words; its other words under that code tell of an answer. */
const CLOSED = new Set(['other side closed', 'closed']);

/**
 * What undici fails a request with. Its parser ends with an assertion or with a bare `Error` where an answer is what it
 * did not expect (7.30: statuses 101 and 000), so everything that is not the network's is taken for a fault of the answer;
 * errors of our own receivers do not come this way (`UndiciStream.heard`).
 */
export function undiciTrouble(error: NodeJS.ErrnoException): SocketTrouble {
  const { code, message } = error;
  const cause = code === undefined ? undefined : CAUSES_BY_CODE[code];
  if (cause !== undefined && (code !== 'UND_ERR_SOCKET' || CLOSED.has(message))) return { cause, detail: message };
  if (error.syscall !== undefined) return socketTrouble(error, true);
  // The parser gives a code to few of its errors.
  if (error.name === 'HTTPParserError') return { cause: 'http-protocol', detail: message };
  return { cause: 'http-protocol', detail: `undici cannot read the response: ${message.split('\n', 1)[0]}` };
}
