import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { encodeComment, encodeEvent, encodeRetry } from '../../src/sse/encoder.ts';
import type { SseMessage } from '../../src/sse/encoder.ts';
import { cutsOf, parse, runs } from './recorder.ts';
import type { Said } from './recorder.ts';

it.each<[string, SseMessage, string]>([
  ['data', { data: 'a' }, 'data: a\n\n'],
  [
    'all fields in one order',
    { comment: 'c', retry: 5, id: '1', event: 't', data: 'a' },
    ': c\nretry: 5\nid: 1\nevent: t\ndata: a\n\n',
  ],
  ['a data line for each line', { data: 'a\nb\rc\r\nd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
  ['line ends at the ends of data', { data: '\na\n' }, 'data:\ndata: a\ndata:\n\n'],
  ['two CRs as two line ends', { data: 'a\r\rb' }, 'data: a\ndata:\ndata: b\n\n'],
  ['empty data as an event', { data: '' }, 'data:\n\n'],
  ['a space more than the value has', { data: ' a', id: ' 1', event: ' t' }, 'id:  1\nevent:  t\ndata:  a\n\n'],
  ['an id without an event', { id: '1' }, 'id: 1\n\n'],
  ['an empty id, which resets it', { id: '' }, 'id:\n\n'],
  ['no line for an empty type', { event: '', data: 'a' }, 'data: a\n\n'],
  ['a comment line for each line', { comment: 'a\ndata: b\r\n' }, ': a\n: data: b\n:\n\n'],
  ['U+2028 and NUL in data as they are', { data: 'a\u2028b\0' }, 'data: a\u2028b\0\n\n'],
  [
    'U+FFFD for half a character',
    { data: 'a\uD83D', id: '\uDC00', event: '\uD800x' },
    'id: \uFFFD\nevent: \uFFFDx\ndata: a\uFFFD\n\n',
  ],
  ['the largest retry in digits', { retry: 2 ** 53 - 1 }, 'retry: 9007199254740991\n\n'],
])('encodeEvent writes %s', (_what, message, text) => {
  expect(encodeEvent(message).toString('utf8')).toBe(text);
});

it('encodeEvent writes comments and retries alone', () => {
  expect(encodeComment('ping').toString()).toBe(': ping\n\n');
  expect(encodeComment('').toString()).toBe(':\n\n');
  expect(encodeRetry(2000).toString()).toBe('retry: 2000\n\n');
});

const forged = ['\n', '\r', '\r\n', '\0', 'a\ndata: forged', '1\n\nevent: forged', 'a\r'];

it.each(forged)('encodeEvent refuses %j in an id', (id) => {
  expect(() => encodeEvent({ id, data: 'a' })).toThrow(UsageError);
});

it.each(forged)('encodeEvent refuses %j in an event', (event) => {
  expect(() => encodeEvent({ event, data: 'a' })).toThrow(UsageError);
});

it.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53, '5' as unknown as number])(
  'encodeEvent refuses a retry of %s',
  (retry) => {
    expect(() => encodeEvent({ retry, data: 'a' })).toThrow(UsageError);
    expect(() => encodeRetry(retry)).toThrow(UsageError);
  },
);

it('encodeEvent refuses a type without data, which no client would ever see', () => {
  expect(() => encodeEvent({ event: 'ping' })).toThrow(/no data/);
});

it('encodeEvent refuses nothing at all', () => {
  expect(() => encodeEvent({})).toThrow(UsageError);
  expect(() => encodeEvent({ event: '' })).toThrow(UsageError);
});

it('encodeEvent refuses what is no string, and says what it is', () => {
  expect(() => encodeEvent({ data: { a: 1 } as unknown as string })).toThrow('data must be a string, not object');
  expect(() => encodeEvent({ id: 1 as unknown as string, data: '' })).toThrow('id must be a string, not number');
});

/** Text of everything that could matter to the format, and of everything else. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  // UTF-16 units, halves of characters among them
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        ':',
        ' ',
        'data',
        'data: x',
        'id',
        'event: ',
        'retry: 1',
        '\0',
        '\uFEFF',
        '\u2028',
        '€',
        '👩‍👩‍👧',
      ),
    )
    .map((parts) => parts.join('')),
);
const oneLine = text.map((value) => value.replaceAll(/[\r\n\0]/g, ''));

const message: fc.Arbitrary<SseMessage> = fc
  .record({ event: oneLine, id: oneLine, retry: fc.maxSafeNat(), data: text, comment: text }, { requiredKeys: [] })
  .filter(
    ({ event, ...rest }) =>
      Object.keys(rest).length > 0 && (rest.data !== undefined || event === undefined || event === ''),
  );

/** What a client must hear when these messages are sent one after the other. */
function heard(messages: readonly SseMessage[]): Said[] {
  const said: Said[] = [];
  let lastEventId = '';
  for (const { event = '', id, retry, data, comment } of messages) {
    for (const line of comment === undefined ? [] : lines(comment)) said.push({ comment: line });
    if (retry !== undefined) said.push({ retry });
    lastEventId = id === undefined ? lastEventId : wellFormed(id);
    if (data === undefined) continue;
    said.push({
      event: { type: wellFormed(event) || 'message', data: lines(data).join('\n'), lastEventId },
      ownId: id !== undefined,
    });
  }
  return said;
}

function lines(value: string): string[] {
  return wellFormed(value).replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n');
}

/** The same text with U+FFFD for each half of a character: what UTF-8 can carry. */
function wellFormed(value: string): string {
  return value.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

it('whatever is sent is what a parser hears, once and in order, wherever the stream is cut', () => {
  let events = 0;
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }).chain((messages) => {
        const stream = Buffer.concat(messages.map(encodeEvent));
        return fc.tuple(fc.constant(messages), fc.constant(stream), cutsOf(stream.length));
      }),
      ([messages, stream, cuts]) => {
        const expected = heard(messages);
        events += expected.filter((one) => 'event' in one).length;
        expect(parse(stream)).toEqual(expected);
        expect(parse(stream, cuts)).toEqual(expected);
      },
    ),
    runs(4000),
  );
  expect(events).toBeGreaterThan(1000);
});
