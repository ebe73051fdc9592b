/** What HTTP/2 says went wrong with a stream or a connection, in our vocabulary of causes. */
import { constants } from 'node:http2';
import { socketTrouble, type SocketTrouble } from './socket-error.ts';

/** RFC 9113, 7, by number. */
const ERROR_CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** Codes that say of frames that they broke a rule. Of the peer's, mostly: then it was our side that sent the code. */
const BROKEN_RULES = new Set<number>([
  constants.NGHTTP2_PROTOCOL_ERROR,
  constants.NGHTTP2_FLOW_CONTROL_ERROR,
  constants.NGHTTP2_STREAM_CLOSED,
  constants.NGHTTP2_FRAME_SIZE_ERROR,
  constants.NGHTTP2_COMPRESSION_ERROR,
]);

/** A stream that closed with `code` while its connection lives. */
export function resetTrouble(code: number): SocketTrouble {
  const detail = `the stream was reset with ${ERROR_CODES[code] ?? code}`;
  // 8.7: "the stream is being closed prior to any processing having occurred".
  if (code === constants.NGHTTP2_REFUSED_STREAM) return { cause: 'refused', detail };
  return { cause: BROKEN_RULES.has(code) ? 'http-protocol' : 'reset', detail };
}

/**
 * An error that Node gave a session or, because of its session, a stream.
 *
 * @throws the error itself when it is none of the network's: then it is a bug.
 */
export function http2Trouble(error: NodeJS.ErrnoException): SocketTrouble {
  // GOAWAY with a code.
  if (error.code === 'ERR_HTTP2_SESSION_ERROR') return { cause: 'reset', detail: error.message };
  // Frames that nghttp2 could not take, or too many of a kind.
  if (error.code?.startsWith('ERR_HTTP2_') === true) return { cause: 'http-protocol', detail: error.message };
  return socketTrouble(error, true);
}
