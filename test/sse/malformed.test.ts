import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SAMPLE_BYTES } from '../../src/sse/handlers.ts';
import type { Malformed } from '../../src/sse/parser.ts';
import { MalformedLog, type Report } from './malformed-log.ts';
import { cutsOf, everyByte, parse, runs } from './recorder.ts';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const defectsOf = (reports: readonly Report[]): Malformed[] => reports.map(({ defect }) => defect);
const BROKEN = [0xe2, 0x82];

const CASES: [sentence: string, stream: Buffer, reports: Report[]][] = [
  ['a misspelt name', bytes('dta: {"seq":1}\n\n'), [{ defect: 'unknown-field', sample: 'dta: {"seq":1}' }]],
  ['a name in capitals', bytes('Data: a\n\n'), [{ defect: 'unknown-field', sample: 'Data: a' }]],
  ['a name cut short', bytes('dat\n\n'), [{ defect: 'unknown-field', sample: 'dat' }]],
  ['JSON without any name', bytes('id: 1\n{"seq": 1}\n\n'), [{ defect: 'unknown-field', sample: '{"seq": 1}' }]],
  ['a line of one space, which ends no event', bytes('data: a\n \n\n'), [{ defect: 'unknown-field', sample: ' ' }]],
  [
    'each line of several',
    bytes('{\n  "seq": 1\n}\n\n'),
    ['{', '  "seq": 1', '}'].map((sample) => ({ defect: 'unknown-field', sample })),
  ],
  ['a second BOM', bytes('\uFEFF\uFEFFdata: a\n\n'), [{ defect: 'unknown-field', sample: '\uFEFFdata: a' }]],
  ['a reconnection time in words', bytes('retry: soon\n'), [{ defect: 'bad-retry', sample: 'retry: soon' }]],
  ['one with a unit', bytes('retry: 3s\r\n'), [{ defect: 'bad-retry', sample: 'retry: 3s' }]],
  ['one below zero', bytes('retry: -1\r'), [{ defect: 'bad-retry', sample: 'retry: -1' }]],
  ['none at all', bytes('retry:\n'), [{ defect: 'bad-retry', sample: 'retry:' }]],
  ['NUL in an id', bytes('id: 1\0\ndata: a\n\n'), [{ defect: 'nul-in-id', sample: 'id: 1\0' }]],
  [
    'NUL and a broken character in an id, as one',
    bytes('id: \0', BROKEN, '\n'),
    [{ defect: 'nul-in-id', sample: 'id: \0\ufffd' }],
  ],
  ['a broken character in data', bytes('data: ', BROKEN, '\n\n'), [{ defect: 'bad-utf8', sample: '\ufffd' }]],
  [
    'two in the data of one event, as one',
    bytes('data: ', BROKEN, '\ndata: ', BROKEN, '\n\n'),
    [{ defect: 'bad-utf8', sample: '\ufffd' }],
  ],
  [
    'a broken character in a type',
    bytes('event: ', BROKEN, '\ndata: a\n\n'),
    [{ defect: 'bad-utf8', sample: 'event: \ufffd' }],
  ],
  ['a broken character in an id', bytes('id: ', BROKEN, '\n'), [{ defect: 'bad-utf8', sample: 'id: \ufffd' }]],
  ['a broken character in a comment', bytes(': ', BROKEN, '\n'), [{ defect: 'bad-utf8', sample: ': \ufffd' }]],
];

it.each(CASES)(
  'a line that is not as the standard has it is told once wherever the stream is cut: %s',
  (_sentence, stream, reports) => {
    const defects = defectsOf(reports);
    expect(new MalformedLog().hear(stream).reports).toEqual(reports);
    expect(defectsOf(new MalformedLog().hear(stream, everyByte(stream)).reports)).toEqual(defects);
    fc.assert(
      fc.property(cutsOf(stream.length), (cuts) => {
        expect(defectsOf(new MalformedLog().hear(stream, cuts).reports)).toEqual(defects);
      }),
      runs(50),
    );
  },
);

it('a line that is not as the standard has it is shown by its beginning', () => {
  const stream = bytes(`${'x'.repeat(3 * SAMPLE_BYTES)}\n`);
  expect(new MalformedLog().hear(stream).reports).toEqual([
    { defect: 'unknown-field', sample: 'x'.repeat(SAMPLE_BYTES) },
  ]);
  const [report] = new MalformedLog().hear(stream, [30, 60]).reports;
  expect(report?.sample).toBe('x'.repeat(30));
});

it('a line that is not as the standard has it makes its block one that each parser has to read itself', () => {
  for (const line of ['foo: a', 'retry: soon', 'id: \0']) {
    expect(new MalformedLog().hear(bytes(`${line}\ndata: a\n\ndata: b\n\n`)).pure).toEqual([false, true]);
  }
  expect(new MalformedLog().hear(bytes('data: ', BROKEN, '\n\ndata: b\n\n')).pure).toEqual([false, true]);
});

it.each([
  ['names without a colon', 'data\nevent\nid\n\n'],
  ['a BOM at its very start', '\uFEFFdata: a\n\n'],
  ['comments of any kind', ':\n:a\n: {"seq":1}\n'],
  ['the character that replaces broken ones, sent as itself', 'data: \uFFFD\nid: \uFFFD\nevent: \uFFFD\n: \uFFFD\n\n'],
  ['empty blocks and all line ends', '\n\r\n\rdata: a\r\n\r\n'],
  ['a reconnection time', 'retry: 0\nretry:007\n'],
  ['an event of more than one line', 'data: a\ndata: \u00e9\u2028\u0000\n\n'],
  ['a last line cut short', 'data: a\n\nda'],
])('a stream as the standard has it gives no report: %s', (_sentence, text) => {
  const stream = Buffer.from(text);
  expect(new MalformedLog().hear(stream).reports).toEqual([]);
  expect(new MalformedLog().hear(stream, everyByte(stream)).reports).toEqual([]);
});

const pieces = fc.constantFrom<string | number[]>(
  'data: a',
  'data',
  'id: 1',
  'dta: b',
  'retry: x',
  'retry: 9',
  ': c',
  BROKEN,
  '\0',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '\uFEFF',
  ' ',
);
const stream = fc.array(pieces, { maxLength: 20 }).map((parts) => bytes(...parts));

it('a listener for malformed lines hears the same events as others, and the same reports at every cut', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(60), { maxLength: 8 }), (bytesOfStream, at) => {
      const cuts = at.map((cut) => Math.min(cut, bytesOfStream.length)).toSorted((a, b) => a - b);
      const listener = new MalformedLog().hear(bytesOfStream, cuts);
      const plain = parse(bytesOfStream).flatMap((said) => ('event' in said ? [said.event] : []));
      expect(listener.events).toEqual(plain);
      expect(defectsOf(listener.reports)).toEqual(defectsOf(new MalformedLog().hear(bytesOfStream).reports));
      expect(isUtf8(bytesOfStream) && defectsOf(listener.reports).includes('bad-utf8')).toBe(false);
    }),
    runs(500),
  );
});
