import { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacedOutput } from '../../src/cli/paced-output.ts';

/** Takes one write after the other, each when the test lets it. */
class SlowStream extends Writable {
  written = '';
  private taken: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 100, decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk.toString();
    this.taken = done;
  }

  /** False when there was nothing to take. */
  async take(): Promise<boolean> {
    const { taken } = this;
    this.taken = undefined;
    taken?.();
    await new Promise(setImmediate);
    return taken !== undefined;
  }
}

function words(text: string): string[] {
  return [text, '\n'];
}

it('an output that is paced writes what is printed at once, in one piece, while there is room', () => {
  const stream = new SlowStream();
  const output = new PacedOutput(stream, words, () => {});
  expect(output.print('a')).toBe(true);
  expect([stream.written, stream.writableLength]).toEqual(['a\n', 2]);
});

it('an output that is paced says when there is no room, and when there is again', async () => {
  const stream = new SlowStream();
  let room = 0;
  const output = new PacedOutput(stream, words, () => {
    room += 1;
  });
  expect(output.print('x'.repeat(200))).toBe(false);
  expect(output.print('b')).toBe(false);
  expect(output.print('c')).toBe(false);
  expect(room).toBe(0);
  while (await stream.take());
  expect(stream.written).toBe(`${'x'.repeat(200)}\nb\nc\n`);
  expect(room).toBe(1);
  expect(output.print('d')).toBe(true);
});

it('an output that is paced puts nothing into words before there is room for it', async () => {
  const stream = new SlowStream();
  const begun: number[] = [];
  const output = new PacedOutput<number>(
    stream,
    function* wordsOf(n) {
      begun.push(n);
      for (let piece = 0; piece < 100; piece++) yield String(n).repeat(8000);
    },
    () => {},
  );
  for (const n of [1, 2, 3]) output.print(n);
  expect(begun).toEqual([1]);
  // A chunk, not the 800 KB that the item has.
  expect(stream.writableLength).toBeLessThan(32_000);
  while (await stream.take());
  expect(begun).toEqual([1, 2, 3]);
  expect(stream.written.length).toBe(3 * 800_000);
});

it('an output that is paced prints nothing for items that have no words', () => {
  const stream = new SlowStream();
  const output = new PacedOutput<string>(
    stream,
    (item) => (item === '' ? [] : [item]),
    () => {},
  );
  expect([output.print(''), output.print(''), output.print('a'), stream.written]).toEqual([true, true, true, 'a']);
});

it('an output that is paced forgets what waits when nobody will ever read it', async () => {
  const stream = new SlowStream();
  stream.on('error', () => {});
  const output = new PacedOutput(stream, words, () => {});
  for (let n = 0; n < 3; n++) output.print('x'.repeat(200));
  stream.destroy(new Error('closed'));
  await new Promise(setImmediate);
  output.print('y');
  expect(stream.written).toBe(`${'x'.repeat(200)}\n`);
});

it('an output that is paced keeps everything in its order, however the reader reads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: fc.string({ maxLength: 300 }), takes: fc.nat({ max: 3 }) }), { maxLength: 30 }),
      async (steps) => {
        const stream = new SlowStream();
        const output = new PacedOutput(stream, words, () => {});
        for (const { text, takes } of steps) {
          output.print(text);
          for (let n = 0; n < takes; n++) await stream.take();
        }
        while (await stream.take());
        expect(stream.written).toBe(steps.map(({ text }) => `${text}\n`).join(''));
      },
    ),
    { numRuns: 50 },
  );
});
