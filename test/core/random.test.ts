import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../../src/core/random.ts';
import { runs } from '../sse/recorder.ts';

const seed = fc.integer({ min: 0, max: 0xffffffff });

function draw(random: Random): number[] {
  return Array.from({ length: 20 }, () => random.next());
}

it('the seeded generator is mulberry32: its first numbers of seed 0 and 1 are known', () => {
  const [zero, one] = [new Random(0), new Random(1)];
  expect([zero.next(), zero.next(), zero.next()]).toEqual([
    0.26642920868471265, 0.0003297457005828619, 0.2232720274478197,
  ]);
  expect([one.next(), one.next(), one.next()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

it('the seeded generator gives the same numbers for the same seed, and others for another', () => {
  fc.assert(
    fc.property(seed, (number) => {
      const [a, b, c] = [new Random(number), new Random(number), new Random(number + 1)];
      const drawn = draw(a);
      expect(draw(b)).toEqual(drawn);
      expect(draw(c)).not.toEqual(drawn);
      expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    }),
    runs(300),
  );
});

it('the seeded generator is spread evenly: of a million numbers each tenth has about a tenth', () => {
  const random = new Random(12345);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let n = 0; n < 1_000_000; n++) {
    const tenth = Math.floor(random.next() * 10);
    counts[tenth] = (counts[tenth] as number) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 100_000)).toBeLessThan(1500);
});

it('the seeded generator stays between the bounds that it is given', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (number, low, width) => {
      const random = new Random(number);
      for (let n = 0; n < 20; n++) {
        const value = random.between(low, low + width);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(low + width);
      }
    }),
    runs(300),
  );
});

it('the seeded generator shuffles in place without losing or doubling anything', () => {
  fc.assert(
    fc.property(seed, fc.array(fc.nat({ max: 20 })), (number, items) => {
      const shuffled = [...items];
      expect(new Random(number).shuffle(shuffled)).toBe(shuffled);
      expect(shuffled.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
    }),
    runs(300),
  );
});

it('the seeded generator brings every item to every place about as often', () => {
  const random = new Random(99);
  const seen = Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => 0));
  for (let n = 0; n < 50_000; n++) {
    for (const [place, item] of random.shuffle([0, 1, 2, 3, 4]).entries()) {
      const places = seen[item] as number[];
      places[place] = (places[place] as number) + 1;
    }
  }
  for (const count of seen.flat()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
