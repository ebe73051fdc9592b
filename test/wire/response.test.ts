import { describe, expect, it } from 'vitest';
import { MAX_HEAD_BYTES, MAX_INTERIM } from '../../src/wire/head.ts';
import { MAX_CHUNK_LINE_BYTES, ResponseReader } from '../../src/wire/response.ts';
import { ResponseLog, readResponse, type ResponseOutcome } from './response-log.ts';

type Row = [title: string, wire: string, expected: string];

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** `status|body|end`, short enough for a table. */
function brief({ head, body, end }: ResponseOutcome): string {
  return `${head?.statusCode ?? '-'}|${body}|${end}`;
}

const STATUS_LINES: Row[] = [
  ['HTTP/1.1 with a reason', 'HTTP/1.1 200 Very OK\r\n\r\nx', '200|x|done'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nx', '200|x|done'],
  ['an empty reason', 'HTTP/1.1 200 \r\n\r\nx', '200|x|done'],
  ['no reason and no space', 'HTTP/1.1 200\r\n\r\nx', '200|x|done'],
  ['a reason with bytes above ASCII', 'HTTP/1.1 200 tr\xe8s bien\r\n\r\nx', '200|x|done'],
  ['a code beyond those that mean something', 'HTTP/1.1 999 Odd\r\n\r\nx', '999|x|done'],
  ['two digits', 'HTTP/1.1 20 OK\r\n\r\n', '-||http-protocol'],
  ['four digits', 'HTTP/1.1 2000 OK\r\n\r\n', '-||http-protocol'],
  ['a code that begins with zero', 'HTTP/1.1 099 Odd\r\n\r\n', '-||http-protocol'],
  ['HTTP/2.0 in text', 'HTTP/2.0 200 OK\r\n\r\n', '-||http-protocol'],
  ['lower case', 'http/1.1 200 OK\r\n\r\n', '-||http-protocol'],
  ['two spaces', 'HTTP/1.1  200 OK\r\n\r\n', '-||http-protocol'],
  ['an empty line before it', '\r\nHTTP/1.1 200 OK\r\n\r\n', '-||http-protocol'],
  ['a bare CR in the reason', 'HTTP/1.1 200 O\rK\r\n\r\n', '-||http-protocol'],
  ['NUL in the reason', 'HTTP/1.1 200 O\0K\r\n\r\n', '-||http-protocol'],
  ['an SSH banner', 'SSH-2.0-OpenSSH_9.6\r\n', '-||http-protocol'],
  ['a TLS alert without any line end', '\x15\x03\x01\x00\x02\x02\x16', '-||http-protocol'],
];

const FIELDS: Row[] = [
  ['bare LF line ends', 'HTTP/1.1 200 OK\nA: b\n\nx', '200|x|done'],
  ['mixed line ends', 'HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\nx', '200|x|done'],
  ['a space before the colon', `${OK}A : b\r\n\r\n`, '-||http-protocol'],
  ['no colon', `${OK}Nonsense\r\n\r\n`, '-||http-protocol'],
  ['an empty name', `${OK}: b\r\n\r\n`, '-||http-protocol'],
  ['a name that is no token', `${OK}A(b): c\r\n\r\n`, '-||http-protocol'],
  ['NUL in a value', `${OK}A: b\0c\r\n\r\n`, '-||http-protocol'],
  ['a bare CR in a value', `${OK}A: b\rc\r\n\r\n`, '-||http-protocol'],
  ['two CRs at the end of a line', `${OK}A: b\r\r\n\r\n`, '-||http-protocol'],
  ['ESC in a value', `${OK}A: b\x1bc\r\n\r\n`, '-||http-protocol'],
  ['white space before the first field', `${OK} A: b\r\n\r\n`, '-||http-protocol'],
  ['ESC in a folded line', `${OK}A: b\r\n \x1bc\r\n\r\n`, '-||http-protocol'],
];

const FRAMING: Row[] = [
  ['Content-Length', `${OK}Content-Length: 3\r\n\r\nabc`, '200|abc|done'],
  ['Content-Length, and more bytes after the body', `${OK}Content-Length: 3\r\n\r\nabcHTTP/1.1 500`, '200|abc|done'],
  ['Content-Length: 0', `${OK}Content-Length: 0\r\n\r\nrest`, '200||done'],
  ['Content-Length with leading zeros', `${OK}Content-Length: 003\r\n\r\nabc`, '200|abc|done'],
  ['Content-Length twice, the same', `${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, '200|abc|done'],
  ['Content-Length as a list of the same', `${OK}Content-Length: 3, 3\r\n\r\nabc`, '200|abc|done'],
  ['Content-Length twice, different', `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, '-||http-protocol'],
  ['Content-Length with a sign', `${OK}Content-Length: +3\r\n\r\nabc`, '-||http-protocol'],
  ['Content-Length in hex', `${OK}Content-Length: 0x3\r\n\r\nabc`, '-||http-protocol'],
  ['Content-Length without a value', `${OK}Content-Length:\r\n\r\nabc`, '-||http-protocol'],
  ['Content-Length of 2^53', `${OK}Content-Length: 9007199254740992\r\n\r\nabc`, '-||http-protocol'],
  ['Content-Length of 2^53-1, cut short', `${OK}Content-Length: 9007199254740991\r\n\r\nabc`, '200|abc|eof-truncated'],
  ['Content-Length cut short', `${OK}Content-Length: 4\r\n\r\nabc`, '200|abc|eof-truncated'],
  ['until close', `${OK}\r\ndata: x\n\n`, '200|data: x\n\n|done'],
  ['until close, with nothing', `${OK}\r\n`, '200||done'],
  ['204 with a length all the same', 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc', '204||done'],
  [
    '204 with chunks all the same',
    'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '204||done',
  ],
  ['304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n', '304||done'],
  [
    'Transfer-Encoding and Content-Length',
    `${OK}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n`,
    '-||http-protocol',
  ],
  [
    'Transfer-Encoding in HTTP/1.0',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '-||http-protocol',
  ],
  ['a coding before chunked', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, '-||http-protocol'],
  ['chunked not last', `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, '-||http-protocol'],
  [
    'chunked twice',
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    '-||http-protocol',
  ],
  ['identity', `${OK}Transfer-Encoding: identity\r\n\r\nabc`, '-||http-protocol'],
  ['a coding nobody knows', `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, '-||http-protocol'],
  ['chunked with a no-break space', `${OK}Transfer-Encoding: chunked\xa0\r\n\r\n0\r\n\r\n`, '-||http-protocol'],
  [
    'CHUNKED in a list with empty elements',
    `${OK}Transfer-Encoding: , CHUNKED,\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
    '200|x|done',
  ],
];

const CHUNKS: Row[] = [
  ['two chunks', `${CHUNKED}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`, '200|abcde|done'],
  [
    'hex digits in both cases, leading zeros',
    `${CHUNKED}00A\r\n0123456789\r\n0a\r\nabcdefghij\r\n000\r\n\r\n`,
    '200|0123456789abcdefghij|done',
  ],
  ['line ends inside a chunk', `${CHUNKED}4\r\n\r\n\r\n\r\n0\r\n\r\n`, '200|\r\n\r\n|done'],
  ['extensions', `${CHUNKED}3;a=b;c="d;e"\r\nabc\r\n0;last\r\n\r\n`, '200|abc|done'],
  ['white space before an extension', `${CHUNKED}3 \t;a\r\nabc\r\n0\r\n\r\n`, '200|abc|done'],
  ['trailers', `${CHUNKED}3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n`, '200|abc|done'],
  ['trailers with bare LF', `${CHUNKED}3\r\nabc\r\n0\r\nX-Sum: 1\n\n`, '200|abc|done'],
  ['more bytes after the last chunk', `${CHUNKED}1\r\na\r\n0\r\n\r\nHTTP/1.1 500 No\r\n\r\n`, '200|a|done'],
  ['no digits', `${CHUNKED}\r\nabc\r\n`, '200||http-protocol'],
  ['a size that is no hex', `${CHUNKED}1\r\na\r\nzz\r\n`, '200|a|http-protocol'],
  ['a size with 0x', `${CHUNKED}0x3\r\nabc\r\n`, '200||http-protocol'],
  ['a negative size', `${CHUNKED}-1\r\nabc\r\n`, '200||http-protocol'],
  ['white space after a size, and no extension', `${CHUNKED}3 \r\nabc\r\n`, '200||http-protocol'],
  ['a size of 2^53', `${CHUNKED}20000000000000\r\nabc`, '200||http-protocol'],
  ['a size of 2^53-1, cut short', `${CHUNKED}1fffffffffffff\r\nabc`, '200|abc|eof-truncated'],
  ['a size of 2^68', `${CHUNKED}100000000000000000\r\nabc`, '200||http-protocol'],
  ['bare LF after a size', `${CHUNKED}3\nabc\r\n0\r\n\r\n`, '200||http-protocol'],
  ['bare LF in an extension', `${CHUNKED}3;a\nabc\r\n0\r\n\r\n`, '200||http-protocol'],
  ['NUL in an extension', `${CHUNKED}3;a\0\r\nabc\r\n0\r\n\r\n`, '200||http-protocol'],
  ['CR without LF after a size', `${CHUNKED}3\rabc\r\n0\r\n\r\n`, '200||http-protocol'],
  ['a chunk longer than its size', `${CHUNKED}3\r\nabcd\r\n0\r\n\r\n`, '200|abc|http-protocol'],
  ['bare LF after a chunk', `${CHUNKED}3\r\nabc\n0\r\n\r\n`, '200|abc|http-protocol'],
  ['FIN inside a chunk', `${CHUNKED}8\r\nabc`, '200|abc|eof-truncated'],
  ['FIN after a chunk', `${CHUNKED}3\r\nabc\r\n`, '200|abc|eof-truncated'],
  ['FIN in a size', `${CHUNKED}3\r\nabc\r\n1`, '200|abc|eof-truncated'],
  ['FIN before the end of the trailers', `${CHUNKED}3\r\nabc\r\n0\r\nX: y\r\n`, '200|abc|eof-truncated'],
  ['FIN between the last chunk and its empty line', `${CHUNKED}3\r\nabc\r\n0\r\n`, '200|abc|eof-truncated'],
  ['a trailer that is none', `${CHUNKED}3\r\nabc\r\n0\r\nX\r\n\r\n`, '200|abc|http-protocol'],
];

const INTERIM: Row[] = [
  ['103, then the answer', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}\r\nx`, '200|x|done'],
  [
    'framing fields of a 1xx count for nothing',
    `HTTP/1.1 102 Wait\r\nContent-Length: 9\r\n\r\n${OK}\r\nx`,
    '200|x|done',
  ],
  ['as many as allowed', `${'HTTP/1.1 102 Wait\r\n\r\n'.repeat(MAX_INTERIM)}${OK}\r\nx`, '200|x|done'],
  ['one more than allowed', `${'HTTP/1.1 102 Wait\r\n\r\n'.repeat(MAX_INTERIM + 1)}${OK}\r\nx`, '-||http-protocol'],
  ['101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', '-||http-protocol'],
  ['FIN after an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n', '-||eof-truncated'],
  ['FIN before anything', '', '-||eof-truncated'],
  ['FIN in the status line', 'HTTP/1.1 20', '-||eof-truncated'],
  ['FIN in a field', `${OK}Content-Ty`, '-||eof-truncated'],
  ['FIN before the empty line', `${OK}A: b\r\n`, '-||eof-truncated'],
];

describe.each([
  ['status line', STATUS_LINES],
  ['header fields', FIELDS],
  ['framing', FRAMING],
  ['chunks', CHUNKS],
  ['interim answers and early ends', INTERIM],
] as const)('ResponseReader: %s', (_group, rows) => {
  it.each(rows)('%s', (_title, wire, expected) => {
    expect(brief(readResponse(Buffer.from(wire, 'latin1'), []).outcome())).toBe(expected);
  });

  it.each(rows)('%s: the same at every cut and byte by byte', (_title, wire) => {
    const bytes = Buffer.from(wire, 'latin1');
    const whole = readResponse(bytes, []);
    for (let cut = 1; cut < bytes.length; cut++) {
      const log = readResponse(bytes, [cut]);
      expect({ cut, ...log.outcome(), detail: log.detail }).toEqual({ cut, ...whole.outcome(), detail: whole.detail });
    }
    const byteByByte = readResponse(bytes, Array.from(bytes.keys()));
    expect(byteByByte.outcome()).toEqual(whole.outcome());
  });
});

function headersOf(fields: string): Record<string, string> | undefined {
  return readResponse(Buffer.from(`${OK}${fields}\r\n`, 'latin1'), []).outcome().head?.headers;
}

it('the head that a caller gets has version, code and reason as they came', () => {
  const { head } = readResponse(Buffer.from('HTTP/1.0 503 Ma\xf1ana\r\n\r\n', 'latin1'), []).outcome();
  expect(head).toEqual({ httpVersion: '1.0', statusCode: 503, statusText: 'Ma\xf1ana', headers: {} });
});

it('the head that a caller gets has names in lower case and values without the white space around them', () => {
  expect(headersOf('Content-TYPE:\t text/event-stream \t\r\nEmpty:\r\n')).toEqual({
    'content-type': 'text/event-stream',
    empty: '',
  });
});

it('the head that a caller gets joins repeated fields in their order', () => {
  expect(headersOf('Via: a\r\nX: 1\r\nvia: b\r\nVIA: c\r\n')).toEqual({ via: 'a, b, c', x: '1' });
});

it('the head that a caller gets unfolds obsolete folded lines with one space', () => {
  expect(headersOf('A: b\r\n \t c\r\n\td\r\nE:\r\n f\r\n')).toEqual({ a: 'b c d', e: 'f' });
});

it('the head that a caller gets keeps bytes above ASCII one character each', () => {
  expect(headersOf('A: \xe2\x82\xac\x80\r\n')).toEqual({ a: '\xe2\x82\xac\x80' });
});

it('the head that a caller gets takes names of object prototypes as plain names', () => {
  const log = readResponse(Buffer.from(`${OK}__proto__: a\r\nconstructor: b\r\n\r\n`), []);
  expect([...(log.headSeen?.headers ?? [])]).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

it('the head that a caller gets has nothing left of an interim head', () => {
  const wire = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}A: b\r\n\r\n`;
  expect(readResponse(Buffer.from(wire), []).outcome().head?.headers).toEqual({ a: 'b' });
});

it('the head that a caller gets says of a FIN whether anything had arrived', () => {
  expect(readResponse(Buffer.alloc(0), []).detail).toMatch(/before the first byte/);
  expect(readResponse(Buffer.from('H'), []).detail).toMatch(/inside the response head/);
});

/** `head` with one long field, `bytes` in all. */
function filledTo(bytes: number, head: string): Buffer {
  return Buffer.from(`${head}X: ${'x'.repeat(bytes - head.length - 'X: \r\n\r\n'.length)}\r\n\r\n`);
}

it('bounds takes a head of exactly the limit, in any cuts', () => {
  const bytes = filledTo(MAX_HEAD_BYTES, OK);
  expect(bytes.length).toBe(MAX_HEAD_BYTES);
  for (const cuts of [[], [1], [MAX_HEAD_BYTES - 1], [20, 40_000]]) {
    expect(readResponse(bytes, cuts).outcome().end).toBe('done');
  }
});

it('bounds refuses a head of one byte more, in any cuts', () => {
  const bytes = filledTo(MAX_HEAD_BYTES + 1, OK);
  for (const cuts of [[], [1], [MAX_HEAD_BYTES], [20, 40_000]]) {
    expect(brief(readResponse(bytes, cuts).outcome())).toBe('-||headers-too-large');
  }
});

it('bounds counts interim heads together with the final one', () => {
  const interim = filledTo(MAX_HEAD_BYTES - 10, 'HTTP/1.1 103 Early Hints\r\n');
  expect(readResponse(Buffer.concat([interim, Buffer.from(`${OK}\r\n`)]), []).outcome().end).toBe('headers-too-large');
});

it.each([
  ['an endless reason', 'HTTP/1.1 200 ', 'x'],
  ['an endless field', `${OK}X: `, 'x'],
  ['endless fields', OK, 'X: y\r\n'],
  ['endless folded lines', `${OK}X: y\r\n`, ' z\r\n'],
  ['endless spaces in a value', `${OK}X: `, ' '],
  ['endless trailers', `${CHUNKED}0\r\n`, 'X: y\r\n'],
])('bounds refuses %s without waiting for its end', (_title, begin, more) => {
  const bytes = Buffer.from(begin + more.repeat(Math.ceil((2 * MAX_HEAD_BYTES) / more.length)));
  expect(readResponse(bytes, [], false).outcome().end).toBe('headers-too-large');
  expect(readResponse(bytes, [begin.length, 5000, 60_000], false).outcome().end).toBe('headers-too-large');
});

it.each([
  ['an endless chunk extension', `${CHUNKED}3;`, 'x'],
  ['endless leading zeros', CHUNKED, '0'],
  ['endless space before an extension', `${CHUNKED}3`, ' '],
])('bounds refuses %s', (_title, begin, more) => {
  const bytes = Buffer.from(begin + more.repeat(MAX_CHUNK_LINE_BYTES + 1));
  expect(brief(readResponse(bytes, [], false).outcome())).toBe('200||http-protocol');
  expect(brief(readResponse(bytes, Array.from(bytes.keys()), false).outcome())).toBe('200||http-protocol');
});

it('bounds takes any number of chunks whose extensions stay below the limit', () => {
  const chunk = `1;${'e'.repeat(2000)}\r\nx\r\n`;
  expect(readResponse(Buffer.from(`${CHUNKED}${chunk.repeat(50)}0\r\n\r\n`), []).outcome().body).toBe('x'.repeat(50));
});

/** Stops the reader within the call that it was told. */
class LeavingLog extends ResponseLog {
  reader: ResponseReader | undefined;
  private readonly leaveAt: 'head' | 'body';

  constructor(leaveAt: 'head' | 'body') {
    super();
    this.leaveAt = leaveAt;
  }

  override head(head: Parameters<ResponseLog['head']>[0]): void {
    super.head(head);
    if (this.leaveAt === 'head') this.leave();
  }

  override body(bytes: Uint8Array, start: number, end: number): boolean {
    super.body(bytes, start, end);
    if (this.leaveAt === 'body') this.leave();
    return true;
  }

  private leave(): void {
    this.reader?.stop();
    this.end = 'closed-by-us';
  }
}

it.each([
  ['head', `${CHUNKED}1\r\na\r\n0\r\n\r\n`, ''],
  ['head', `${OK}Content-Length: 0\r\n\r\n`, ''],
  ['body', `${CHUNKED}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`, 'a'],
  ['body', `${OK}Content-Length: 1\r\n\r\na`, 'a'],
  ['body', `${OK}\r\nabc`, 'abc'],
] as const)(
  'leaving and pausing from within a call makes no call after stop() within %s of %j',
  (leaveAt, wire, body) => {
    const log = new LeavingLog(leaveAt);
    const reader = new ResponseReader(log);
    log.reader = reader;
    const bytes = Buffer.from(wire);
    expect(reader.push(bytes, 0, bytes.length)).toBe(false);
    reader.finish();
    expect(brief(log.outcome())).toBe(`200|${body}|closed-by-us`);
  },
);

it('leaving and pausing from within a call delivers the rest of the read after a pause was asked for, and then asks the caller to stop reading', () => {
  const log = new ResponseLog();
  let answers = 0;
  const record = log.body.bind(log);
  log.body = (bytes, start, end) => record(bytes, start, end) && answers++ > 0;
  const reader = new ResponseReader(log);
  const bytes = Buffer.from(`${CHUNKED}1\r\na\r\n1\r\nb\r\n`);
  expect(reader.push(bytes, 0, bytes.length)).toBe(false);
  expect(log.outcome().body).toBe('ab');
  expect(reader.push(Buffer.from('1\r\nc\r\n'), 0, 6)).toBe(true);
  expect(log.outcome().body).toBe('abc');
});

it("leaving and pausing from within a call hands on ranges of the caller's own array", () => {
  const bytes = Buffer.from(`${CHUNKED}3\r\nabc\r\n`);
  const log = new ResponseLog();
  const ranges: unknown[] = [];
  log.body = (array, start, end) => {
    ranges.push(array === bytes, start, end);
    return true;
  };
  new ResponseReader(log).push(bytes, 0, bytes.length);
  expect(ranges).toEqual([true, bytes.length - 5, bytes.length - 2]);
});
