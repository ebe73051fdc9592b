import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { encodeRequest, type RequestOptions } from '../../src/wire/request.ts';

function encode(options: Partial<RequestOptions> = {}): { text: string; sent: boolean } {
  const defaults: RequestOptions = {
    method: 'GET',
    path: '/events',
    host: 'example.org:8080',
    headers: [],
    version: '1.2.3',
  };
  const { bytes, lastEventIdSent } = encodeRequest({ ...defaults, ...options });
  return { text: bytes.toString('latin1'), sent: lastEventIdSent };
}

function linesOf(options: Partial<RequestOptions>): string[] {
  return encode(options).text.split('\r\n');
}

it('encodeRequest asks as an EventSource does and says who it is', () => {
  expect(encode().text).toBe(
    'GET /events HTTP/1.1\r\nHost: example.org:8080\r\nAccept: text/event-stream\r\n' +
      'Cache-Control: no-cache\r\nAccept-Encoding: identity\r\nUser-Agent: sse-probe/1.2.3\r\n\r\n',
  );
});

it('encodeRequest sends a header of the caller instead of a default, whatever its case, and all of a repeated one', () => {
  const lines = linesOf({
    headers: [
      ['aCCept', '*/*'],
      ['X-A', '1'],
      ['x-a', '2'],
      ['host', 'other'],
    ],
  });
  expect(lines.filter((line) => /^accept:/i.test(line))).toEqual(['aCCept: */*']);
  expect(lines.filter((line) => /^host:/i.test(line))).toEqual(['host: other']);
  expect(lines.filter((line) => /^x-a:/i.test(line))).toEqual(['X-A: 1', 'x-a: 2']);
});

it('encodeRequest sends a body as UTF-8 with its length in bytes', () => {
  const { text } = encode({ method: 'POST', body: '{"q":"€"}' });
  expect(text).toContain('\r\nContent-Length: 11\r\n');
  expect(text.endsWith('\r\n\r\n{"q":"\xe2\x82\xac"}')).toBe(true);
});

it('encodeRequest announces that a POST has no body, and says nothing of it for a GET', () => {
  expect(linesOf({ method: 'POST' })).toContain('Content-Length: 0');
  expect(encode().text).not.toContain('Content-Length');
});

it.each([
  ['plain', 'abc-1', 'abc-1'],
  ['non-ASCII, as its UTF-8 bytes', '…é😀', '\xe2\x80\xa6\xc3\xa9\xf0\x9f\x98\x80'],
  ['with a tab', 'a\tb', 'a\tb'],
  ['very long', 'x'.repeat(20_000), 'x'.repeat(20_000)],
])('encodeRequest sends an id that is %s', (_title, lastEventId, onTheWire) => {
  const { text, sent } = encode({ lastEventId });
  expect(text).toContain(`\r\nLast-Event-ID: ${onTheWire}\r\n\r\n`);
  expect(sent).toBe(true);
});

it.each(['a\0b', 'a\x01b', 'a\x7fb', 'a\rb', 'a\nX: y', '\x1b[2J'])(
  'encodeRequest does not send the id %j, and says so',
  (lastEventId) => {
    const { text, sent } = encode({ lastEventId });
    expect(text).toBe(encode().text);
    expect(sent).toBe(false);
  },
);

it('encodeRequest has no header for an empty id', () => {
  expect(encode({ lastEventId: '' })).toEqual({ text: encode().text, sent: false });
});

it('encodeRequest lets the id of the stream replace the one that the caller began with', () => {
  const headers: RequestOptions['headers'] = [['last-event-id', 'first']];
  expect(linesOf({ headers })).toContain('last-event-id: first');
  expect(linesOf({ headers, lastEventId: 'now' }).filter((line) => /^last-event-id/i.test(line))).toEqual([
    'Last-Event-ID: now',
  ]);
  expect(encode({ headers, lastEventId: 'a\0' }).text).not.toMatch(/last-event-id/i);
});

it.each([
  ['a header name that is no token', { headers: [['X A', '1']] }],
  ['an empty header name', { headers: [['', '1']] }],
  ['a line end in a header value', { headers: [['X', 'a\r\nY: b']] }],
  ['LF in a header value', { headers: [['X', 'a\nb']] }],
  ['NUL in a header value', { headers: [['X', 'a\0b']] }],
  ['a length by hand', { headers: [['content-length', '3']] }],
  ['a transfer coding by hand', { headers: [['Transfer-Encoding', 'chunked']] }],
  ['a path with a space', { path: '/a b' }],
  ['a path with a line end', { path: '/a\r\nX: y' }],
  ['a path that is not encoded', { path: '/é' }],
  ['a whole URL for a path', { path: 'http://example.org/' }],
  ['a host with a line end', { host: 'a\r\nX: y' }],
  ['no host', { host: '' }],
  ['a method that is no token', { method: 'GE T' }],
  ['HEAD', { method: 'HEAD' }],
  ['CONNECT', { method: 'CONNECT' }],
] as Array<[string, Partial<RequestOptions>]>)('encodeRequest refuses %s', (_title, options) => {
  expect(() => encode(options)).toThrow(UsageError);
});

it('encodeRequest does not show the value of a refused header, which may be a secret', () => {
  expect(() => encode({ headers: [['Authorization', 'Bearer s3cret\n']] })).toThrow(/^(?!.*s3cret)/);
});

it('encodeRequest gives bytes that depend on nothing but the options, so that they can be used again', () => {
  expect(encode()).toEqual(encode());
});
