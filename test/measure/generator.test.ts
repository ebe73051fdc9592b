import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { GeneratorWatch, SATURATION, type GeneratorReport } from '../../src/measure/generator.ts';
import { mergeGenerators } from '../../src/measure/merged-generators.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../wire/until.ts';

const watches: GeneratorWatch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop();
});

function startWatch(nowMs: () => number = () => performance.now(), dateMs?: () => number): GeneratorWatch {
  const watch = new GeneratorWatch(nowMs, dateMs);
  watches.push(watch);
  return watch;
}

/** Keeps the event loop from turning. */
function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) Math.sqrt(end);
}

it('the watch over our own process begins without a stop, a delay or a growth', () => {
  const watch = startWatch();
  expect(watch.longestStopMs).toBeLessThan(SATURATION.loopStopMs);
  const report = watch.report(0);
  expect(report).toMatchObject({
    processes: 1,
    limited: 0,
    stops: 0,
    longestStop: null,
    clockStep: null,
    saturated: false,
  });
  expect(report.rssBytes).toBeGreaterThan(1024 * 1024);
  expect(report.rssGrowthBytes).toBeGreaterThanOrEqual(0);
});

it('the watch over our own process sees the loop stand still, and the processor that this took', async () => {
  const watch = startWatch();
  await delay(200);
  standStill(2200);
  await delay(200);
  expect(watch.longestStopMs).toBeGreaterThan(2100);
  const report = watch.report(0);
  expect(report.eventLoopDelayMs.max).toBeGreaterThan(2100);
  expect(report.stops).toBe(1);
  expect(report.cpuSeconds).toBeGreaterThan(0);
  expect(report.cpu).toBeGreaterThan(0);
  expect(watch.longestStopMs).toBeGreaterThan(SATURATION.loopStopMs);
  expect(report.saturated).toBe(true);
});

it('the watch over our own process is in doubt as soon as a descriptor or a port ran out', () => {
  expect(startWatch().report(1)).toMatchObject({ limited: 1, saturated: true });
});

it('the watch over our own process remembers the highest memory, not the last', () => {
  const watch = startWatch();
  let ballast: Buffer | null = Buffer.alloc(64 * 1024 * 1024, 1);
  watch.sample();
  const { rssBytes } = watch.report(0);
  expect(ballast.length).toBeGreaterThan(0);
  ballast = null;
  const later = watch.report(0);
  expect(later.rssBytes).toBeGreaterThanOrEqual(rssBytes);
  expect(later.rssGrowthBytes).toBeGreaterThanOrEqual(48 * 1024 * 1024);
});

/** Turned by hand: no timer of the test's own machine has a say. */
function byHand(): {
  clock: ManualClock;
  date: { offMs: number };
  slept: { ms: number };
  watch: GeneratorWatch;
} {
  const clock = new ManualClock();
  const date = { offMs: 0 };
  const slept = { ms: 0 };
  const watch = new GeneratorWatch(
    () => clock.nowMs(),
    () => clock.wallMs() + date.offMs,
    () => 1e9 + clock.nowMs() + slept.ms,
  );
  watch.stop();
  for (let turn = 0; turn < 100; turn++) {
    clock.pass(50);
    watch.turn();
  }
  return { clock, date, slept, watch };
}

it('the watch over the own loop turns by itself, leaves that to others when it is told to, and takes it up again', async () => {
  let readings = 0;
  const watch = new GeneratorWatch(() => {
    readings += 1;
    return performance.now();
  });
  await until('it turns', () => readings > 5);
  watch.follow();
  const before = readings;
  await delay(300);
  expect(readings).toBe(before);
  watch.turn();
  watch.lead();
  await until('it turns again', () => readings > before + 5);
  watch.stop();
});

it('a stop of our own is known to the first caller, before any timer has run', () => {
  const { clock, watch } = byHand();
  expect(watch.longestStopMs).toBe(0);
  clock.pass(5050);
  expect(watch.longestStopMs).toBe(5000);
  expect(watch.stops).toBe(0);
  watch.turn();
  expect([watch.longestStopMs, watch.stops]).toEqual([5000, 1]);
});

it('the longest delay of our own event loop is told once, in the second in which it was', () => {
  const { clock, watch } = byHand();
  for (const passed of [60, 350, 50]) {
    clock.pass(passed);
    watch.turn();
  }
  expect([watch.takeDelayMs(), watch.takeDelayMs()]).toEqual([300, 0]);
});

it('a stop of our own is reported with its time and length, and the longest of several', () => {
  const { clock, watch } = byHand();
  clock.pass(5050);
  watch.turn();
  clock.pass(3050);
  watch.turn();
  expect(watch.report(0)).toMatchObject({
    stops: 2,
    longestStop: { atMs: 5050, durationMs: 5000 },
    eventLoopDelayMs: { p50: 0, max: 5000 },
    saturated: true,
  });
});

it('a stop of our own is none, and no doubt, as long as it is short and rare', () => {
  const { clock, watch } = byHand();
  clock.pass(SATURATION.loopStopMs + 50);
  watch.turn();
  expect(watch.report(0)).toMatchObject({
    stops: 0,
    longestStop: null,
    eventLoopDelayMs: { max: SATURATION.loopStopMs },
    saturated: false,
  });
});

it('a stop of our own is also a sleep of the machine, which the wall clock and the uptime have lived through', () => {
  const { clock, date, slept, watch } = byHand();
  clock.pass(50);
  date.offMs = 3_600_000;
  slept.ms = 3_600_000;
  watch.turn();
  expect(watch.longestStopMs).toBe(3_600_000);
  expect(watch.report(0)).toMatchObject({
    stops: 1,
    longestStop: { durationMs: 3_600_000 },
    clockStep: { byMs: 3_600_000 },
    saturated: true,
  });
});

it('a stop of our own is not a wall clock that was set back or forward, by however much; that is said, and doubts nothing but latency', () => {
  for (const byMs of [-5000, -3_600_000, 1500, 5000, 3_600_000]) {
    const { clock, date, watch } = byHand();
    clock.pass(50);
    date.offMs = byMs;
    watch.turn();
    expect(watch.report(0)).toMatchObject({
      stops: 0,
      longestStop: null,
      clockStep: { atMs: 5050, byMs },
      saturated: false,
    });
  }
});

const time = fc.integer({ min: 0, max: 100_000 });
const report: fc.Arbitrary<GeneratorReport> = fc.record({
  processes: fc.integer({ min: 1, max: 5 }),
  cpuSeconds: time,
  cpu: time,
  rssBytes: time,
  rssGrowthBytes: time,
  eventLoopDelayMs: fc.record({ p50: time, p99: time, max: time }),
  stops: fc.integer({ min: 0, max: 3 }),
  longestStop: fc.option(fc.record({ atMs: time, durationMs: time })),
  busyMs: time,
  clockStep: fc.option(fc.record({ atMs: time, byMs: fc.integer() })),
  limited: fc.integer({ min: 0, max: 3 }),
  saturated: fc.boolean(),
});

it('several load processes are merged in any grouping to the same report', () => {
  fc.assert(
    fc.property(report, report, report, (a, b, c) => {
      expect(mergeGenerators(mergeGenerators(a, b), c)).toEqual(mergeGenerators(a, mergeGenerators(b, c)));
    }),
  );
});

it('several load processes are in doubt when one of them is, and keep its longest stop and the first step of a clock', () => {
  const calm = startWatch().report(0);
  const stopped = { ...calm, stops: 1, longestStop: { atMs: 7000, durationMs: 5000 }, saturated: true };
  const worse = {
    ...calm,
    stops: 2,
    longestStop: { atMs: 1000, durationMs: 6000 },
    clockStep: { atMs: 9000, byMs: 500 },
    saturated: true,
  };
  expect(mergeGenerators(calm, stopped)).toMatchObject({
    processes: 2,
    stops: 1,
    longestStop: { atMs: 7000, durationMs: 5000 },
    saturated: true,
  });
  expect(mergeGenerators(stopped, worse)).toMatchObject({
    stops: 3,
    longestStop: { durationMs: 6000 },
    clockStep: { atMs: 9000 },
  });
  expect(mergeGenerators(calm, calm)).toMatchObject({ stops: 0, longestStop: null, clockStep: null });
});
