import { expect, it } from 'vitest';
import { ReconnectBurst } from '../../src/measure/reconnect-burst.ts';

const START_MS = 50_000;

/** Streams of 100 clients, ten seconds old, that end at `dropsMs` and are connected again at `returnsMs`. */
function live(
  dropsMs: readonly number[],
  returnsMs: readonly number[],
  { clients = 100, processes = 1 } = {},
): ReconnectBurst {
  const burst = new ReconnectBurst(processes, () => clients);
  const story = [
    ...dropsMs.map((ms) => ({ ms, happen: () => burst.lost(START_MS + ms, 10_000, 2000) })),
    ...returnsMs.map((ms) => ({ ms, happen: () => burst.returned(START_MS + ms) })),
  ];
  for (const { happen } of story.toSorted((one, other) => one.ms - other.ms)) happen();
  burst.settle();
  return burst;
}

const spread = (count: number, fromMs: number, overMs: number): number[] =>
  Array.from({ length: count }, (_none, at) => fromMs + (at * overMs) / count);

it.each<[name: string, dropsMs: number[], returnsMs: number[], dropped: number]>([
  ['come back in a burst', spread(100, 0, 50), spread(100, 2000, 50), 100],
  ['come back in a burst that a slot parts', spread(100, 0, 10), spread(100, 2120, 10), 100],
  ['come back at once', spread(100, 0, 50), spread(100, 100, 50), 100],
  ['come back one after the other', spread(100, 0, 50), spread(100, 1000, 10_000), 0],
  ['come back with a jitter of 20 % of 2 s', spread(100, 0, 50), spread(100, 1600, 800), 0],
  ['do not come back', spread(100, 0, 50), [], 0],
  ['come back when nobody thinks of it any more', spread(100, 0, 50), spread(100, 70_000, 50), 0],
  ['are too few to matter', spread(19, 0, 10), spread(19, 2000, 10), 0],
  ['are enough to matter', spread(20, 0, 10), spread(20, 2000, 10), 20],
  ['were dropped one after the other after all', spread(100, 0, 60_000), spread(100, 2000, 60_000), 0],
])('clients that were dropped at once %s', (_name, dropsMs, returnsMs, dropped) => {
  expect(live(dropsMs, returnsMs).dropped).toBe(dropped);
});

it('clients that were dropped at once do not matter when they are less than a tenth of all', () => {
  expect(live(spread(30, 0, 10), spread(30, 2000, 10), { clients: 301 }).dropped).toBe(0);
  expect(live(spread(30, 0, 10), spread(30, 2000, 10), { clients: 300 }).dropped).toBe(30);
});

it('clients that were dropped at once matter as a share of all in each of several processes', () => {
  expect(live(spread(10, 0, 10), spread(10, 2000, 10), { clients: 10, processes: 2 }).dropped).toBe(10);
});

it('clients that were dropped at once are told by the largest of several times', () => {
  const { dropped, peak } = live(
    [...spread(40, 0, 10), ...spread(90, 100_000, 10), ...spread(50, 200_000, 10)],
    [...spread(40, 2000, 10), ...spread(80, 102_000, 10), ...spread(50, 202_000, 10)],
  );
  expect([dropped, peak]).toEqual([90, 80]);
});

it('streams that end before their reconnection time has passed are counted', () => {
  const burst = new ReconnectBurst(1, () => 100);
  burst.lost(START_MS, 1999, 2000);
  burst.lost(START_MS, 2000, 2000);
  burst.lost(START_MS, 3, 2000);
  expect(burst.shortLives).toBe(2);
});
