import { expect, it } from 'vitest';
import { EventCache, type StreamEvent } from '../../src/client/event-cache.ts';
import { clockSkewMs } from '../../src/accounts/clock-skew.ts';
import { ClockWatch } from '../../src/measure/clock-watch.ts';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { Summary } from '../../src/record/summary.ts';
import { EventLatency } from '../../src/accounts/event-latency.ts';

const WALL_MS = Date.UTC(2026, 10, 22);

function event(scheduledMs: number, sentMs = Number.NaN): StreamEvent {
  return new EventCache(() => ({ seq: 1, scheduledMs, sentMs })).read('tick', '', null);
}

/** Events that were due so long before they arrived, each heard once. */
function heard(ages: readonly number[]): Summary {
  const summary = new Summary();
  const latency = new EventLatency(
    summary,
    new ClockWatch(
      () => 0,
      () => 0,
    ),
  );
  for (const ageMs of ages) latency.heard(event(WALL_MS - ageMs, WALL_MS - ageMs), WALL_MS, false, new TimeHistogram());
  latency.close();
  return summary;
}

const each = (count: number, ageMs: (n: number) => number): number[] =>
  Array.from({ length: count }, (_, n) => ageMs(n));

it('the clock of a server is ours as long as nothing says otherwise', () => {
  const summary = heard(each(100, (n) => n / 10));
  expect(summary.times.latency.count).toBe(100);
  expect(summary.counts.skewed).toBe(0);
  expect(clockSkewMs(summary)).toBeNull();
});

it('the clock of a server may jitter by a millisecond', () => {
  const summary = heard(each(100, (n) => (n % 2 === 0 ? -0.9 : 0.2)));
  expect(summary.times.latency.percentiles()).toMatchObject({ count: 100, p50: 0 });
  expect(clockSkewMs(summary)).toBeNull();
});

it('the clock of a server that is ahead shows as skew, and no latency is made of it', () => {
  const summary = heard(each(100, (n) => -5000 + n));
  expect(clockSkewMs(summary)).toBeCloseTo(4950, -1);
  expect(summary.counts.skewed).toBe(100);
  expect([summary.times.latency.count, summary.times.latencySent.count, summary.times.latencyCensored.count]).toEqual([
    0, 0, 0,
  ]);
});

it('the clock of a server that is ahead leaves nothing to what came late enough to look like a latency', () => {
  expect(heard(each(100, (n) => (n < 20 ? -200 : 300))).times.latency.count).toBe(0);
  // A few strange stamps do not: they are shown, and the others stay.
  const summary = heard(each(100, (n) => (n < 5 ? -200 : 3)));
  expect(summary.times.latency.count).toBe(95);
  expect(clockSkewMs(summary)).toBeCloseTo(200, 0);
});

it('the clock of a server that is ahead by as little as clocks of a network are is told, and its samples stay', () => {
  const summary = heard(each(100, () => -8));
  expect(summary.times.latency.percentiles()).toMatchObject({ count: 100, max: 0 });
  expect(clockSkewMs(summary)).toBeCloseTo(8, 1);
});

it('the clock of a server that is behind gives itself away where all events are late by the same', () => {
  const summary = heard(each(100, (n) => 5000 + n / 2));
  expect(clockSkewMs(summary)).toBeCloseTo(-5000, -1);
  expect(summary.times.latency.count).toBe(100);
});

it('the clock of a server is not blamed for delays that differ, are small, or few', () => {
  expect(clockSkewMs(heard(each(100, (n) => 1500 + 30 * n)))).toBeNull();
  expect(clockSkewMs(heard(each(100, () => 900)))).toBeNull();
  expect(clockSkewMs(heard(each(10, () => 5000)))).toBeNull();
});

it('the clock of a server is counted where something else stands than a time', () => {
  const summary = new Summary();
  const latency = new EventLatency(
    summary,
    new ClockWatch(
      () => 0,
      () => 0,
    ),
  );
  latency.heard({ ...event(Number.NaN), badTime: true }, WALL_MS, false, new TimeHistogram());
  latency.heard({ ...event(WALL_MS - 500), coarse: true }, WALL_MS, false, new TimeHistogram());
  latency.close();
  expect(summary.counts).toMatchObject({ badTimes: 1, coarseTimes: 1, skewed: 0 });
  expect(summary.times.latency.count).toBe(1);
});
