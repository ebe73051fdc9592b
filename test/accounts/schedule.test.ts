import { expect, it } from 'vitest';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { Schedule } from '../../src/accounts/schedule.ts';

const PERIOD_MS = 1000;
/** As many events as the ring remembers. */
const RING = 4096;

/** Seq 1 is due at 1000 ms, seq 2 at 2000 ms …; each is heard 5 ms later by one client. */
class Run {
  readonly spread = new TimeHistogram();
  readonly schedule = new Schedule(this.spread);

  hear(from: number, to: number, dueMsOf = (seq: number): number => seq * PERIOD_MS): this {
    for (let seq = from; seq <= to; seq++) this.schedule.heard(seq, dueMsOf(seq), dueMsOf(seq) + 5);
    return this;
  }

  overdue(heardSeq: number, wallMs: number, isPlanned = true): number[] {
    const dueMs: number[] = [];
    this.schedule.eachOverdue(heardSeq, { wallMs, isPlanned }, (ms) => dueMs.push(ms));
    return dueMs;
  }
}

/** The due times of a numbering that starts again at this time. */
function from(ms: number): (seq: number) => number {
  return (seq) => ms + seq * PERIOD_MS;
}

it('what a silent client should have heard is what its neighbours heard, when it is silent for 5 events', () => {
  expect(new Run().hear(1, 20).overdue(15, 20_100)).toEqual([16_000, 17_000, 18_000, 19_000, 20_000]);
});

it('what a silent client should have heard is nothing, when it heard the last event and the next is not due', () => {
  const run = new Run().hear(1, 20);
  expect(run.overdue(20, 20_100)).toEqual([]);
  expect(run.overdue(20, 21_900)).toEqual([]);
});

it('what a silent client should have heard is continued at the pace of the events before, when all are silent', () => {
  const run = new Run().hear(1, 20);
  // An event counts from a period after it should have come: until then it may be on its way.
  expect(run.overdue(20, 22_004)).toEqual([]);
  expect(run.overdue(20, 22_005)).toEqual([21_000]);
  expect(run.overdue(20, 60_000, false)).toEqual([]);
  expect(run.overdue(20, 26_500)).toEqual([21_000, 22_000, 23_000, 24_000, 25_000]);
  expect(run.overdue(18, 23_005)).toEqual([19_000, 20_000, 21_000, 22_000]);
});

it('what a silent client should have heard is continued also when the events were few, or began in the middle of a numbering', () => {
  expect(new Run().hear(1, 3).overdue(3, 6500)).toEqual([4000, 5000]);
  expect(new Run().hear(0, 2).overdue(2, 5500)).toEqual([3000, 4000]);
  expect(new Run().hear(5000, 5005).overdue(5005, 5_008_005)).toEqual([5_006_000, 5_007_000]);
});

it('what a silent client should have heard is continued also when events of late were heard by nobody', () => {
  expect(new Run().hear(1, 10).hear(12, 16).overdue(16, 18_005)).toEqual([17_000]);
  expect(new Run().hear(1, 3).hear(5, 19).overdue(19, 21_005)).toEqual([20_000]);
});

it('what a silent client should have heard is not what a clock that is behind, or ahead, makes of events that have come', () => {
  for (const offMs of [5000, -5000]) {
    const run = new Run();
    for (let seq = 1; seq <= 20; seq++) run.schedule.heard(seq, seq * PERIOD_MS, seq * PERIOD_MS + offMs);
    expect(run.overdue(20, 20_100 + offMs)).toEqual([]);
    expect(run.overdue(20, 23_100 + offMs)).toEqual([21_000, 22_000]);
  }
});

it('what a silent client should have heard cannot be told from one event, or two, or none', () => {
  expect(new Schedule(new TimeHistogram()).periodMs()).toBeNull();
  expect(new Run().overdue(-1, 1e6)).toEqual([]);
  expect(new Run().hear(1, 1).overdue(1, 1e6)).toEqual([]);
  expect(new Run().hear(1, 2).overdue(2, 1e6)).toEqual([]);
  expect(new Run().hear(1, 3).schedule.periodMs()).toBe(PERIOD_MS);
});

it('what a silent client should have heard leaves out what nobody heard', () => {
  expect(new Run().hear(1, 5).hear(8, 20).overdue(3, 20_000).slice(0, 4)).toEqual([4000, 5000, 8000, 9000]);
});

it('what a silent client should have heard is no more than the ring remembers, for a client that was silent for very long', () => {
  const run = new Run().hear(1, 10_000);
  const found = run.overdue(1, 10_000_000);
  expect(found).toHaveLength(RING);
  expect(found[0]).toBe((10_000 - RING + 1) * PERIOD_MS);
  expect(found.at(-1)).toBe(10_000_000);
  expect(run.overdue(9999, 10_000_100)).toEqual([10_000_000]);
});

it('what a silent client should have heard is bounded when all are silent for very long', () => {
  expect(new Run().hear(1, 20).overdue(20, 1e12)).toHaveLength(RING);
});

it('what a silent client should have heard wraps around the ring without mixing rounds', () => {
  const run = new Run().hear(RING - 3, RING + 3);
  expect(run.overdue(RING - 1, (RING + 3.5) * PERIOD_MS)).toEqual(
    [RING, RING + 1, RING + 2, RING + 3].map((seq) => seq * PERIOD_MS),
  );
  // Somebody very late hears an event whose place in the ring is taken.
  run.hear(4, 4);
  run.hear(RING + 4, RING + 4);
  run.hear(4, 4);
  expect(run.overdue(RING + 3, (RING + 4) * PERIOD_MS)).toEqual([(RING + 4) * PERIOD_MS]);
});

it('what a silent client should have heard is nothing where events do not say when they were due', () => {
  const run = new Run().hear(1, 20, () => Number.NaN);
  expect(run.schedule.periodMs()).toBeNull();
  expect(run.overdue(10, 1e6)).toEqual([]);
});

it('what a silent client should have heard is nothing made up where all events were due at once, or later ones earlier', () => {
  expect(new Run().hear(1, 20, () => 5000).overdue(20, 1e6)).toEqual([]);
  expect(new Run().hear(1, 20, (seq) => 50_000 - seq).overdue(20, 1e6)).toEqual([]);
});

it('what a silent client should have heard follows a server that starts its numbering again', () => {
  const run = new Run().hear(1, 90).hear(1, 20, from(100_000));
  expect(run.overdue(20, 120_100)).toEqual([]);
  expect(run.overdue(18, 120_100)).toEqual([119_000, 120_000]);
  expect(run.overdue(20, 122_500)).toEqual([121_000]);
  run.schedule.flushAll();
  expect(run.spread.count).toBe(110);
  expect(run.spread.percentile(100)).toBe(0);
});

it('what a silent client should have heard follows it also when the numbers of before are larger than the ring', () => {
  const run = new Run().hear(5000, 5100).hear(1, 20, from(9_000_000));
  expect(run.overdue(18, 9_020_100)).toEqual([9_019_000, 9_020_000]);
  expect(run.overdue(20, 9_020_100)).toEqual([]);
});

it('what a silent client should have heard does not take events that change places for a new numbering', () => {
  const run = new Run();
  for (const seq of [1, 3, 2, 5, 4, 7, 6, 8]) run.hear(seq, seq);
  expect(run.overdue(6, 8100)).toEqual([7000, 8000]);
  expect(run.schedule.periodMs()).toBe(PERIOD_MS);
});

it('the spread of an event is the time from the first client that heard it to the last', () => {
  const spread = new TimeHistogram();
  const schedule = new Schedule(spread);
  for (const wallMs of [1001, 1001.5, 1003]) schedule.heard(1, 1000, wallMs);
  for (const wallMs of [2000, 2000.25]) schedule.heard(2, 2000, wallMs);
  schedule.heard(3, 3000, 3001);
  expect(spread.count).toBe(0);
  schedule.flushAll();
  expect(spread.percentiles()).toMatchObject({ count: 3, p50: 0.25, max: 2 });
  expect(spread.percentile(1)).toBe(0);
  // What was told once is not told again.
  schedule.flushAll();
  expect(spread.count).toBe(3);
});

it('the spread of an event is told when the ring comes round, once for each event', () => {
  const run = new Run();
  run.schedule.heard(1, 1000, 1001);
  run.schedule.heard(1, 1000, 1008);
  run.hear(2, RING);
  expect(run.spread.count).toBe(0);
  run.hear(RING + 1, RING + 1);
  expect(run.spread.percentiles()).toMatchObject({ count: 1, max: 7.003 });
  run.schedule.flushAll();
  expect(run.spread.count).toBe(RING + 1);
});

it('the spread of an event leaves out who hears an event that the ring has forgotten', () => {
  const run = new Run().hear(RING + 7, RING + 7);
  run.hear(7, 7);
  run.schedule.flushAll();
  expect(run.spread.count).toBe(1);
});

it('what all should have heard at the end of a run is everything, where events reach all at once', () => {
  const { schedule } = new Run().hear(1, 20);
  expect(schedule.reachedAll(20, 20_300)).toBe(20);
});

it('what all should have heard at the end of a run is not the newest, where each client has a ticker of its own', () => {
  const run = new Run();
  // The last one opened its stream 4 s after the first one.
  for (let seq = 1; seq <= 3; seq++) {
    for (const lateMs of [0, 2000, 4000]) run.schedule.heard(seq, Number.NaN, seq * 11_000 + lateMs);
  }
  run.schedule.heard(4, Number.NaN, 44_000);
  expect(run.schedule.reachedAll(4, 46_000)).toBe(3);
  expect(run.schedule.reachedAll(4, 50_300)).toBe(4);
});

it('what all should have heard at the end of a run is nothing of which nobody knows when it came', () => {
  expect(new Run().schedule.reachedAll(7, 1e6)).toBe(-1);
  expect(new Run().hear(1, 5).schedule.reachedAll(7, 1e6)).toBe(5);
});
