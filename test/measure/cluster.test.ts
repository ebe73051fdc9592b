import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countAbove, narrowest } from '../../src/measure/cluster.ts';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { runs } from '../sse/recorder.ts';

function histogram(samplesMs: readonly number[]): TimeHistogram {
  const times = new TimeHistogram();
  for (const ms of samplesMs) times.record(ms);
  return times;
}

const samples = fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 60 });
/** What three digits may move a value. */
const blur = (ms: number): number => ms / 1000 + 0.002;

it('the narrowest interval around most samples is none without samples, and a point for one', () => {
  expect(narrowest(new TimeHistogram(), 80)).toBeNull();
  const one = narrowest(histogram([5000]), 80);
  expect(one?.fromMs).toBeCloseTo(5000, -1);
  expect(one?.toMs).toBe(one?.fromMs);
});

it('the narrowest interval around most samples finds the deadline among what died of other things', () => {
  const found = narrowest(histogram([...Array.from<number>({ length: 8 }).fill(60_000), 1200, 93_000]), 80);
  expect(found?.fromMs).toBeCloseTo(60_000, -2);
  expect(found?.toMs).toBe(found?.fromMs);
});

it('the narrowest interval around most samples is as narrow as when every interval is tried', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 100 }), (samplesMs, share) => {
      const sorted = samplesMs.toSorted((a, b) => a - b);
      const within = Math.ceil((sorted.length * share) / 100);
      const widths = Array.from(
        { length: sorted.length - within + 1 },
        (_none, at) => (sorted[at + within - 1] as number) - (sorted[at] as number),
      );
      const found = narrowest(histogram(samplesMs), share);
      expect(Math.abs((found?.toMs ?? 0) - (found?.fromMs ?? 0) - Math.min(...widths))).toBeLessThanOrEqual(
        2 * blur(3_600_000),
      );
    }),
    runs(300),
  );
});

it('the count of samples above a bound is exact, but for what three digits blur', () => {
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 3_600_000, noNaN: true }), (samplesMs, boundMs) => {
      const above = countAbove(histogram(samplesMs), boundMs);
      expect(above).toBeGreaterThanOrEqual(samplesMs.filter((ms) => ms > boundMs + blur(ms)).length);
      expect(above).toBeLessThanOrEqual(samplesMs.filter((ms) => ms > boundMs - blur(boundMs)).length);
    }),
    runs(300),
  );
});

it('the count of samples above a bound is nothing for nothing', () => {
  expect(countAbove(new TimeHistogram(), 0)).toBe(0);
});
