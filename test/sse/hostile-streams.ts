/** Random streams of what trips parsers up: pieces of lines rather than lines, so that all of it mixes. */
import * as fc from 'fast-check';

const text = (...parts: string[]): fc.Arbitrary<Buffer> =>
  fc.constantFrom(...parts).map((part) => Buffer.from(part, 'utf8'));

const lineEnd = text('\n', '\n', '\r\n', '\r');
const piece = fc.oneof(
  { weight: 8, arbitrary: lineEnd },
  { weight: 3, arbitrary: text('\n\n', '\r\n\r\n', '\r\r', '\n\r', '\r\n\n') },
  { weight: 9, arbitrary: text('data', 'event', 'id', 'retry', 'data: ', 'data:', 'event: ', 'id: ', 'retry: ', ':') },
  { weight: 2, arbitrary: text('dat', 'datax', 'Data', 'ide', 'retry ', 'foo', 'foo: ', '__proto__: ') },
  { weight: 3, arbitrary: text(' ', '  ', ': ', '::', '\t') },
  { weight: 3, arbitrary: text('0', '7', '15', '00', '9007199254740993', '99999999999999999999999', '-', '.') },
  { weight: 3, arbitrary: text('a', 'tick', '{"seq":1}', 'é', '€', '👩‍👩‍👧', '\u2028', '\u0085', '\u000b', '\u000c') },
  { weight: 2, arbitrary: text('\0', '\uFEFF', '\uFFFD', 'ï»¿') },
  // Not UTF-8: halves of characters, overlong forms, surrogates, halves of a BOM.
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        [0xff],
        [0xc3],
        [0xe2, 0x82],
        [0xf0, 0x9f, 0x91],
        [0x80],
        [0xc0, 0xaf],
        [0xed, 0xa0, 0x80],
        [0xef],
        [0xef, 0xbb],
        [0xbb, 0xbf],
      )
      .map((bytes) => Buffer.from(bytes)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
  // Whole lines and blocks, so that there is enough to compare.
  {
    weight: 14,
    arbitrary: fc
      .tuple(
        text('data: ', 'data:', 'event: ', 'id: ', 'id:', 'retry: ', 'retry:', ': ', ':'),
        text('', 'x', ' x', '12', '0', '2x', 'tick', '€', '7\0', '99999999999999999999999', 'a: b'),
        lineEnd,
      )
      .map((parts) => Buffer.concat(parts)),
  },
  {
    weight: 6,
    arbitrary: text('data: x\n\n', 'id: 4\nevent: tick\ndata: y\n\n', 'data: a\ndata\ndata: b\r\n\r\n', 'id\ndata\r\r'),
  },
);

export const hostileStream: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom('', '', '', '\uFEFF', '\uFEFF\uFEFF', 'ï»¿'), fc.array(piece, { maxLength: 40, size: 'max' }))
  .map(([start, pieces]) => Buffer.concat([Buffer.from(start, 'utf8'), ...pieces]));
