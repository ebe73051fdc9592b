/** Ways in which an HTTP/1.1 response ends, and what every transport has to make of them. */
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** [what, bytes of the server, then FIN, cause, body] */
export const PLAIN_ENDS = [
  ['a chunked body that ends', `${CHUNKED}5\r\n: hi\n\r\n0\r\n\r\n`, false, 'eof-clean', ': hi\n'],
  [
    'a declared length, on a connection that stays open',
    `${OK}Content-Length: 3\r\n\r\nabc`,
    false,
    'eof-clean',
    'abc',
  ],
  ['HTTP/1.0 until close', 'HTTP/1.0 200 OK\r\n\r\ndata: x\n\n', true, 'eof-clean', 'data: x\n\n'],
  ['FIN in the middle of an event, until close', `${OK}\r\ndata: x`, true, 'eof-clean', 'data: x'],
  ['FIN before the response', '', true, 'eof-truncated', ''],
  ['FIN in the head', 'HTTP/1.1 200 OK\r\nContent', true, 'eof-truncated', ''],
  ['FIN in a chunk', `${CHUNKED}ff\r\n: hi\n`, true, 'eof-truncated', ': hi\n'],
  ['FIN between two chunks', `${CHUNKED}5\r\n: hi\n\r\n`, true, 'eof-truncated', ': hi\n'],
  ['a short body', `${OK}Content-Length: 30\r\n\r\nabc`, true, 'eof-truncated', 'abc'],
  ['a bad chunk size', `${CHUNKED}5\r\n: hi\n\r\nxyz\r\n`, false, 'http-protocol', ': hi\n'],
  ['a chunk size of 2^68', `${CHUNKED}100000000000000000\r\n`, false, 'http-protocol', ''],
  ['both framings', `${OK}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n`, false, 'http-protocol', ''],
  ['no HTTP at all', '220 smtp.example ESMTP\r\n', false, 'http-protocol', ''],
] as const;
