/** The format, through the real program: what it prints for each stream, and when. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { hostileStream } from '../sse/hostile-streams.ts';
import { interpretAsTheStandardSays } from '../sse/standard.ts';
import { closed, comment, event, Listening, listen, lost, opened, retry, type ListenLine } from '../support/listen.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Text, in UTF-8 but for `\xNN` in a case that says so. */
type Stream = string | Buffer;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const STREAMS: readonly (readonly [what: string, stream: Stream, says: ListenLine[]])[] = [
  ['LF', 'data: a\n\n', [event('a')]],
  ['CRLF', 'data: a\r\n\r\n', [event('a')]],
  ['bare CR', 'data: a\r\r', [event('a')]],
  ['all three line ends mixed', 'data: a\r\ndata: b\rdata: c\n\r\n', [event('a\nb\nc')]],
  [
    'CR and CRLF: two line ends, not three',
    'data: a\r\r\ndata: b\r\n\rdata: c\n\r',
    [event('a'), event('b'), event('c')],
  ],
  ['LF and CR: two line ends', 'data: a\n\rdata: b\n\r', [event('a'), event('b')]],
  ['blank lines only', '\n\n\r\r\r\n\r\n', []],
  ['a BOM at the start', '\ufeffdata: a\n\n', [event('a')]],
  ['one BOM only', '\ufeff\ufeffdata: a\n\ndata: b\n\n', [event('b')]],
  ['a BOM elsewhere', 'data: \ufeffa\n\n\ufeffdata: b\n\n', [event('\ufeffa')]],
  ['the beginning of a BOM', bytes('\xef\xbbdata: a\n\ndata: b\n\n'), [event('b')]],
  [
    'what is not UTF-8',
    bytes('data: a\xffb\n\ndata: \xc0\xaf\n\ndata: \xed\xa0\x80\n\n'),
    [event('a\ufffdb'), event('\ufffd\ufffd'), event('\ufffd\ufffd\ufffd')],
  ],
  [
    'a character cut off by the line end',
    bytes('data: \xe2\x82\ndata: \xf0\x9f\x91\n\ndata: b\n\n'),
    [event('\ufffd\n\ufffd'), event('b')],
  ],
  ['a name that is not UTF-8', bytes('da\xffta: a\n\ndata: b\n\n'), [event('b')]],
  ['characters of many bytes', 'data: €豆腐👩‍👩‍👧\nevent: é\nid: ❤\n\n', [event('€豆腐👩‍👩‍👧', '❤', 'é')]],
  [
    'line ends of Unicode, VT and FF',
    'data: a\u2028b\u2029c\u0085d\u000be\u000cf\n\n',
    [event('a\u2028b\u2029c\u0085d\u000be\u000cf')],
  ],
  ['NUL in data and type', 'data: a\0b\nevent: c\0d\n\n', [event('a\0b', '', 'c\0d')]],
  ['an id with NUL', 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n', [event('a', '1'), event('b', '1')]],
  ['an id with NUL behind a good one', 'id: 123\nid: bad\0id\ndata: a\n\n', [event('a', '123')]],
  [
    'an id for all that follow',
    'id: 1\ndata: a\n\ndata: b\n\nevent: e\ndata: c\n\n',
    [event('a', '1'), event('b', '1'), event('c', '1', 'e')],
  ],
  [
    'an empty id',
    'id: 1\ndata: a\n\nid:\ndata: b\n\nid: 2\ndata: c\n\nid\ndata: d\n\n',
    [event('a', '1'), event('b'), event('c', '2'), event('d')],
  ],
  ['an id without data', 'id: 7\n\ndata: a\n\n', [event('a', '7')]],
  ['an id with spaces', 'id:  x \ndata: a\n\n', [event('a', ' x ')]],
  ['the last of two ids and types', 'id: 1\nevent: a\nid: 2\nevent: b\ndata: x\n\n', [event('x', '2', 'b')]],
  ['fields behind the data', 'data: a\nid: 5\nevent: e\ndata: b\n\n', [event('a\nb', '5', 'e')]],
  ['an event without data', 'event: a\n\ndata: b\n\n', [event('b')]],
  ['an empty type', 'event: a\nevent\ndata: x\n\nevent:\ndata: y\n\n', [event('x'), event('y')]],
  [
    'types that are no plain words',
    'event: __proto__\ndata: a\n\nevent: tick \ndata: b\n\n',
    [event('a', '', '__proto__'), event('b', '', 'tick ')],
  ],
  ['data without a value', 'data\n\ndata:\n\ndata: \n\n', [event(''), event(''), event('')]],
  [
    'empty lines of data',
    'data\ndata\n\ndata: a\ndata\n\ndata\ndata: a\n\n',
    [event('\n'), event('a\n'), event('\na')],
  ],
  [
    'one leading space, and never a tab',
    'data:a\n\ndata:  b\n\ndata:\tc\n\ndata: d \n\n',
    [event('a'), event(' b'), event('\tc'), event('d ')],
  ],
  ['colons in the value', 'data: a: b:c\n\ndata::d\n\n', [event('a: b:c'), event(':d')]],
  ['names in other cases', 'Data: a\nDATA: b\nEvent: x\nID: 1\nRetry: 7\n\ndata: c\n\n', [event('c')]],
  ['names with spaces', 'data : a\n data: b\n\tdata: c\n\ndata: d\n\n', [event('d')]],
  ['unknown fields', 'foo: bar\nfoobar\ndatax: a\ndat: b\ndata: c\n\n', [event('c')]],
  [
    'comments',
    ': a\n:b\n:\n:  c\n::d\n: é\ndata: x\n\n',
    [comment('a'), comment('b'), comment(''), comment(' c'), comment(':d'), comment('é'), event('x')],
  ],
  ['a comment within an event', 'data: a\n: k\ndata: b\n\n', [comment('k'), event('a\nb')]],
  ['a comment and a type without data', ':ping\nevent: ping\n\ndata: a\n\n', [comment('ping'), event('a')]],
  ['a reconnection time in digits', 'retry: 150\n\nretry:0200\ndata: a\n\n', [retry(150), retry(200), event('a')]],
  [
    'a reconnection time that is none',
    'retry: 20x\nretry: -1\nretry: 1.5\nretry:\nretry\nretry: +5\nretry: 0x10\nretry:  5\nretry: 5 \nretry: ٣\nretry: Infinity\n\n',
    [],
  ],
  [
    'a reconnection time of any length',
    `retry: 99999999999999999999\nretry: ${'9'.repeat(400)}\n\n`,
    [retry(Number.MAX_SAFE_INTEGER), retry(Number.MAX_SAFE_INTEGER)],
  ],
  ['what is no event stream', '{"error":{"code":1}}\n<html>\n\n', []],
  ['a long line', `data: ${'x'.repeat(200_000)}\n\ndata: b\n\n`, [event('x'.repeat(200_000)), event('b')]],
  ['many lines', `${'data: x\n'.repeat(5000)}\n`, [event(Array<string>(5000).fill('x').join('\n'))]],
];

/** Behind each stream: so that the next begins with no id, and soon. */
const RESET = 'id\nretry: 100\n\n';
/** Larger streams go in pieces of this size where others go byte by byte. */
const PIECES = 2000;

async function* cut(stream: Buffer): AsyncGenerator<Buffer> {
  const size = Math.max(1, Math.ceil(stream.length / PIECES));
  for (let at = 0; at < stream.length; at += size) {
    yield stream.subarray(at, at + size);
    // A turn of the event loop, in which the piece goes out.
    await new Promise(setImmediate);
  }
}

type Framing = (socket: Socket, stream: Buffer) => Promise<void> | void;

const FRAMINGS: readonly (readonly [name: string, transport: 'wire' | 'undici', framing: Framing])[] = [
  ['in one piece', 'wire', (socket, stream) => void socket.end(Buffer.concat([Buffer.from(OK), stream]))],
  [
    'cut everywhere',
    'wire',
    async (socket, stream) => {
      socket.write(OK);
      for await (const piece of cut(stream)) socket.write(piece);
      socket.end();
    },
  ],
  ['in chunks, cut everywhere', 'wire', inChunks],
  ['in one piece', 'undici', (socket, stream) => void socket.end(Buffer.concat([Buffer.from(OK), stream]))],
  ['in chunks, cut everywhere', 'undici', inChunks],
];

async function inChunks(socket: Socket, stream: Buffer): Promise<void> {
  socket.write(OK.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'));
  for await (const piece of cut(stream)) {
    socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
  }
  socket.end('0\r\n\r\n');
}

/** One process hears them all, one connection after the other. */
async function hear(streams: readonly Buffer[], transport: string, framing: Framing): Promise<ListenLine[][]> {
  const server = await ScriptedServer.start(
    ...streams.map(
      (stream): Answer =>
        (socket) =>
          void framing(socket, stream),
    ),
  );
  const args = [
    '--transport',
    transport,
    '--retry',
    '100ms',
    '--max-reconnects',
    String(streams.length - 1),
    '--duration',
    '100s',
  ];
  const { code, lines, stderr } = await listen(`http://127.0.0.1:${server.port}/events`, args);
  await server.close();
  expect(stderr.replace(/.*the nearest limit is used.*\n/, '')).toBe('');
  expect([code, lines.pop()]).toEqual([0, closed('eof-clean')]);
  const heard: ListenLine[][] = [];
  for (const line of lines) {
    if (line.kind === 'open') heard.push([]);
    heard.at(-1)?.push(line);
  }
  return heard;
}

it.concurrent.each(FRAMINGS)(
  'the format, as the real program hears it is the same %s, over %s',
  { timeout: 120_000 },
  async (_name, transport, framing) => {
    const streams = STREAMS.map(([, stream]) => Buffer.concat([Buffer.from(stream as string), Buffer.from(RESET)]));
    const heard = await hear(streams, transport, framing);
    const last = STREAMS.length - 1;
    for (const [n, [what, , says]] of STREAMS.entries()) {
      expect([what, ...(heard[n] as ListenLine[])]).toEqual([
        what,
        opened,
        ...says,
        retry(100),
        lost('eof-clean', n === last ? null : 100),
      ]);
    }
  },
);

it.concurrent(
  'the format, as the real program hears it is what the standard says of random streams',
  { timeout: 120_000 },
  async () => {
    const streams = fc
      .sample(
        fc.tuple(hostileStream, fc.constantFrom('', 'data: unfinished', 'data: unfinished\nid: 9\n', ': unfinished')),
        { numRuns: 60 },
      )
      .map(([stream, tail]) => Buffer.concat([stream, Buffer.from(`\n\n${RESET}${tail}`)]));
    const heard = await hear(streams, 'wire', FRAMINGS[1]?.[2] as Framing);
    for (const [n, stream] of streams.entries()) {
      const says = interpretAsTheStandardSays(stream).map((said) => {
        if ('event' in said) return event(said.event.data, said.event.lastEventId, said.event.type);
        return 'comment' in said ? comment(said.comment) : retry((said as { retry: number }).retry);
      });
      expect({ stream: stream.toString('latin1'), heard: heard[n]?.slice(1, -1) }).toEqual({
        stream: stream.toString('latin1'),
        heard: says,
      });
    }
  },
);

/** The test writes, and sees what comes of it, before it writes more. */
async function dialogue(
  transport: string,
  answer = OK,
): Promise<{ write: (text: Stream) => void; listening: Listening }> {
  let socket: Socket | undefined;
  const server = await ScriptedServer.start((one) => {
    socket = one;
    one.write(answer);
  });
  const listening = new Listening(`http://127.0.0.1:${server.port}/events`, ['--transport', transport]);
  closing.push(
    () => listening.stop(),
    () => server.close(),
  );
  await listening.until('the stream opens', () => listening.lines.length === 1);
  return { write: (text) => void socket?.write(text), listening };
}

it.each(['wire', 'undici'])(
  'what has arrived is printed with its last byte, not with the next one, over %s',
  async (transport) => {
    const { write, listening } = await dialogue(transport);
    const said = [opened];
    const steps: readonly (readonly [bytes: Stream, says?: ListenLine])[] = [
      ['data: lf\n\n', event('lf')],
      ['data: crlf\r\n\r', event('crlf')],
      // Belongs to the CR before it: no blank line of its own.
      ['\n'],
      ['data: cr\r\r', event('cr')],
      ['\n'],
      ['data: after\n'],
      ['\n', event('after')],
      [': comment\n', comment('comment')],
      [':cr comment\r', comment('cr comment')],
      ['\n'],
      ['retry: 1234\n', retry(1234)],
      [bytes('data: \xe2\x82')],
      [bytes('\xac\n')],
      [': within\n', comment('within')],
      ['id: 5\n'],
      ['\n', event('€', '5')],
    ];
    for (const [text, says] of steps) {
      write(text);
      if (says === undefined) await delay(60);
      else said.push(says);
      expect(await listening.linesWhen(said.length)).toEqual(said);
    }
  },
);

it('what has arrived within a chunk is not held back for the rest of it', async () => {
  const { write, listening } = await dialogue('wire', OK.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'));
  write('ffff\r\ndata: a\n\n');
  expect(await listening.linesWhen(2)).toEqual([opened, event('a')]);
});
