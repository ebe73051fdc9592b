import { expect, it } from 'vitest';
import { UncodedBody } from '../../src/wire/unknown-coding.ts';

/** What a receiver is told of a body under the coding `none`, read in these pieces. */
function told(pieces: readonly Uint8Array[]): string[] {
  const calls: string[] = [];
  const body = new UncodedBody('none', {
    decoded: (bytes) => {
      calls.push(Buffer.from(bytes).toString('hex'));
      return true;
    },
    resumeSource: () => calls.push('resume'),
    ended: (cause) => calls.push(cause),
    decodeFailed: (detail) => calls.push(detail),
  });
  for (const piece of pieces) {
    if (!body.push(piece, 0, piece.length)) return calls;
  }
  body.end('eof-clean', '');
  return calls;
}

it('a body under an unknown coding is read as it is where it is text', () => {
  expect(told([Buffer.from('data: a'), Buffer.from('\n\n')])).toEqual(['646174613a2061', '0a0a', 'eof-clean']);
});

it.each([1, 2, 3])(
  'a body under an unknown coding is text too where its first read cuts a character after %d bytes',
  (cut) => {
    const bytes = Buffer.from('data: 🎈');
    expect(told([bytes.subarray(0, 6 + cut), bytes.subarray(6 + cut)])).toHaveLength(3);
  },
);

it.each([
  ['zstd', '28b52ffd0458490000'],
  ['lz4', '04224d186440a7'],
  ['gzip under another name', '1f8b0800000000000003'],
  ['a NUL', '646174613a2000'],
])('a body under an unknown coding is refused where it is %s', (_name, hex) => {
  expect(told([Buffer.from(hex, 'hex')])).toEqual(['content coding "none" is not supported, and the body is not text']);
});

it('a body under an unknown coding may hold what is not UTF-8 later: the parser tells of it', () => {
  expect(told([Buffer.from('data: a'), Buffer.of(0xff)])).toEqual(['646174613a2061', 'ff', 'eof-clean']);
});

it('a body under an unknown coding resumes what it is read from', () => {
  const calls: string[] = [];
  const body = new UncodedBody('none', {
    decoded: () => false,
    resumeSource: () => calls.push('resume'),
    ended: () => calls.push('end'),
    decodeFailed: () => calls.push('failed'),
  });
  expect(body.push(Buffer.from('data: a'), 0, 7)).toBe(false);
  body.resume();
  expect(calls).toEqual(['resume']);
});
