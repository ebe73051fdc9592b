import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseParser } from '../../src/sse/parser.ts';
import { cutsOf, everyByte, parse, Recorder, runs } from './recorder.ts';
import type { Said } from './recorder.ts';

function event(data: string, given: { type?: string; id?: string; ownId?: boolean } = {}): Said {
  const { type = 'message', id = '' } = given;
  return { event: { type, data, lastEventId: id }, ownId: given.ownId ?? id !== '' };
}
const comment = (text: string): Said => ({ comment: text });
const retry = (ms: number): Said => ({ retry: ms });

/** Text goes as UTF-8; arrays are taken as bytes. */
function stream(...parts: Array<string | number[]>): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))));
}

const CASES: Array<[sentence: string, bytes: Buffer, said: Said[]]> = [
  // Line ends
  ['LF ends lines', stream('data: a\n\n'), [event('a')]],
  ['CRLF ends lines', stream('data: a\r\n\r\n'), [event('a')]],
  ['CR ends lines', stream('data: a\r\r'), [event('a')]],
  ['line ends may be mixed in one block', stream('data: a\r\ndata: b\rdata: c\n\n'), [event('a\nb\nc')]],
  ['CRLF after a CR-terminated line is the blank line', stream('data: a\r\r\ndata: b\n\n'), [event('a'), event('b')]],
  [
    'an LF after the blank CR is no second blank line',
    stream('data: a\r\r', '\ndata: b\r\r'),
    [event('a'), event('b')],
  ],
  ['LF CR is two line ends', stream('data: a\n\rdata: b\n\r'), [event('a'), event('b')]],
  ['many blank lines dispatch nothing', stream('\n\n\r\r\r\n\r\ndata: a\n\n\n\n'), [event('a')]],
  [
    'CR LF split over two lines of one event joins them',
    stream('data: A\r\ndata: B\r\ndata: C\r\n\r\n'),
    [event('A\nB\nC')],
  ],
  [
    'U+2028, U+2029, U+0085, VT and FF are no line ends',
    stream('data: a\u2028b\u2029c\u0085d\u000be\u000cf\n\n'),
    [event('a\u2028b\u2029c\u0085d\u000be\u000cf')],
  ],
  // Byte order mark
  ['one BOM at the start is dropped', stream('\uFEFFdata: a\n\n'), [event('a')]],
  ['a second BOM is part of the first name', stream('\uFEFF\uFEFFdata: a\n\ndata: b\n\n'), [event('b')]],
  ['a BOM later on is part of a name', stream('data: a\n\n\uFEFFdata: b\n\n'), [event('a')]],
  [
    'a BOM in a value stays',
    stream('data: \uFEFFa\n\nevent:\uFEFF\ndata\n\n'),
    [event('\uFEFFa'), event('', { type: '\uFEFF' })],
  ],
  ['a BOM alone in front of a blank line is nothing', stream('\uFEFF\n\ndata: a\n\n'), [event('a')]],
  ['a BOM in front of a comment is dropped', stream('\uFEFF:a\n'), [comment('a')]],
  ['two of the three bytes of a BOM are a line of their own', stream([0xef, 0xbb], '\ndata: a\n\n'), [event('a')]],
  ['a broken BOM spoils the name behind it', stream([0xef], 'data: a\ndata: b\n\n'), [event('b')]],
  ['a stream that is nothing but a BOM says nothing', stream('\uFEFF'), []],
  // UTF-8
  ['characters of two, three and four bytes arrive whole', stream('data: é€豆腐👩‍👩‍👧\n\n'), [event('é€豆腐👩‍👩‍👧')]],
  [
    'invalid bytes become U+FFFD and the stream goes on',
    stream('data: a', [0xff], 'b\n\ndata: c\n\n'),
    [event('a\uFFFDb'), event('c')],
  ],
  [
    'a truncated character does not eat the line end',
    stream('data: a', [0xe2, 0x82], '\ndata: b\n\n'),
    [event('a\uFFFD\nb')],
  ],
  [
    'a truncated character does not eat the blank CR',
    stream('data: a', [0xf0, 0x9f, 0x91], '\r\r'),
    [event('a\uFFFD')],
  ],
  [
    'overlong forms and surrogates become one U+FFFD a byte',
    stream('data: ', [0xc0, 0xaf, 0xed, 0xa0, 0x80], '\n\n'),
    [event('\uFFFD'.repeat(5))],
  ],
  [
    'two halves of a character on two lines stay apart',
    stream('data: ', [0xe2, 0x82], '\ndata: ', [0xac], '\n\n'),
    [event('\uFFFD\n\uFFFD')],
  ],
  ['types and ids are decoded too', stream('event: é\nid: €\ndata: x\n\n'), [event('x', { type: 'é', id: '€' })]],
  // Fields
  [
    'only one leading space is removed',
    stream('data:  a\n\ndata:a\n\ndata: \n\n'),
    [event(' a'), event('a'), event('')],
  ],
  ['a tab after the colon stays', stream('data:\ta\n\n'), [event('\ta')]],
  ['spaces at the end stay', stream('data: a \n\n'), [event('a ')]],
  ['only the first colon separates', stream('data: a: b:c\n\ndata::\n\n'), [event('a: b:c'), event(':')]],
  ['a field without a colon has an empty value', stream('data\n\ndata\ndata\n\n'), [event(''), event('\n')]],
  ['an empty data line is an event with empty data', stream('data:\n\n'), [event('')]],
  ['empty data lines count', stream('data:\ndata: a\ndata:\n\n'), [event('\na\n')]],
  ['names are case-sensitive', stream('Data: a\nDATA: b\nEvent: c\ndata: d\n\n'), [event('d')]],
  ['names take no space around them', stream(' data: a\ndata : b\n\ndata: c\n\n'), [event('c')]],
  [
    'names that begin like ours are unknown',
    stream('dat: a\ndatab: b\nidea: c\nretrying: 1\nevents: e\ndata: d\n\n'),
    [event('d')],
  ],
  ['names cut short are unknown', stream('d\nda\ndat\ni\ne\neven\nretr\n\n'), []],
  ['unknown fields are ignored', stream('foo: bar\nconstructor: 1\n__proto__: 2\ndata: a\n\n'), [event('a')]],
  ['NUL in data stays', stream('data: a\0b\n\n'), [event('a\0b')]],
  ['a line that begins with NUL is unknown', stream('\0data: a\ndata: b\n\n'), [event('b')]],
  // Type
  ['the type is the last one of the block', stream('event: a\nevent: b\ndata: x\n\n'), [event('x', { type: 'b' })]],
  ['an empty type is message', stream('event: a\nevent\ndata: x\n\n'), [event('x')]],
  ['the type ends with its block', stream('event: a\ndata: x\n\ndata: y\n\n'), [event('x', { type: 'a' }), event('y')]],
  ['an event without data is dropped and its type forgotten', stream('event: a\n\ndata: x\n\n'), [event('x')]],
  ['a type may follow the data', stream('data: x\nevent: a\n\n'), [event('x', { type: 'a' })]],
  // Id
  [
    'the last event id persists',
    stream('id: 1\ndata: a\n\ndata: b\n\n'),
    [event('a', { id: '1' }), event('b', { id: '1', ownId: false })],
  ],
  [
    'an empty id resets it',
    stream('id: 1\ndata: a\n\nid\ndata: b\n\n'),
    [event('a', { id: '1' }), event('b', { ownId: true })],
  ],
  ['an id without data counts', stream('id: 1\n\ndata: a\n\n'), [event('a', { id: '1', ownId: false })]],
  [
    'an id with NUL is ignored, the last good one stays',
    stream('id: 1\nid: 2\0\ndata: a\n\n'),
    [event('a', { id: '1' })],
  ],
  [
    'an id with NUL alone leaves the older id',
    stream('id: 1\n\nid: \0\ndata: a\n\n'),
    [event('a', { id: '1', ownId: false })],
  ],
  ['the last id of a block wins', stream('id: 1\nid: 2\ndata: a\n\n'), [event('a', { id: '2' })]],
  ['an id keeps all but one space', stream('id:  1 \ndata: a\n\n'), [event('a', { id: ' 1 ' })]],
  // Retry
  ['retry acts at once, without data or blank line', stream('retry: 1500\n'), [retry(1500)]],
  [
    'retry takes digits only',
    stream('retry: 1x\nretry: -1\nretry: 1.5\nretry: 1e3\nretry:  1\nretry: 1 \nretry: +1\n'),
    [],
  ],
  ['retry takes no digits but ASCII', stream('retry: \u0661\u0662\nretry: \uFF11\n'), []],
  ['an empty retry is ignored', stream('retry:\nretry\nretry: \n'), []],
  [
    'retry may be zero and have leading zeros',
    stream('retry: 0\nretry: 007\nretry:12\n'),
    [retry(0), retry(7), retry(12)],
  ],
  [
    'retry past 2^53 stays a finite number',
    stream('retry: 9007199254740991\nretry: 99999999999999999999\n', `retry: ${'9'.repeat(400)}\n`),
    [retry(2 ** 53 - 1), retry(2 ** 53 - 1), retry(2 ** 53 - 1)],
  ],
  ['retry inside a block comes before its event', stream('data: a\nretry: 5\n\n'), [retry(5), event('a')]],
  // Comments
  ['a comment is known when its line ends', stream(': ping\n'), [comment('ping')]],
  ['a comment loses one space', stream(':  a\n:b\n:\n: \n'), [comment(' a'), comment('b'), comment(''), comment('')]],
  ['a comment inside a block does not end it', stream('data: a\n: c\ndata: b\n\n'), [comment('c'), event('a\nb')]],
  ['a comment may look like a field', stream(':data: a\n::\n\n'), [comment('data: a'), comment(':')]],
  // The end
  ['an unfinished block is not dispatched', stream('data: a\n\nid: 2\ndata: b\n'), [event('a')]],
  ['an unfinished line is not a line', stream('data: a\n\n: ping'), [event('a')]],
  ['an answer in JSON is no stream', stream('{"error":\n{"data":"x"}}\n\n'), []],
  ['the empty stream says nothing', stream(), []],
];

describe.each(CASES)('%s', (_sentence, bytes, said) => {
  it('in one piece', () => {
    expect(parse(bytes)).toEqual(said);
  });

  it('byte by byte', () => {
    expect(parse(bytes, everyByte(bytes))).toEqual(said);
  });

  it('cut in two anywhere', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(parse(bytes, [cut]), `cut at ${cut}`).toEqual(said);
  });

  it('cut at random', () => {
    fc.assert(
      fc.property(cutsOf(bytes.length), (cuts) => {
        expect(parse(bytes, cuts)).toEqual(said);
      }),
      runs(50),
    );
  });
});

it.each([
  ['data: x\n\n', [9]],
  ['data: x\r\r', [9]],
  ['data: x\r\r\ndata: y\r\r', [9, 19]],
  ['data: x\r\n\r\n', [10]],
  [': ping\n', [7]],
  [': ping\r\n', [7]],
  ['retry: 5\r', [9]],
])('the parser says what %j says with the last byte that it takes', (text, expected) => {
  const recorder = new Recorder();
  const saidAfterBytes: number[] = [];
  Buffer.from(text).forEach((byte, i) => {
    recorder.push(Uint8Array.of(byte));
    while (saidAfterBytes.length < recorder.said.length) saidAfterBytes.push(i + 1);
  });
  expect(saidAfterBytes).toEqual(expected);
});

it('the parser takes a plain Uint8Array, also a view into a larger buffer', () => {
  const recorder = new Recorder();
  const view = new Uint8Array(new TextEncoder().encode('xxdata: ä\n\nxx').buffer, 2, 10);
  recorder.parser.push(view);
  expect(recorder.said).toEqual([event('ä')]);
});

it('the parser refuses a range outside the array', () => {
  const { parser } = new Recorder();
  const bytes = Buffer.from('data: x\n\n');
  for (const [start, end] of [
    [0, 10],
    [-1, 3],
    [5, 4],
    [Number.NaN, 3],
  ] as const) {
    expect(() => parser.push(bytes, start, end)).toThrow(RangeError);
  }
});

it('the parser calls the handlers as methods of the object it was given', () => {
  const seen: unknown[] = [];
  const handlers = {
    name: 'client 7',
    onEvent(): void {
      seen.push(this.name);
    },
    onComment(): void {
      seen.push(this.name);
    },
  };
  new SseParser(handlers).push(Buffer.from(': c\ndata: x\n\n'));
  expect(seen).toEqual(['client 7', 'client 7']);
});

it('the parser needs no listener but onEvent', () => {
  const data: string[] = [];
  new SseParser({ onEvent: (e) => data.push(e.data) }).push(Buffer.from(': c\nretry: 1\nfoo\ndata: x\n\n'));
  expect(data).toEqual(['x']);
});

it.each([
  ['data: a\n\n', false],
  ['data: a\r\r', false],
  ['data: a', true],
  ['data: a\n', true],
  ['data\n', true],
  ['event: a\n', true],
  ['id: 1\n', true],
  ['id\n', true],
  ['foo', true],
  [': pi', true],
  [':\n', false],
  ['\uFEFF', false],
  ['', false],
])('the end of a stream after %j tells whether something was discarded: %s', (text, discarded) => {
  const recorder = new Recorder();
  recorder.push(Buffer.from(text));
  expect(recorder.parser.end()).toBe(discarded);
});

it('the end of a stream keeps the committed id and forgets that of the unfinished block', () => {
  const recorder = new Recorder();
  recorder.push(Buffer.from('id: 1\ndata: a\n\nid: 2\ndata: b\n'));
  expect(recorder.parser.lastEventId).toBe('1');
  recorder.parser.end();
  recorder.push(Buffer.from('\ndata: c\n\n'));
  expect(recorder.parser.lastEventId).toBe('1');
  expect(recorder.said).toEqual([event('a', { id: '1' }), event('c', { id: '1', ownId: false })]);
});

it('the end of a stream lets the next stream begin with a BOM, and does not join its first LF to the last CR', () => {
  const recorder = new Recorder();
  recorder.push(Buffer.from('data: a\r'));
  recorder.parser.end();
  recorder.push(Buffer.from('\uFEFFdata: b\n\n'));
  recorder.push(Buffer.from('\uFEFFdata: c\n\n'));
  expect(recorder.said).toEqual([event('b')]);
});

it('the reset of a parser goes on with the id it is given, or with none', () => {
  const recorder = new Recorder();
  recorder.push(Buffer.from('id: 1\ndata: a\n\ndata: lost'));
  recorder.parser.reset('41');
  expect(recorder.parser.lastEventId).toBe('41');
  recorder.push(Buffer.from('data: b\n\n'));
  recorder.parser.reset();
  expect(recorder.parser.lastEventId).toBe('');
  recorder.push(Buffer.from('data: c\n\n'));
  expect(recorder.said).toEqual([event('a', { id: '1' }), event('b', { id: '41', ownId: false }), event('c')]);
});

it.each(['onEvent', 'onComment', 'onRetry'] as const)(
  'the reset of a parser inside %s makes the rest of that push nobody’s',
  (name) => {
    const seen: string[] = [];
    const stop = (what: string): void => {
      seen.push(what);
      if (what === name) parser.reset('7');
    };
    const parser: SseParser = new SseParser({
      onEvent: (e) => stop(e.data === 'x' ? 'onEvent' : e.data),
      onComment: () => stop('onComment'),
      onRetry: () => stop('onRetry'),
    });
    const before = { onEvent: 'data: x\n\n', onComment: 'data: y\n: c\n', onRetry: 'data: y\nretry: 1\n' }[name];
    const bytes = Buffer.from(`${before}data: z\n\n: c\nretry: 1\n`);
    for (const cut of [0, before.length - 1, before.length - 3]) {
      seen.length = 0;
      parser.reset();
      parser.push(bytes, 0, cut);
      parser.push(bytes, cut);
      expect(seen).toEqual([name]);
      expect(parser.lastEventId).toBe('7');
      parser.push(Buffer.from('\uFEFFdata: new stream\n\n'));
      expect(seen).toEqual([name, 'new stream']);
    }
  },
);

it.each([
  ['event: ping\n\n', ['ping|']],
  ['id: 5\n\n', ['|5']],
  ['event: a\nid: 7\r\n\r\nevent: b\r\r', ['a|7', 'b|7']],
  [': c\n\nretry: 5\n\n\n\nfoo: bar\n\n', []],
  ['event: ping\ndata\n\nid: 5\ndata:\n\n', []],
])('a parser tells of blocks without data, and of no other: %j', (text, told) => {
  const seen: string[] = [];
  const parser = new SseParser({
    onEvent: () => {},
    onNoData: (type, lastEventId) => seen.push(`${type}|${lastEventId}`),
  });
  for (const byte of Buffer.from(text)) parser.push(Buffer.of(byte));
  expect(seen).toEqual(told);
});
