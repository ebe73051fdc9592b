import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_POINTERS } from '../../src/accounts/stamp-pointers.ts';
import { stampReader } from '../../src/accounts/stamps.ts';
import { unixMs } from '../../src/accounts/unix-time.ts';
import { runs } from '../sse/recorder.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 0, 12, 34, 567);
const NOTHING = {
  seq: -1,
  foundSeq: -1,
  scheduledMs: Number.NaN,
  sentMs: Number.NaN,
  badTime: false,
  coarse: false,
  planned: false,
  timeFound: false,
  asked: false,
  members: null,
  unread: false,
};
const read = stampReader(DEFAULT_POINTERS, () => NOW_MS);
const readAt = (seq: string, data: string): number => stampReader({ ...DEFAULT_POINTERS, seq })('message', data).seq;

function padded(length: number): string {
  return JSON.stringify({ seq: 1, x: 'a'.repeat(length) });
}

it.each([
  ['seconds', NOW_MS / 1e3],
  ['seconds as text', String(NOW_MS / 1e3)],
  ['milliseconds', NOW_MS],
  ['milliseconds as text', String(NOW_MS)],
  ['microseconds', NOW_MS * 1e3],
  ['nanoseconds', NOW_MS * 1e6],
  ['nanoseconds as text', `${NOW_MS}000000`],
  ['ISO 8601', '2026-11-22T00:12:34.567Z'],
  ['ISO 8601 with an offset', '2026-11-22T01:42:34.567+01:30'],
  ['ISO 8601 with microseconds', '2026-11-22T00:12:34.567000+00:00'],
  ['RFC 3339 with a space', '2026-11-22 00:12:34.567Z'],
])('a time in an event is read as %s', (_unit, value) => {
  expect(unixMs(value)).toBeCloseTo(NOW_MS, 2);
});

it('a time in an event keeps the fraction of a millisecond', () => {
  expect(unixMs(NOW_MS + 0.25)).toBe(NOW_MS + 0.25);
  expect(unixMs((NOW_MS + 0.25) * 1e3)).toBe(NOW_MS + 0.25);
  expect(unixMs(`${NOW_MS}.25`)).toBe(NOW_MS + 0.25);
});

it('a time in an event is found in its unit for every day from 1990 to 2200', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1990), max: Date.UTC(2200) }),
      fc.constantFrom(1e-3, 1, 1e3, 1e6),
      (ms, factor) => {
        expect(Math.abs(unixMs(ms * factor) - ms)).toBeLessThan(0.01);
      },
    ),
    runs(1000),
  );
});

it.each([
  0,
  -1,
  -NOW_MS,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  true,
  false,
  null,
  undefined,
  {},
  [],
  [NOW_MS],
  5n,
  '',
  ' ',
  '-1',
  '-1.5',
  'now',
  'May',
  'hello 1',
  'version 2',
  '1e3',
  '0x10',
  '1.',
  '.5',
  '1 2',
  '١٢',
  '0',
  '9'.repeat(400),
  '2026-13-01T00:00:00Z',
  '2026-11-22T25:00:00Z',
  '2026-11-22T00:12:34.567Z (hello)',
  'T00:12:34',
  '2026-11-22T00:12:34Zx',
])('a time in an event is not read from %o', (value) => {
  expect(unixMs(value)).toBeNaN();
});

it('the stamps of an event are read at their pointers', () => {
  const data = JSON.stringify({ seq: 7, scheduled: NOW_MS, sent: NOW_MS + 0.5, other: 'x' });
  expect(read('tick', data)).toEqual({ ...NOTHING, seq: 7, scheduledMs: NOW_MS, sentMs: NOW_MS + 0.5, planned: true });
  const nested = stampReader(
    { ...DEFAULT_POINTERS, seq: '/meta/0/n', scheduled: '/meta/0/at', sent: '/meta/1' },
    () => NOW_MS,
  );
  expect(nested('tick', JSON.stringify({ meta: [{ n: 3, at: NOW_MS / 1e3 }, String(NOW_MS)] }))).toEqual({
    ...NOTHING,
    seq: 3,
    scheduledMs: NOW_MS,
    sentMs: NOW_MS,
    planned: true,
  });
  expect(read('tick', JSON.stringify({ seq: 7, sent: NOW_MS }))).toMatchObject({ scheduledMs: NOW_MS, planned: false });
});

it.each([
  ['/a~1b', { 'a/b': 5 }],
  ['/a~0b', { 'a~b': 5 }],
  // RFC 6901, 4: "~01" is "~1", never "/".
  ['/~01', { '~1': 5 }],
  ['/~10', { '/0': 5 }],
  ['/', { '': 5 }],
  ['//', { '': { '': 5 } }],
  ['/a/1', { a: [0, 5] }],
  ['/é', { é: 5 }],
])('the stamps of an event follow the pointer %s', (pointer, json) => {
  expect(readAt(pointer, JSON.stringify(json))).toBe(5);
});

it.each([
  ['/a', '{}'],
  ['/a/b', '{"a":5}'],
  ['/a/b', '{"a":null}'],
  ['/a/0', '{"a":"5"}'],
  ['/a/length', '{"a":[1,2]}'],
  ['/constructor', '{}'],
  ['/toString', '{}'],
  ['/__proto__', '{}'],
  ['/__proto__/seq', '{"a":1}'],
  ['/length', '{}'],
  ['', '{"seq":5}'],
])('the stamps of an event find nothing at %s in %s', (pointer, data) => {
  expect(readAt(pointer, data)).toBe(-1);
});

it('the stamps of an event take a key that is called __proto__ for what it is, a key', () => {
  expect(readAt('/__proto__/seq', '{"__proto__":{"seq":4}}')).toBe(4);
  expect(read('tick', '{"__proto__":{"seq":4}}').seq).toBe(-1);
  expect(({} as Record<string, unknown>)['seq']).toBeUndefined();
});

it.each([
  '',
  ' ',
  'tick',
  '[DONE]',
  '{',
  '{"seq":',
  '{"seq":NaN}',
  '{"seq":1}}',
  '{"seq":01}',
  "{'seq':1}",
  '[{"seq":1}]',
  '5',
  '"x"',
  'null',
  'true',
  '\uFEFF{"seq":1}',
  '{"seq":1',
  '{\u0000"seq":1}',
])('the stamps of an event are none in %j', (data) => {
  expect(read('tick', data)).toEqual(NOTHING);
});

it.each(['-1', '-0.5', '1.5', '1e308', '1e999', '-1e999', '9007199254740993', 'null', '"1"', 'true', '[]', '{}'])(
  'the stamps of an event have no sequence number where it is %s',
  (seq) => {
    expect(read('tick', `{"seq":${seq},"sent":${NOW_MS}}`)).toEqual({
      ...NOTHING,
      scheduledMs: NOW_MS,
      sentMs: NOW_MS,
    });
  },
);

it('the stamps of an event stay finite or NaN whatever number stands there', () => {
  for (const number of ['1e308', '1e999', '-1e999', '-1', '0', '1e-308']) {
    const { scheduledMs } = read('tick', `{"seq":1,"scheduled":${number}}`);
    expect({ number, ok: Number.isFinite(scheduledMs) || Number.isNaN(scheduledMs) }).toEqual({ number, ok: true });
  }
});

it('the stamps of an event are not looked for in data that is larger than 8 MiB, which they say', () => {
  expect(read('tick', padded(8 * 1024 * 1024 - 100)).seq).toBe(1);
  expect(read('tick', padded(8 * 1024 * 1024))).toEqual({ ...NOTHING, unread: true });
});

it('the stamps of an event are not found at the bottom of very deep data, nor is there a crash', () => {
  const deep = `${'{"seq":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  expect(read('tick', deep)).toEqual(NOTHING);
  expect(read('tick', `{"a":${'['.repeat(100_000)}`)).toEqual(NOTHING);
  expect(read('tick', `{"a":${'['.repeat(500_000)}`)).toEqual({ ...NOTHING, unread: true });
});

it('the stamps of an event are read without throwing from whatever comes', () => {
  const pointer = fc.oneof(
    fc.constant('/seq'),
    fc.string({ maxLength: 6 }).map((text) => `/${text}`),
    fc.json({ maxDepth: 1 }),
  );
  const data = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `{${text}`),
    fc.jsonValue().map((seq) => JSON.stringify({ seq, scheduled: seq, sent: seq })),
  );
  fc.assert(
    fc.property(pointer, data, (seq, text) => {
      const stamps = stampReader({ ...DEFAULT_POINTERS, seq, scheduled: seq, sent: '/sent' })('message', text);
      expect(stamps.seq === -1 || (Number.isSafeInteger(stamps.seq) && stamps.seq >= 0)).toBe(true);
      expect(typeof stamps.scheduledMs).toBe('number');
    }),
    runs(1000),
  );
});

const at = (value: unknown, nowMs = NOW_MS): number =>
  stampReader(DEFAULT_POINTERS, () => nowMs)('tick', JSON.stringify({ scheduled: value })).scheduledMs;

it('a time that nobody vouches for is believed within a day of now, in each unit', () => {
  const day = 86_400_000;
  expect([at(NOW_MS - day), at(NOW_MS + day)]).toEqual([NOW_MS - day, NOW_MS + day]);
  // At the very edge a double of another unit may lie on either side of it, by less than a microsecond.
  const inside = day - 1;
  fc.assert(
    fc.property(fc.integer({ min: -inside, max: inside }), fc.constantFrom(1e-3, 1, 1e3, 1e6), (offMs, factor) => {
      expect(Math.abs(at((NOW_MS + offMs) * factor) - NOW_MS - offMs)).toBeLessThan(0.01);
    }),
    runs(500),
  );
});

it.each([
  ['a day and a second old', NOW_MS - 86_401_000],
  ['of tomorrow and a second', NOW_MS + 86_401_000],
  ['a small number', 17],
  ['an age', 123_456],
  ['a large number', 4_294_967_296],
  ['a birthday', '1980-05-17'],
  ['1e308', 1e308],
  ['negative', -1],
  ['empty', ''],
  ['NaN as text', 'NaN'],
  ['a word', 'soon'],
  ['an object', {}],
  ['true', true],
])('a time that nobody vouches for is none that is %s', (_name, value) => {
  expect(read('tick', JSON.stringify({ seq: 1, scheduled: value }))).toMatchObject({
    seq: 1,
    scheduledMs: Number.NaN,
    badTime: true,
  });
});

it('a time that nobody vouches for is missing and not wrong where nothing stands, or null', () => {
  expect(read('tick', '{"seq":1}').badTime).toBe(false);
  expect(read('tick', '{"seq":1,"scheduled":null}').badTime).toBe(false);
});

it('a time that nobody vouches for is that of sending, where nobody named a pointer and there is no other', () => {
  const data = JSON.stringify({ sent: NOW_MS });
  expect(read('tick', data)).toMatchObject({ scheduledMs: NOW_MS, sentMs: NOW_MS });
  expect(
    stampReader({ ...DEFAULT_POINTERS, scheduled: '/at', timeGiven: true }, () => NOW_MS)('tick', data),
  ).toMatchObject({
    scheduledMs: Number.NaN,
    sentMs: NOW_MS,
  });
  expect(read('tick', JSON.stringify({ scheduled: 'soon', sent: NOW_MS }))).toMatchObject({
    scheduledMs: Number.NaN,
    sentMs: NOW_MS,
    badTime: true,
  });
});

it.each([
  [1_795_306_354, true],
  ['1795306354', true],
  ['2026-11-22T00:12:34Z', true],
  [1_795_306_354.5, false],
  [NOW_MS, false],
  ['2026-11-22T00:12:34.567Z', false],
  [NOW_MS - (NOW_MS % 1000), false],
])('a time that nobody vouches for %s is written in whole seconds: %s', (scheduled, coarse) => {
  expect(read('tick', JSON.stringify({ scheduled })).coarse).toBe(coarse);
});
