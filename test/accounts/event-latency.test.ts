import { expect, it } from 'vitest';
import { EventCache, type StreamEvent } from '../../src/client/event-cache.ts';
import { clockSkewMs } from '../../src/accounts/clock-skew.ts';
import { LatencyFloor } from '../../src/accounts/latency-floor.ts';
import { ClockWatch } from '../../src/measure/clock-watch.ts';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { Summary } from '../../src/record/summary.ts';
import { EventLatency } from '../../src/accounts/event-latency.ts';

const WALL_MS = Date.UTC(2026, 10, 22);

function event(scheduledMs: number, sentMs = Number.NaN): StreamEvent {
  return new EventCache(() => ({ seq: 1, scheduledMs, sentMs })).read('tick', '', null);
}

/** Events that were due so long before they arrived, each received once; ten of them in a second. */
function heard(ages: readonly number[]): Summary {
  const summary = new Summary();
  const latency = new EventLatency(
    summary,
    new ClockWatch(
      () => 0,
      () => 0,
    ),
  );
  let recent = new TimeHistogram();
  for (const [at, ageMs] of ages.entries()) {
    latency.heard(event(WALL_MS - ageMs, WALL_MS - ageMs), WALL_MS, false, recent);
    if (at % 10 !== 9) continue;
    latency.floor.second(recent);
    recent = new TimeHistogram();
  }
  latency.close();
  return summary;
}

/** The skew of a server whose times all lie so long before the streams began. */
function before(ages: readonly number[]): number | null {
  const summary = new Summary();
  const latency = new EventLatency(
    summary,
    new ClockWatch(
      () => 0,
      () => 0,
    ),
  );
  for (const ageMs of ages) latency.heardBefore(event(WALL_MS - ageMs), WALL_MS);
  latency.close();
  return clockSkewMs(summary);
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

it.each<[how: string, ageMs: (n: number) => number, aboutMs: number]>([
  ['by 300 ms', (n) => 300 + (n % 10), -300],
  ['by 5 s', (n) => 5000 + n / 2, -5000],
  ['and jitters as a busy machine does', (n) => 5000 + 9 * (n % 10), -5000],
  ['by 50 ms more in each second', (n) => 110 + 5 * n, -335],
  ['from the middle of a run on', (n) => (n < 55 ? 2 : 2002), -2000],
  ['until somebody sets it', (n) => (n < 55 ? 2002 : 2), -2000],
])(
  'the clock of a server that is behind %s gives itself away: all events of a second are late by the same',
  (_how, ageMs, aboutMs) => {
    const summary = heard(each(100, ageMs));
    expect(summary.times.latency.count).toBe(100);
    expect(Math.abs((clockSkewMs(summary) ?? 0) - aboutMs)).toBeLessThan(30);
    expect(summary.times.latencyAboveFloor.percentile(100)).toBeLessThan(100);
  },
);

it('the clock of a server is looked for in each second once, also in those behind the end', () => {
  const summary = new Summary();
  const floor = new LatencyFloor(summary);
  const recent = new TimeHistogram();
  recent.record(400);
  floor.second(recent);
  floor.close();
  floor.second(recent);
  floor.second(recent);
  expect(summary.counts).toMatchObject({ secondsBehind: 3, secondsAlike: 3 });
  expect(summary.times.latencyAboveFloor.count).toBe(3);
});

it('the clock of a server is not blamed for delays that differ, are small, or few', () => {
  expect(clockSkewMs(heard(each(100, (n) => 1500 + 30 * n)))).toBeNull();
  expect(clockSkewMs(heard(each(100, () => 90)))).toBeNull();
  expect(clockSkewMs(heard(each(10, () => 5000)))).toBeNull();
  const pauses = heard(each(100, (n) => (n % 30 < 10 ? 3000 - 300 * (n % 10) : 1)));
  expect(clockSkewMs(pauses)).toBeNull();
  expect(pauses.times.latencyAboveFloor.percentile(100)).toBeGreaterThan(2500);
});

it('the clock of a server that is behind by more than the run lasts shows in times that are all as old', () => {
  expect(Math.abs((before(each(100, (n) => 3_600_000 + (n % 7))) ?? 0) + 3_600_000)).toBeLessThan(10_000);
  expect(Math.abs((before(each(100, (n) => 20_000 + (n % 7))) ?? 0) + 20_000)).toBeLessThan(50);
  // History is of many ages.
  expect(before(each(100, (n) => 1000 * n))).toBeNull();
  expect(before(each(5, () => 20_000))).toBeNull();
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
