import { expect, it } from 'vitest';
import { StreamEnds } from '../../src/measure/stream-ends.ts';
import { Summary } from '../../src/record/summary.ts';

/** 20 healthy clients; each death as when its stream opened, when it heard the last byte, and when it ended. */
function deaths(...lives: readonly (readonly [openedMs: number, lastByteMs: number, nowMs: number])[]): Summary {
  const summary = new Summary();
  summary.kind('healthy').planned = 20;
  const ends = new StreamEnds(summary);
  for (const [openedMs, lastByteMs, nowMs] of lives) ends.died({ openedMs, lastByteMs, longestSilenceMs: 40 }, nowMs);
  ends.settle();
  return summary;
}

const clients = (count: number, of: (at: number) => [number, number, number]): [number, number, number][] =>
  Array.from({ length: count }, (_none, at) => of(at));

it('the end of a stream is kept by its age and by the silence before it', () => {
  const { times, counts } = deaths([1000, 5500, 6000], [2000, 2000, 12_000]);
  expect(times.deathAge.percentile(50)).toBeCloseTo(5000, -1);
  expect(times.deathAge.percentile(100)).toBeCloseTo(10_000, -2);
  expect(times.deathSilence.percentile(50)).toBeCloseTo(500, 0);
  expect(times.deathTime.percentile(100)).toBeCloseTo(6000, -1);
  expect(counts.diedTogether).toBe(0);
});

it('the end of a stream is at one instant with others when a third of all clients end so', () => {
  expect(deaths(...clients(20, (at) => [at * 10, 9900, 10_000 + at])).counts.diedTogether).toBe(20);
  expect(deaths(...clients(5, (at) => [at * 10, 9900, 10_000 + at])).counts.diedTogether).toBe(0);
  expect(deaths(...clients(6, (at) => [at * 10, 9900, 10_000 + at])).counts.diedTogether).toBe(6);
});

it('the end of a stream is not when all end at one age and came in over two seconds', () => {
  expect(deaths(...clients(20, (at) => [at * 100, at * 100 + 4000, at * 100 + 5000])).counts.diedTogether).toBe(0);
});

it('the end of a stream is told by the hour, so that a long run has room', () => {
  const { times } = deaths([0, 0, 1000], [0, 0, 3_600_000 + 3000]);
  expect(times.deathTime.percentile(100)).toBeCloseTo(2000, -1);
});

it('the end of a stream is not what a client did that left', () => {
  const summary = new Summary();
  new StreamEnds(summary).left({ openedMs: 1000, lastByteMs: 60_000, longestSilenceMs: 500 }, 61_000);
  expect(summary.times.deathAge.count).toBe(0);
  expect(summary.times.survivedAge.percentile(100)).toBeCloseTo(60_000, -2);
});

it.each<[name: string, lives: [number, number, number][], open: number, apart: number]>([
  ['when all ended at one instant and had begun apart', clients(20, (at) => [at * 50, 9900, 10_000 + at]), 0, 0],
  ['when all ended and had begun at one instant', clients(20, (at) => [at, 9900, 10_000 + at]), 0, 0],
  ['when it took a moment to end all', clients(20, (at) => [at * 20, 9900, 10_400 - at * 20]), 0, 0],
  ['but when others lived on', clients(20, (at) => [at * 50, 9900, 10_000 + at]), 2, 20],
  [
    'but when they ended at one age, having begun apart,',
    clients(20, (at) => [at * 50, 9900, 10_000 + at * 50]),
    0,
    20,
  ],
])('the ends of many streams at one moment may be a restart %s', (_name, lives, open, apart) => {
  const summary = new Summary();
  Object.assign(summary.kind('healthy'), { planned: 20, open });
  const ends = new StreamEnds(summary);
  for (const [openedMs, lastByteMs, nowMs] of lives) ends.died({ openedMs, lastByteMs, longestSilenceMs: 0 }, nowMs);
  ends.settle();
  expect(summary.counts.diedApart).toBe(apart);
});

it('the silences that a client survived are those that a byte ended, and the one in which it left', () => {
  const summary = new Summary();
  const ends = new StreamEnds(summary);
  ends.died({ openedMs: 0, lastByteMs: 4000, longestSilenceMs: 2000 }, 9000);
  // One that is as long as a limit might have been cut in a moment.
  ends.survived({ openedMs: 0, lastByteMs: 4000, longestSilenceMs: 2000 }, 7000);
  expect(summary.times.survivedSilence.percentile(50)).toBeCloseTo(2000, -1);
  expect(summary.times.survivedSilence.percentile(100)).toBeCloseTo(2700, -1);
});

it('the layers that answers name are counted by stream', () => {
  const summary = new Summary();
  const ends = new StreamEnds(summary);
  ends.opened(['nginx']);
  ends.opened(['nginx', 'Varnish']);
  expect([...summary.layersNamed]).toEqual([
    ['nginx', 2],
    ['Varnish', 1],
  ]);
});
