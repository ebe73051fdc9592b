import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { SseLimitError, SseParser } from '../../src/sse/parser.ts';
import { cutsOf, everyByte, parse, Recorder, runs } from './recorder.ts';
import type { Said } from './recorder.ts';

const MIB = 1024 ** 2;
const LIMITS = { maxLineBytes: 20, maxEventBytes: 30 };
const message = (data: string): Said => ({ event: { type: 'message', data, lastEventId: '' }, ownId: false });
const x = (count: number): string => 'x'.repeat(count);

const CASES: Array<[sentence: string, stream: string, said: Said[]]> = [
  ['a line of exactly the limit is kept', `data: ${x(14)}\n\n`, [message(x(14))]],
  ['a data line one byte longer is too long', `data: ${x(15)}\n\n`, [{ error: 'line-limit' }]],
  ['a line that never ends is too long', `data: ${x(100)}`, [{ error: 'line-limit' }]],
  ['an id, a type and a retry count as well', `id: ${x(100)}`, [{ error: 'line-limit' }]],
  ['a type is a line', `event: ${x(14)}\n`, [{ error: 'line-limit' }]],
  ['a retry is a line', `retry: ${'1'.repeat(14)}\n`, [{ error: 'line-limit' }]],
  [
    'a comment that somebody listens to is a line',
    `: ${x(18)}\n: ${x(19)}\n`,
    [{ comment: x(18) }, { error: 'line-limit' }],
  ],
  [
    'a limit in bytes counts bytes',
    `data: ${'é'.repeat(7)}\n\ndata: ${'é'.repeat(8)}\n\n`,
    [message('é'.repeat(7)), { error: 'line-limit' }],
  ],
  [
    'unknown fields may have any length',
    `foo: ${x(100)}\ndata: a\n\n${x(100)}\ndata: b\n\n`,
    [message('a'), message('b')],
  ],
  ['a name without end is an unknown field', `data${x(100)}\nretry${x(100)}\ndata: a\n\n`, [message('a')]],
  ['a broken BOM in front of a long line is an unknown field', `\uFEFF\uFEFF${x(100)}\ndata: a\n\n`, [message('a')]],
  [
    'data of exactly the limit is an event',
    `data:${x(10)}\ndata:${x(10)}\ndata:${x(8)}\n\n`,
    [message(`${x(10)}\n${x(10)}\n${x(8)}`)],
  ],
  ['data one byte longer is too much', `data:${x(10)}\ndata:${x(10)}\ndata:${x(9)}\n\n`, [{ error: 'event-limit' }]],
  ['empty data lines are data', `${'data\n'.repeat(31)}\ndata: next\n\n`, [message('\n'.repeat(30)), message('next')]],
  ['too many empty data lines are too much', `${'data\n'.repeat(32)}\n`, [{ error: 'event-limit' }]],
  [
    'many events together may be longer',
    `data: ${x(14)}\n\n`.repeat(5),
    Array.from({ length: 5 }, () => message(x(14))),
  ],
  [
    'what came before is delivered, what comes behind is not',
    `data: a\n\ndata: ${x(99)}\n\ndata: b\n\n: c\n`,
    [message('a'), { error: 'line-limit' }],
  ],
  [
    'retries and comments do not count as data',
    `${': c\nretry: 1\n'.repeat(9)}data: a\n\n`,
    [...Array.from({ length: 9 }, () => [{ comment: 'c' }, { retry: 1 }]).flat(), message('a')],
  ],
];

it.each(CASES)('within a line of 20 and an event of 30 bytes %s', (_sentence, text, said) => {
  const stream = Buffer.from(text);
  expect(parse(stream, [], LIMITS)).toEqual(said);
  expect(parse(stream, everyByte(stream), LIMITS)).toEqual(said);
  for (let cut = 0; cut <= stream.length; cut += 1) expect(parse(stream, [cut], LIMITS)).toEqual(said);
  fc.assert(
    fc.property(cutsOf(stream.length), (cuts) => {
      expect(parse(stream, cuts, LIMITS)).toEqual(said);
    }),
    runs(50),
  );
});

const tooLong = Buffer.from(`id: 1\ndata: a\n\nid: 2\ndata: ${x(100)}`);

it('a passed limit ends the stream until reset, and keeps the last event id', () => {
  const recorder = new Recorder(LIMITS);
  recorder.push(tooLong).push(tooLong).push(Buffer.from('\n\ndata: b\n\n'));
  expect(recorder.parser.failed).toBe(true);
  expect(recorder.parser.end()).toBe(false);
  recorder.push(Buffer.from('data: c\n\n'));
  expect(recorder.said).toHaveLength(2);
  expect(recorder.parser.lastEventId).toBe('1');
  recorder.parser.reset(recorder.parser.lastEventId);
  expect(recorder.parser.failed).toBe(false);
  recorder.push(Buffer.from('data: d\n\n'));
  expect(recorder.said.at(-1)).toEqual({ event: { type: 'message', data: 'd', lastEventId: '1' }, ownId: false });
});

it('a passed limit is told with the limit and what to do', () => {
  const errors: SseLimitError[] = [];
  const parser = new SseParser({ onEvent() {}, onError: (error) => errors.push(error), ...LIMITS });
  parser.push(tooLong);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toBeInstanceOf(SseLimitError);
  expect(errors[0]?.code).toBe('line-limit');
  expect(errors[0]?.message).toContain('20 bytes');
  expect(errors[0]?.hint).toContain('maxLineBytes');
});

it('a passed limit is thrown when nobody listens for it', () => {
  const parser = new SseParser({ onEvent() {}, ...LIMITS });
  expect(() => parser.push(tooLong)).toThrow(SseLimitError);
  expect(parser.failed).toBe(true);
});

it('a passed limit may be answered with reset at once', () => {
  const data: string[] = [];
  const parser: SseParser = new SseParser({
    onEvent: (e) => data.push(e.data),
    onError: () => parser.reset(),
    ...LIMITS,
  });
  parser.push(tooLong);
  parser.push(Buffer.from('data: b\n\n'));
  expect(data).toEqual(['a', 'b']);
});

it('the limits of a parser are 16 MiB for a line and 32 MiB for an event unless said otherwise', () => {
  const line = Buffer.from(`data:${x(16 * MIB - 5)}\n`);
  const said = parse(Buffer.concat([line, line, Buffer.from(`data:${x(8)}\n\n`)]));
  expect(said.map((one) => ('event' in one ? one.event.data.length : one))).toEqual([32 * MIB]);
  expect(parse(Buffer.concat([line, line, Buffer.from(`data:${x(9)}\n\n`)]))).toEqual([{ error: 'event-limit' }]);
  expect(parse(Buffer.from(`data:${x(16 * MIB - 4)}\n\n`))).toEqual([{ error: 'line-limit' }]);
});

it.each(['id: ', 'event: ', ': '])('the limits of a parser are 1 MiB for a line of %j, which is no data', (field) => {
  const most = Buffer.from(`${field}${x(MIB - field.length)}\ndata: a\n\n`);
  const more = Buffer.from(`${field}${x(MIB - field.length + 1)}\ndata: a\n\n`);
  for (const cuts of [[], [5], [MIB / 2], [MIB - 1], [MIB + 1]]) {
    expect(parse(most, cuts).some((said) => 'event' in said)).toBe(true);
    expect(parse(more, cuts)).toEqual([{ error: 'line-limit' }]);
  }
});

it.each([0, -1, 1.5, Number.NaN, Infinity])('the limits of a parser of %s are refused', (bytes) => {
  expect(() => new SseParser({ onEvent() {}, maxLineBytes: bytes })).toThrow(UsageError);
  expect(() => new SseParser({ onEvent() {}, maxEventBytes: bytes })).toThrow(UsageError);
});

/**
 * CPU time, which a busy machine stretches least, for one data line of that many bytes in pieces of 64. Past
 * `budgetMs` it gives up with Infinity: quadratic time would take many minutes to say so.
 */
function cpuMs(lineBytes: number, budgetMs = Infinity): number {
  const lengths: number[] = [];
  const parser = new SseParser({
    onEvent: (e) => lengths.push(e.data.length),
    maxLineBytes: 17 * MIB,
    maxEventBytes: 17 * MIB,
  });
  const piece = Buffer.alloc(64, 'x');
  const before = process.cpuUsage();
  const spentMs = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  parser.push(Buffer.from('data:'));
  for (let sent = 0; sent < lineBytes; sent += piece.length) {
    parser.push(piece);
    if (sent % (MIB / 4) === 0 && spentMs() > budgetMs) return Infinity;
  }
  parser.push(Buffer.from('\n\n'));
  expect(lengths).toEqual([lineBytes]);
  return spentMs();
}

it('what a stream costs grows with the length of a line that comes in pieces, not with its square', () => {
  cpuMs(MIB);
  const short = Math.min(cpuMs(MIB), cpuMs(MIB), cpuMs(MIB));
  // Sixteen times the bytes: linear is 16, quadratic 256.
  const allowed = 64 * short;
  const long = Math.min(cpuMs(16 * MIB, allowed), cpuMs(16 * MIB, allowed));
  expect(long).toBeLessThan(allowed);
});

it.each([
  [1024, 'a comment nobody listens to', ':'],
  [256, 'an unknown field', 'foo: '],
  [256, 'a name that never ends', 'data'],
])('what a stream costs is no memory for %i MiB of %s', (lengthMib, _what, start) => {
  const data: string[] = [];
  const parser = new SseParser({ onEvent: (e) => data.push(e.data) });
  const piece = Buffer.alloc(MIB, 'x');
  parser.push(Buffer.from(start));
  const before = process.memoryUsage();
  for (let i = 0; i < lengthMib; i += 1) parser.push(piece);
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 * MIB);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(16 * MIB);
  parser.push(Buffer.from('\ndata: on it goes\n\n'));
  expect(data).toEqual(['on it goes']);
});

it('what a stream costs is no buffer or other object once a block has ended, however it was cut', () => {
  const stream = Buffer.from('\uFEFFid: 7\n: c\nfoo\nevent: tick\ndata: a\ndata: b\ndata: c\nretry: 1\n\n');
  fc.assert(
    fc.property(cutsOf(stream.length), (cuts) => {
      const recorder = new Recorder();
      let from = 0;
      for (const cut of [...cuts, stream.length]) {
        recorder.push(stream.subarray(from, cut));
        from = cut;
      }
      const owned = Object.values(recorder.parser).filter((value) => typeof value === 'object' && value !== recorder);
      expect(owned).toEqual([]);
      expect(recorder.said).toHaveLength(3);
    }),
    runs(200),
  );
});

it('what a stream costs is bounded for data lines without end, also when they are empty', () => {
  const parser = new SseParser({ onEvent() {}, onError() {}, maxEventBytes: 4 * MIB });
  const lines = Buffer.from('data\n'.repeat(MIB));
  const before = process.memoryUsage();
  for (let i = 0; i < 4; i += 1) parser.push(lines);
  const after = process.memoryUsage();
  expect(parser.failed).toBe(false);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * MIB);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(32 * MIB);
  parser.push(lines);
  expect(parser.failed).toBe(true);
});
