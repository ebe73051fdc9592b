import { expect, it } from 'vitest';
import { BoundedSeries } from '../../src/measure/bounded-series.ts';

it('a bounded series keeps all points while there is room', () => {
  const series = new BoundedSeries<number>(8);
  for (let point = 0; point < 7; point++) series.add(point);
  expect(series.toArray()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('a bounded series thins itself evenly, and never holds more than its limit', () => {
  const series = new BoundedSeries<number>(8);
  for (let point = 0; point < 1000; point++) {
    series.add(point);
    expect(series.toArray().length).toBeLessThan(8);
  }
  const points = series.toArray();
  const strides = new Set(points.slice(1).map((point, index) => point - (points[index] as number)));
  expect([points[0], strides.size]).toEqual([0, 1]);
  expect(points.at(-1)).toBeGreaterThan(700);
});
