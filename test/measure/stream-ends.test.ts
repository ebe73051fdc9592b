import { expect, it } from 'vitest';
import { StreamEnds } from '../../src/measure/stream-ends.ts';
import { Summary } from '../../src/record/summary.ts';

/** 20 healthy clients; each death as when its stream opened, when it heard the last byte, and when it ended. */
function deaths(...lives: readonly (readonly [openedMs: number, lastByteMs: number, nowMs: number])[]): Summary {
  const summary = new Summary();
  summary.kind('healthy').planned = 20;
  const ends = new StreamEnds(summary);
  for (const [openedMs, lastByteMs, nowMs] of lives) ends.died(openedMs, lastByteMs, nowMs);
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
  new StreamEnds(summary).left(1000, 61_000);
  expect(summary.times.deathAge.count).toBe(0);
  expect(summary.times.survivedAge.percentile(100)).toBeCloseTo(60_000, -2);
});
