/**
 * Why a stream ended or never began: one vocabulary for every client that we run and every report.
 *
 * `retries` says what an EventSource does next (HTML standard, 9.2.3): a network error reestablishes the
 * connection, an answer that is not `200 text/event-stream` fails it for good, 204 stops it.
 */
export const CAUSES = {
  dns: { retries: true, says: 'the host name could not be resolved' },
  refused: { retries: true, says: 'the connection was refused' },
  'connect-timeout': { retries: true, says: 'the TCP connection timed out' },
  tls: { retries: true, says: 'the TLS handshake failed' },
  'headers-timeout': { retries: true, says: 'the response headers were not complete in time' },
  'headers-too-large': { retries: true, says: 'the response headers are larger than the limit' },
  'http-status': { retries: false, says: 'the response status was not 200' },
  'content-type': { retries: false, says: 'the response was not text/event-stream' },
  'session-refused': { retries: false, says: 'the server opened no session' },
  'redirect-loop': { retries: false, says: 'the redirects form a loop, or are too many' },
  'redirect-refused': { retries: false, says: 'a redirect led to an address that is not followed' },
  'idle-timeout': { retries: true, says: 'the stream was silent for too long' },
  reset: { retries: true, says: 'the peer reset the connection' },
  'eof-clean': { retries: true, says: 'the peer ended the stream' },
  'eof-truncated': { retries: true, says: 'the connection closed before the response was complete' },
  'http-protocol': { retries: true, says: 'the response is not valid HTTP/1.1' },
  decode: { retries: true, says: 'the content encoding could not be decoded' },
  'line-limit': { retries: true, says: 'a line is longer than the limit' },
  'event-limit': { retries: true, says: 'an event is larger than the limit' },
  'server-stop': { retries: false, says: 'the server told the client to stop (204)' },
  'client-limit': { retries: true, says: 'this machine ran out of file descriptors, ports or memory' },
  'closed-by-us': { retries: false, says: 'the client closed the stream' },
} as const satisfies Record<string, { retries: boolean; says: string }>;

export type Cause = keyof typeof CAUSES;
