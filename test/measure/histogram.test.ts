import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { runs } from '../sse/recorder.ts';

const HOUR_MS = 3_600_000;
/** Half a microsecond of rounding, and three significant digits. */
const near = (ms: number): number => 0.0006 + ms * 0.001;

const timeMs = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 500, noNaN: true }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: HOUR_MS, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.001, 1, 2.047, 2.048, 1000, 2147483.647, 2147483.648, HOUR_MS) },
);
const samples = fc.array(timeMs, { maxLength: 300, size: 'max' });

function histogramOf(timesMs: readonly number[]): TimeHistogram {
  const histogram = new TimeHistogram();
  for (const ms of timesMs) histogram.record(ms);
  return histogram;
}

function merged(...parts: readonly TimeHistogram[]): TimeHistogram {
  const sum = new TimeHistogram();
  for (const part of parts) sum.add(part);
  return sum;
}

/** The smallest sample that at least `percentile` of all samples do not exceed. */
function exact(timesMs: readonly number[], percentile: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percentile * sorted.length) / 100 - 1e-9));
  return sorted[rank - 1] as number;
}

it('a histogram of times has the exact percentiles to three digits, from a microsecond to an hour', () => {
  fc.assert(
    fc.property(fc.array(timeMs, { minLength: 1, maxLength: 300, size: 'max' }), (timesMs) => {
      const found = histogramOf(timesMs).percentiles();
      const fields = [
        ['p50', 50],
        ['p90', 90],
        ['p95', 95],
        ['p99', 99],
        ['p999', 99.9],
        ['max', 100],
      ] as const;
      for (const [field, percentile] of fields) {
        const exactMs = exact(timesMs, percentile);
        expect(Math.abs(found[field] - exactMs)).toBeLessThanOrEqual(near(exactMs));
      }
      const meanMs = timesMs.reduce((sum, ms) => sum + ms, 0) / timesMs.length;
      expect(Math.abs(found.mean - meanMs)).toBeLessThanOrEqual(near(meanMs));
      expect(found.count).toBe(timesMs.length);
    }),
    runs(60),
  );
});

it('percentiles that are asked for together are those that are asked for one by one, of a decoded histogram too', () => {
  const asked = [0, 0.001, 25, 50, 90, 99, 99.9, 99.999, 100];
  fc.assert(
    fc.property(samples, (timesMs) => {
      const own = histogramOf(timesMs);
      for (const histogram of [own, TimeHistogram.decode(own.encode())])
        expect(histogram.percentilesAt(asked)).toEqual(asked.map((percentile) => histogram.percentile(percentile)));
    }),
    runs(60),
  );
});

it('a histogram of times never shows a percentile above a higher one or above the longest time', () => {
  fc.assert(
    fc.property(samples, (timesMs) => {
      const { p50, p90, p95, p99, p999, max } = histogramOf(timesMs).percentiles();
      const rising = [p50, p90, p95, p99, p999, max];
      expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    }),
    runs(40),
  );
});

it('a histogram of times knows 1 to 1000 ms by heart', () => {
  const histogram = histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect(histogram.count).toBe(1000);
  for (const [percentile, ms] of [
    [50, 500],
    [90, 900],
    [99, 990],
    [99.9, 999],
    [100, 1000],
  ] as const) {
    expect(Math.abs(histogram.percentile(percentile) - ms)).toBeLessThanOrEqual(near(ms));
  }
});

it('a histogram of times is all zero while it is empty, and again after a reset', () => {
  const nothing = { count: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, p999: 0, max: 0 };
  const histogram = new TimeHistogram();
  expect(histogram.percentiles()).toEqual(nothing);
  histogram.record(12);
  histogram.reset();
  expect(histogram.percentiles()).toEqual(nothing);
  histogram.record(3);
  expect(histogram.percentiles()).toMatchObject({ count: 1, p50: 3.001, max: 3.001 });
});

it('a histogram of times counts times below zero as zero and above an hour as an hour', () => {
  for (const below of [-0.0001, -1, -1e308, Number.NEGATIVE_INFINITY]) {
    expect(histogramOf([below]).percentiles()).toMatchObject({ count: 1, mean: 0, max: 0 });
  }
  for (const above of [HOUR_MS + 1, 1e15, 1e308, Number.POSITIVE_INFINITY]) {
    const { count, max } = histogramOf([above]).percentiles();
    expect(count).toBe(1);
    expect(Math.abs(max - HOUR_MS)).toBeLessThanOrEqual(near(HOUR_MS));
  }
});

it('a histogram of times does not take what is no number', () => {
  const histogram = new TimeHistogram();
  expect(() => histogram.record(Number.NaN)).toThrow('not a number');
  expect(histogram.count).toBe(0);
});

it('a histogram of times merges in any order and grouping, to what one histogram would have counted', () => {
  fc.assert(
    fc.property(samples, samples, samples, (a, b, c) => {
      const [one, two, three] = [histogramOf(a), histogramOf(b), histogramOf(c)];
      const all = histogramOf([...a, ...b, ...c]).percentiles();
      expect(merged(one, two, three).percentiles()).toEqual(all);
      expect(merged(three, merged(two, one)).percentiles()).toEqual(all);
      expect(merged(merged(one, three), two).percentiles()).toEqual(all);
      // Merging takes nothing from what was merged.
      expect(one.percentiles()).toEqual(histogramOf(a).percentiles());
    }),
    runs(15),
  );
});

it('a histogram of times is the same after it was encoded and decoded, alone and in a merge', () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const before = histogramOf(a);
      const after = TimeHistogram.decode(before.encode());
      expect(after.percentiles()).toEqual(before.percentiles());
      expect(after.encode()).toBe(before.encode());
      expect(merged(after, histogramOf(b)).percentiles()).toEqual(histogramOf([...a, ...b]).percentiles());
      after.record(1);
      expect(after.count).toBe(a.length + 1);
    }),
    runs(15),
  );
});

it('a histogram of times counts its samples by ranges, each with its upper bound, also after it was decoded', () => {
  const times = new TimeHistogram();
  for (const ms of [0, 1, 1, 2, 3, 50, 1000]) times.record(ms);
  for (const one of [times, TimeHistogram.decode(times.encode())]) {
    expect(one.countsUpTo([1, 2, 10, 100])).toEqual([3, 1, 1, 1]);
    expect(one.countsUpTo([])).toEqual([]);
  }
  expect(new TimeHistogram().countsUpTo([1, 2])).toEqual([0, 0]);
});
