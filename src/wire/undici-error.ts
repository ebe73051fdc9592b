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

/**
 * @throws the error itself when it is none of the network's or the server's: then it is a bug, perhaps a receiver's.
 */
export function undiciTrouble(error: NodeJS.ErrnoException): SocketTrouble {
  const { code, message } = error;
  const cause = code === undefined ? undefined : CAUSES_BY_CODE[code];
  if (cause !== undefined) return { cause, detail: message };
  // The parser gives a code to few of its errors.
  if (error.name === 'HTTPParserError') return { cause: 'http-protocol', detail: message };
  return socketTrouble(error, true);
}
