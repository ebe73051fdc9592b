import * as fc from 'fast-check';

/**
 * HTTP/1.1 responses as text with one latin1 character for each byte: most of them sound, with everything odd
 * that the grammar allows, and some with one byte of damage or an early end.
 */

const TOKEN_CHARACTERS = [..."abcXYZ019!#$%&'*+-.^_`|~"];
const VALUE_CHARACTERS = [...'ab,;:="()\\/ \t', '\x80', '\xa0', '\xe9', '\xff'];
/** Bytes that mean something somewhere in a response. */
const TELLING_CHARACTERS = [
  '\r',
  '\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  'f',
  'g',
  'X',
  '\x1b',
  '\x7f',
  '\xff',
  '\r\n',
];

function text(characters: readonly string[], maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...characters), { maxLength }).map((parts) => parts.join(''));
}

/** Mostly the first; seldom one of the others. */
function mostly<T>(usual: fc.Arbitrary<T>, ...odd: ReadonlyArray<fc.Arbitrary<T>>): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: usual, weight: 6 * Math.max(odd.length, 1) },
    ...odd.map((arbitrary) => ({ arbitrary, weight: 1 })),
  );
}

const lineEnd = fc.oneof({ arbitrary: fc.constant('\r\n'), weight: 20 }, { arbitrary: fc.constant('\n'), weight: 1 });

const field = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('Content-Type', 'Cache-Control', 'Set-Cookie', 'X-Accel-Buffering', 'Connection', '__proto__'),
      text(TOKEN_CHARACTERS, 12).filter((name) => name !== ''),
    ),
    fc.constantFrom(' ', '', '\t', '  \t '),
    fc.oneof(fc.constantFrom('text/event-stream', 'no-cache', 'close', 'keep-alive', ''), text(VALUE_CHARACTERS, 20)),
    mostly(fc.constant(''), fc.constantFrom('\r\n ', '\r\n\t folded', '\n  again')),
    lineEnd,
  )
  .map((parts) => `${parts[0]}:${parts[1]}${parts[2]}${parts[3]}${parts[4]}`);

const fields = fc.array(field, { maxLength: 5 }).map((all) => all.join(''));

const statusLine = fc
  .tuple(
    mostly(fc.constant('HTTP/1.1'), fc.constant('HTTP/1.0')),
    mostly(fc.constant('200'), fc.constantFrom('204', '205', '304', '301', '404', '503', '599')),
    mostly(
      fc.constant(' OK'),
      fc.constantFrom('', ' ', ' O\x1bK'),
      text(VALUE_CHARACTERS, 8).map((reason) => ` ${reason}`),
    ),
    lineEnd,
  )
  .map((parts) => `${parts[0]} ${parts[1]}${parts[2]}${parts[3]}`);

const interim = mostly(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('102 Processing', '103 Early Hints', '100 Continue'), fields)
    .map(([status, some]) => `HTTP/1.1 ${status}\r\n${some}\r\n`),
);

/** Body bytes that look like framing as often as not. */
const content = text(['data: x', '\n', '\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', '\0', '\xff', 'a'], 12);

const extension = mostly(
  fc.constant(''),
  fc.constantFrom(';a', ';a=b', ';a="b;c"', ';a=1;b'),
  fc.constantFrom(' ;a', ';', ' '),
);

const chunk = fc
  .tuple(
    content.filter((some) => some !== ''),
    fc.constantFrom('', '0', '000'),
    fc.boolean(),
    extension,
  )
  .map(([some, zeros, upper, more]) => {
    const size = some.length.toString(16);
    return `${zeros}${upper ? size.toUpperCase() : size}${more}\r\n${some}\r\n`;
  });

const chunkedBody = fc
  .tuple(fc.array(chunk, { maxLength: 5 }), fc.constantFrom('0', '000'), extension, mostly(fc.constant(''), fields))
  .map(([chunks, last, more, trailers]) => `${chunks.join('')}${last}${more}\r\n${trailers}\r\n`);

/** Framing fields with the body that belongs to them. */
const framed = fc.oneof(
  { weight: 6, arbitrary: chunkedBody.map((body) => ({ head: 'Transfer-Encoding: chunked\r\n', body })) },
  { weight: 3, arbitrary: content.map((body) => ({ head: `Content-Length: ${body.length}\r\n`, body })) },
  { weight: 3, arbitrary: content.map((body) => ({ head: '', body })) },
  {
    weight: 2,
    arbitrary: fc.record({
      head: fc.constantFrom(
        'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n',
        'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n',
        'Transfer-Encoding: CHUNKED\r\n',
        'Transfer-Encoding: gzip, chunked\r\n',
        'Transfer-Encoding: chunked, gzip\r\n',
        'Transfer-Encoding: identity\r\n',
        'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
        'Content-Length: 3\r\nContent-Length: 3\r\n',
        'Content-Length: 3\r\nContent-Length: 4\r\n',
        'Content-Length: 3, 3\r\n',
        'Content-Length: 007\r\n',
        'Content-Length: -1\r\n',
        'Content-Length: +3\r\n',
        'Content-Length: 9007199254740993\r\n',
        'Content-Length: 99999999999999999999\r\n',
      ),
      body: fc.oneof(chunkedBody, content),
    }),
  },
);

/** Adds one byte or pair, takes one away, puts one in place of another, or ends early. `place` from 0 to 1. */
const damage = mostly(
  fc.constant((wire: string) => wire),
  fc
    .record({
      place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      put: fc.constantFrom('', ...TELLING_CHARACTERS),
      take: fc.constantFrom(0, 1, Number.POSITIVE_INFINITY),
    })
    .map(({ place, put, take }) => (wire: string) => {
      const at = Math.floor(place * wire.length);
      return wire.slice(0, at) + put + wire.slice(at + take);
    }),
);

export const response: fc.Arbitrary<string> = fc
  .tuple(interim, statusLine, fields, framed, fields, damage, mostly(fc.constant(''), content))
  .map(
    ([before, status, some, { head, body }, more, spoil, after]) =>
      spoil(`${before}${status}${some}${head}${more}\r\n${body}`) + after,
  );

/** Where to cut `length` bytes: places from 0 to 1, so that a case keeps its cuts while it shrinks. */
export const cutPlaces: fc.Arbitrary<number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

export function cutsOf(places: readonly number[], length: number): number[] {
  return places.map((place) => Math.floor(place * length)).toSorted((a, b) => a - b);
}
