import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListenRecord } from '../../../src/client/listener.ts';
import { listenJson } from '../../../src/report/listen/json.ts';

const event = (data: string, type = 'message', id = ''): ListenRecord => ({ kind: 'event', type, data, id, atMs: 1.5 });
const line = (record: ListenRecord): string => [...listenJson(record)].join('');

it('a record as JSON is one line, its fields in their order', () => {
  expect(line(event('a', 'tick', '7'))).toBe('{"kind":"event","type":"tick","data":"a","id":"7","atMs":1.5}\n');
  expect(line({ kind: 'error', cause: 'reset', message: 'm', willRetryInMs: null, atMs: 0 })).toBe(
    '{"kind":"error","cause":"reset","message":"m","willRetryInMs":null,"atMs":0}\n',
  );
});

it('a record as JSON escapes what ends a line for somebody, and what a terminal obeys', () => {
  expect(line(event('\n\r\u000b\u000c\u001c\u0085\u2028\u2029'))).toContain(
    String.raw`"data":"\n\r\u000b\f\u001c\u0085\u2028\u2029"`,
  );
  expect(line(event('\u001b\u009b\u007f\u0000\u202e\u2066\u200f'))).toContain(
    String.raw`"data":"\u001b\u009b\u007f\u0000\u202e\u2066\u200f"`,
  );
});

it('a record as JSON leaves alone what people write', () => {
  expect(line(event('Grüße 豆腐 👩‍👩‍👧 עברית'))).toContain('"data":"Grüße 豆腐 👩‍👩‍👧 עברית"');
});

it('a record as JSON says the same of any text, however long, in small pieces', () => {
  const text = fc
    .tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(1, 3, 1000, 5000), fc.nat({ max: 3 }))
    .map(([part, times, more]) => part.repeat(times) + 'x'.repeat(more) + part);
  fc.assert(
    fc.property(text, text, text, (data, type, id) => {
      const record = event(data, type, id);
      const pieces = [...listenJson(record)];
      expect(JSON.parse(pieces.join(''))).toEqual(record);
      expect(pieces.join('').split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(2);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(6 * 8192 + 2);
    }),
    { numRuns: 100 },
  );
});

it('a record as JSON keeps halves of surrogate pairs apart from whole ones', () => {
  for (const data of [
    '\ud83d',
    '\udc69',
    `${'x'.repeat(8191)}\ud83d\udc69`,
    `${'x'.repeat(8191)}\ud83dx`,
    `${'\ud83d'.repeat(8193)}`,
  ]) {
    expect(JSON.parse(line(event(data)))).toEqual(event(data));
  }
});
