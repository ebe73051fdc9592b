import { expect, it } from 'vitest';
import { lateAfterMs, missingAfterMs, silentAfterMs } from '../../src/findings/bounds.ts';

it.each([
  [100, 400, 550],
  [1000, 1750, 3250],
  [2000, 3500, 6500],
  [15_000, 23_000, 45_500],
])('a heartbeat promised every %i ms is late after %i ms and missing after %i ms', (periodMs, lateMs, missingMs) => {
  expect([lateAfterMs(periodMs), missingAfterMs(periodMs)]).toEqual([lateMs, missingMs]);
});

it('a heartbeat that is promised every second is on time after 1.2 s, late after 1.95 s and missing after 3.35 s', () => {
  expect(lateAfterMs(1000)).toBeGreaterThan(1200);
  expect(lateAfterMs(1000)).toBeLessThan(1950);
  expect(missingAfterMs(1000)).toBeGreaterThan(1950);
  expect(missingAfterMs(1000)).toBeLessThan(3350);
});

it('a silence is too long half a second after the time that was allowed', () => {
  expect(silentAfterMs(20_000)).toBe(20_500);
});
