import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cause } from '../../src/core/causes.ts';
import {
  BodyDecoder,
  codingOf,
  endsFlushed,
  PIECE_BYTES,
  type Coding,
  type DecoderOwner,
} from '../../src/wire/content-coding.ts';
import { until } from './until.ts';

const property = {
  numRuns: 150,
};

/** Feeds a decoder as a transport does: one read at a time, from a buffer that is overwritten, then the end. */
class Source implements DecoderOwner {
  readonly parts: Buffer[] = [];
  cause: Cause | undefined;
  detail = '';
  /** How often the decoder asked to read on. */
  asked = 0;
  /** What `decoded` answers, in turn; then `true`. */
  pauses: boolean[] = [];
  private readonly reads: Buffer[];
  private readonly end: Cause;
  private readonly decoder: BodyDecoder;
  private readonly shared = Buffer.alloc(1 << 20, 0xee);

  constructor(coding: Coding, reads: readonly Buffer[], end: Cause = 'eof-clean') {
    this.reads = reads.filter((read) => read.length > 0);
    this.end = end;
    this.decoder = new BodyDecoder(coding, this);
  }

  async run(): Promise<this> {
    this.readOn();
    await until('it has ended', () => this.cause !== undefined);
    return this;
  }

  decoded(bytes: Uint8Array): boolean {
    if (this.cause !== undefined) throw new Error('a piece after the end');
    if (bytes.length > PIECE_BYTES) throw new Error(`a piece of ${bytes.length} bytes`);
    this.parts.push(Buffer.from(bytes));
    if (this.pauses.pop() !== true) return true;
    const { length } = this.parts;
    setTimeout(() => {
      if (this.parts.length !== length) throw new Error('a piece while paused');
      this.decoder.resume();
    }, 1);
    return false;
  }

  resumeSource(): void {
    this.asked += 1;
    this.readOn();
  }

  ended(cause: Cause, detail: string): void {
    this.endOnce(cause, detail);
  }

  decodeFailed(detail: string): void {
    this.endOnce('decode', detail);
  }

  private readOn(): void {
    const read = this.reads.shift();
    if (read === undefined) {
      this.decoder.end(this.end, 'as it came');
      return;
    }
    read.copy(this.shared, 3);
    if (this.decoder.push(this.shared, 3, 3 + read.length)) throw new Error('a second read while the first is inside');
    this.shared.fill(0xee, 0, read.length + 3);
  }

  private endOnce(cause: Cause, detail: string): void {
    if (this.cause !== undefined) throw new Error('a second end');
    this.cause = cause;
    this.detail = detail;
  }
}

const COMPRESSORS: ReadonlyArray<[Coding, (content: Buffer) => Buffer]> = [
  ['gzip', (content) => gzipSync(content)],
  [
    'gzip',
    (content) =>
      Buffer.concat([
        gzipSync(content.subarray(0, content.length >> 1)),
        gzipSync(content.subarray(content.length >> 1)),
      ]),
  ],
  ['deflate', (content) => deflateSync(content)],
  ['deflate', (content) => deflateRawSync(content)],
  ['br', (content) => brotliCompressSync(content)],
];

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end));
}

it('BodyDecoder gives the content, whatever it is, however it is cut, and whenever the receiver pauses', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...COMPRESSORS),
      fc.tuple(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 60 })),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 12 }),
      async ([coding, compress], [block, times], places, pauses) => {
        const content = Buffer.concat(Array.from({ length: times }, () => block));
        const source = new Source(coding, cut(compress(content), places));
        source.pauses = pauses;
        await source.run();
        expect([source.cause, source.detail]).toEqual(['eof-clean', 'as it came']);
        expect(Buffer.concat(source.parts).equals(content)).toBe(true);
      },
    ),
    property,
  );
});

it('BodyDecoder never gives more than the content of what was cut off, and says "decode"', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...COMPRESSORS.filter((_, n) => n !== 1)),
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.nat(),
      async ([coding, compress], block, place) => {
        const content = Buffer.from(block);
        const whole = compress(content);
        const source = await new Source(coding, [whole.subarray(0, 1 + (place % (whole.length - 1)))]).run();
        expect(source.cause).toBe('decode');
        const decoded = Buffer.concat(source.parts);
        expect(decoded.equals(content.subarray(0, decoded.length))).toBe(true);
      },
    ),
    property,
  );
});

it('BodyDecoder takes any bytes for what they are, or says "decode"', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Coding>('gzip', 'deflate', 'br'),
      fc.uint8Array({ maxLength: 500 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      async (coding, bytes, places) => {
        const source = await new Source(coding, cut(Buffer.from(bytes), places)).run();
        expect(['decode', 'eof-clean']).toContain(source.cause);
        expect(source.detail).not.toBe('');
      },
    ),
    property,
  );
});

it('BodyDecoder keeps the cause of a connection that did not end by itself, behind all that had come', async () => {
  const whole = gzipSync(Buffer.alloc(200_000, 'data: x\n'));
  const source = new Source('gzip', [whole.subarray(0, whole.length - 20)], 'reset');
  source.pauses = [true, true, false, true];
  await source.run();
  expect(source.cause).toBe('reset');
  expect(Buffer.concat(source.parts).length).toBeGreaterThan(100_000);
});

it('BodyDecoder says "decode" of bytes behind the end of what has one', async () => {
  const source = await new Source('deflate', [deflateSync('data: x\n\n'), Buffer.from('data: y\n\n')]).run();
  expect(source.cause).toBe('decode');
  expect(Buffer.concat(source.parts).toString()).toBe('data: x\n\n');
});

it('BodyDecoder asks for the next read only when the one before is used up, once', async () => {
  const content = Buffer.alloc(300_000, 'abcdefg\n');
  const whole = gzipSync(content);
  const source = await new Source('gzip', cut(whole, [10, 20, 50, 100, 200])).run();
  expect(Buffer.concat(source.parts).equals(content)).toBe(true);
  expect(source.asked).toBe(6);
});

it.each([
  ['gzip', 'gzip'],
  ['GZip', 'gzip'],
  ['x-gzip', 'gzip'],
  [' deflate ', 'deflate'],
  ['br', 'br'],
  ['identity', 'identity'],
  ['', 'identity'],
  [' , ', 'identity'],
  ['identity, gzip', 'gzip'],
])('codingOf of %j is %s', (field, coding) => {
  expect(codingOf(field)).toBe(coding);
});

it.each(['zstd', 'none', 'compress', 'gzip;q=1', `"${'x'.repeat(9999)}`])('codingOf does not know %j', (field) => {
  expect(codingOf(field)).toEqual({ unknown: field.slice(0, 40) });
});

it.each(['gzip, gzip', 'br, deflate', `gzip, ${'x'.repeat(9999)}`])('codingOf refuses %j, shortly', (field) => {
  const answer = codingOf(field);
  expect(answer).toHaveProperty('refusal');
  expect(JSON.stringify(answer).length).toBeLessThan(200);
});

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
] as const)('a flush shows at the end of what %s sends, and nowhere else', (coding, compress) => {
  const flushed = compress('data: 1\n\n', { finishFlush: constants.Z_SYNC_FLUSH });
  expect(endsFlushed(coding, flushed, 0, flushed.length)).toBe(true);
  for (let end = 1; end < flushed.length; end += 1) expect(endsFlushed(coding, flushed, 0, end)).toBe(false);
  expect(endsFlushed(coding, flushed, flushed.length - 3, flushed.length)).toBe(false);
});
