import { expect, it } from 'vitest';
import { BoundedSeries } from '../../src/measure/bounded-series.ts';

it('a bounded series keeps all points while there is room', () => {
  const series = new BoundedSeries<number>({ limit: 8 });
  for (let point = 0; point < 7; point++) series.add(point);
  expect(series.toArray()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('a bounded series thins itself evenly, and never holds more than its limit', () => {
  const series = new BoundedSeries<number>({ limit: 8 });
  for (let point = 0; point < 1000; point++) {
    series.add(point);
    expect(series.toArray().length).toBeLessThan(8);
  }
  const points = series.toArray();
  const strides = new Set(points.slice(1).map((point, index) => point - (points[index] as number)));
  expect([points[0], strides.size]).toEqual([0, 1]);
  expect(points.at(-1)).toBeGreaterThan(700);
});

it('a bounded series whose points are counts joins them in equal parts, and loses none of what they count', () => {
  const series = new BoundedSeries<number[]>({ limit: 8, join: (earlier, later) => [...earlier, ...later] });
  for (let point = 0; point < 1000; point++) {
    series.add([point]);
    const points = series.toArray();
    expect(points.length).toBeLessThanOrEqual(8);
    expect(points.flat()).toEqual(Array.from({ length: point + 1 }, (_, at) => at));
    expect(new Set(points.slice(0, -1).map(({ length }) => length)).size).toBeLessThanOrEqual(1);
  }
});
