/**
 * Why a stream ended or never began: one vocabulary for every client that we run and every report.
 *
 * `retries` says what an EventSource does next (HTML standard, 9.2.3): a network error reestablishes the
 * connection, an answer that is not `200 text/event-stream` fails it for good, 204 stops it.
 */
export const CAUSES = {
  dns: { retries: true, says: 'the host name could not be resolved' },
  refused: { retries: true, says: 'the connection was refused' },
  'connect-timeout': { retries: true, says: 'no TCP connection in time' },
  tls: { retries: true, says: 'the TLS handshake failed' },
  'headers-timeout': { retries: true, says: 'no complete response head in time' },
  'headers-too-large': { retries: true, says: 'the response head is larger than the limit' },
  'http-status': { retries: false, says: 'the answer was not 200' },
  'content-type': { retries: false, says: 'the answer was not text/event-stream' },
  'session-refused': { retries: false, says: 'the server opened no session' },
  'redirect-loop': { retries: false, says: 'redirected in a circle or too often' },
  'redirect-refused': { retries: false, says: 'redirected to where we do not follow' },
  'idle-timeout': { retries: true, says: 'the stream was silent for too long' },
  reset: { retries: true, says: 'the peer reset the connection' },
  'eof-clean': { retries: true, says: 'the peer ended the stream' },
  'eof-truncated': { retries: true, says: 'the connection ended in the middle of the response' },
  'http-protocol': { retries: true, says: 'the answer is not valid HTTP/1.1' },
  decode: { retries: true, says: 'the content encoding could not be decoded' },
  'line-limit': { retries: true, says: 'a line is longer than the limit' },
  'event-limit': { retries: true, says: 'an event is larger than the limit' },
  'server-stop': { retries: false, says: 'the server said stop (204)' },
  'client-limit': { retries: true, says: 'this machine has no descriptor, port or memory for it' },
  'closed-by-us': { retries: false, says: 'we closed it' },
} as const satisfies Record<string, { retries: boolean; says: string }>;

export type Cause = keyof typeof CAUSES;
