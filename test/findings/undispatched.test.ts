import { expect, it } from 'vitest';
import { undispatched } from '../../src/findings/undispatched.ts';
import { SseParser } from '../../src/sse/parser.ts';

it.each([
  ['no-blank-line', 'data: 1\ndata: 2\n'],
  ['no-blank-line', 'event: a\ndata: 1\nevent: b\ndata: 2\n'],
  ['no-blank-line', 'data: 1\r\ndata: 2\r\ndata: 3'],
  ['literal-line-end', String.raw`data: 1\n\ndata: 2\n\n`],
  ['literal-line-end', String.raw`data: 1\r\n\r\ndata: 2\r\n`],
  ['literal-line-end', String.raw`event: tick\ndata: 1\n\nevent: tick\ndata: 2`],
  ['no-line-end', 'data: 1data: 2'],
  ['no-line-end', 'data: {"n":1} data: {"n":2} '],
  [null, 'data: 1'],
  [null, 'data: 1\n'],
  [null, String.raw`data: {"text":"one\ntwo"}`],
  [null, String.raw`data: {"text":"one\n\ntwo"}`],
  [null, 'data: metadata:'],
  [null, 'event: tick\nid: 1\n'],
])('the mistake of a stream that gave no event is %s in %j', (mistake, text) => {
  const parser = new SseParser({ onEvent: () => expect.unreachable() });
  for (const byte of Buffer.from(text)) parser.push(Buffer.of(byte));
  const unfinished = parser.unfinished();
  expect(unfinished === null ? null : undispatched(unfinished)).toBe(mistake);
});

it('what stands unfinished is shown within a bound, and is nothing between events', () => {
  const parser = new SseParser({ onEvent: () => {} });
  parser.push(Buffer.from(`data: ${'x'.repeat(5000)}\ndata: b\ndata: ${'y'.repeat(5000)}`));
  expect(parser.unfinished()).toEqual({ dataLines: 2, data: 'x'.repeat(1000), line: `data: ${'y'.repeat(994)}` });
  parser.push(Buffer.from('\n\n'));
  expect(parser.unfinished()).toBeNull();
});
