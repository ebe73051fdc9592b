/** Frames of HTTP/2 as text with one latin1 character for each byte: sound ones, and those that no sound peer sends. */
import * as fc from 'fast-check';
import { anyBytes } from './target.ts';

/** RFC 9113, 4.1. One latin1 character for each byte. */
export function frame(type: number, flags: number, stream: number, payload: string): string {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return head.toString('latin1') + payload;
}

const number = (bytes: 2 | 4, value: number): string => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer.toString('latin1');
};
/** RFC 7541, 6.2.2: a literal without indexing, with a new name. */
export const literal = (name: string, value: string): string =>
  `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`;

export const STATUS_200 = '\x88';
const stream = fc.constantFrom(0, 1, 1, 1, 3, 3, 5, 5, 7, 2, 0x7fffffff, 0xffffffff);
const flags = fc.oneof(fc.constantFrom(0, 1, 4, 4, 4, 5, 8, 0x20), fc.nat(255));
const setting = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 9, 0xffff), fc.constantFrom(0, 1, 2, 100, 16_384, 65_535, 0xffffffff))
  .map(([id, value]) => number(2, id) + number(4, value));
const field = fc
  .constantFrom<[string, string]>(
    ['content-type', 'text/event-stream'],
    ['content-length', '3'],
    ['content-length', '-1'],
    ['content-encoding', 'gzip'],
    [':status', '200'],
    [':status', '103'],
    [':status', '101'],
    [':status', '000'],
    [':status', '99999'],
    [':status', 'abc'],
    [':path', '/'],
    ['Upper', 'a'],
    ['connection', 'close'],
    ['x', 'a\r\nb'],
    ['', ''],
  )
  .map(([name, value]) => literal(name, value));
const fields = fc
  .tuple(fc.constantFrom('', STATUS_200, STATUS_200, STATUS_200), fc.array(field, { maxLength: 4 }))
  .map(([status, some]) => status + some.join(''));

export const anyFrame: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(
        fc.constant(0),
        flags,
        stream,
        fc.constantFrom('data: x\n\n', '', '\x05abc', 'y'.repeat(20_000)),
      ),
    },
    { weight: 4, arbitrary: fc.tuple(fc.constant(1), flags, stream, fields) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant(3),
        flags,
        stream,
        fc.constantFrom(0, 1, 2, 7, 8, 11, 13, 99).map((code) => number(4, code)),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(
        fc.constant(4),
        flags,
        fc.constantFrom(0, 0, 0, 1),
        fc.array(setting, { maxLength: 4 }).map((all) => all.join('')),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant(5),
        flags,
        stream,
        fields.map((some) => number(4, 2) + some),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constant(6), flags, fc.constantFrom(0, 0, 1), fc.constantFrom('12345678', 'short')),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant(7),
        flags,
        fc.constantFrom(0, 0, 1),
        fc
          .tuple(fc.constantFrom(0, 1, 3, 0x7fffffff), fc.constantFrom(0, 1, 2, 11))
          .map(([last, code]) => number(4, last) + number(4, code) + 'debug'),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant(8),
        flags,
        stream,
        fc.constantFrom(0, 1, 0x7fffffff).map((by) => number(4, by)),
      ),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant(9), flags, stream, fields) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(255), flags, stream, anyBytes(20)) },
  )
  .map(([type, some, id, payload]) => frame(type, some, id, payload));
