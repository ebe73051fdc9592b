import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { apportion, arrivalsBy, departuresBy, shareOf, stallersBy } from '../../../src/soak/load/pacer.ts';
import { runs } from '../../sse/recorder.ts';

const clientCount = fc.integer({ min: 1, max: 200_000 });
const rampMs = fc.integer({ min: 0, max: 3_600_000 });
const timeMs = fc.double({ min: -1000, max: 7_200_000, noNaN: true });

it.each([
  ['nobody before the run', -1, 100, 10_000, 0],
  ['the first one at the start', 0, 100, 10_000, 1],
  ['the second after one interval', 100, 100, 10_000, 2],
  ['and not before', 99.9, 100, 10_000, 1],
  ['half of them by half of the ramp', 4999, 100, 10_000, 50],
  ['the last one an interval before the end', 9900, 100, 10_000, 100],
  ['all by the end', 10_000, 100, 10_000, 100],
  ['all at once without a ramp', 0, 100, 0, 100],
  ['nobody before a run without a ramp', -0.1, 100, 0, 0],
  ['the only one at the start', 0, 1, 10_000, 1],
])('the arrivals of clients: %s', (_name, elapsedMs, clients, rampMs, expected) => {
  expect(arrivalsBy(elapsedMs, clients, rampMs)).toBe(expected);
});

it('the arrivals of clients: never go back, are whole, and end exactly', () => {
  fc.assert(
    fc.property(clientCount, rampMs, timeMs, timeMs, (clients, rampMs, a, b) => {
      const [early, late] = [arrivalsBy(Math.min(a, b), clients, rampMs), arrivalsBy(Math.max(a, b), clients, rampMs)];
      expect(early).toBeLessThanOrEqual(late);
      expect(Number.isInteger(early)).toBe(true);
      expect(early).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(clients);
      expect(arrivalsBy(rampMs, clients, rampMs)).toBe(clients);
      expect(arrivalsBy(-0.001, clients, rampMs)).toBe(0);
      expect(arrivalsBy(0, clients, rampMs)).toBeGreaterThanOrEqual(1);
    }),
    runs(1000),
  );
});

it('the arrivals of clients: are spread evenly: never a client off the straight line', () => {
  fc.assert(
    fc.property(
      clientCount,
      fc.integer({ min: 1, max: 3_600_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (clients, rampMs, part) => {
        const exact = part * clients;
        const arrived = arrivalsBy(part * rampMs, clients, rampMs);
        expect(arrived).toBeGreaterThanOrEqual(Math.min(exact - 1e-6, clients));
        expect(arrived).toBeLessThanOrEqual(exact + 1 + 1e-6);
      },
    ),
    runs(1000),
  );
});

it.each([
  ['do not come during the ramp', 5000, 30_000, 0],
  ['nor for an eighth of the load', 8749, 30_000, 0],
  ['begin to come then', 8750, 30_000, 1],
  ['are half there half a second later', 9250, 30_000, 6],
  ['are all there a second later', 9750, 30_000, 10],
  ['are not waited for longer than 5 s', 10_000, 600_000, 1],
  ['and are there then, too', 11_000, 600_000, 10],
])('clients that stall %s', (_name, elapsedMs, durationMs, expected) => {
  expect(stallersBy(elapsedMs, 10, 5000, durationMs)).toBe(expected);
});

it('clients that stall come all at once where everybody does', () => {
  expect(stallersBy(999, 10, 0, 8000)).toBe(0);
  expect(stallersBy(1000, 10, 0, 8000)).toBe(10);
});

it('clients that stall have all come while most of the load is to come', () => {
  fc.assert(
    fc.property(clientCount, rampMs, fc.integer({ min: 0, max: 86_400_000 }), (stallers, rampMs, durationMs) => {
      const atMs = rampMs + durationMs / 8 + Math.min(rampMs, 1000);
      expect(stallersBy(atMs, stallers, rampMs, durationMs)).toBe(stallers);
      expect(stallersBy(rampMs - 1, stallers, rampMs, durationMs)).toBe(0);
    }),
    runs(300),
  );
});

it('the shares of several processes add up to the whole at any time', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), fc.integer({ min: 1, max: 32 }), (total, count) => {
      const shares = Array.from({ length: count }, (_none, index) => shareOf({ index, count }, total));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
    runs(300),
  );
});

it.each([
  ['none during the ramp', 5000, 5000, 10, 0],
  ['none before the first is due', 5099, 5000, 10, 0],
  ['first after one interval', 5100, 5000, 10, 1],
  ['at their rate from then on', 65_000, 5000, 10, 600],
  ['less than one a second', 15_000, 5000, 0.5, 5],
  ['none without churn', 1e9, 5000, 0, 0],
  ['none before the run', -5, 0, 10, 0],
])('the departures of clients: %s', (_name, elapsedMs, rampMs, churnPerSecond, expected) => {
  expect(departuresBy(elapsedMs, rampMs, churnPerSecond)).toBe(expected);
});

it('the departures of clients: never go back and are whole', () => {
  fc.assert(
    fc.property(rampMs, fc.double({ min: 0, max: 1000, noNaN: true }), timeMs, timeMs, (rampMs, rate, a, b) => {
      const [early, late] = [departuresBy(Math.min(a, b), rampMs, rate), departuresBy(Math.max(a, b), rampMs, rate)];
      expect(early).toBeLessThanOrEqual(late);
      expect(Number.isInteger(early) && early >= 0).toBe(true);
    }),
    runs(1000),
  );
});

it.each([
  [
    'the default mix',
    1000,
    { healthy: 94, slow: 2, stalled: 2, vanished: 0, abrupt: 1, resuming: 1 },
    { healthy: 940, slow: 20, stalled: 20, vanished: 0, abrupt: 10, resuming: 10 },
  ],
  ['weights that do not add up to 100', 10, { a: 1, b: 1 }, { a: 5, b: 5 }],
  ['remainders that go to the largest', 10, { a: 1, b: 1, c: 1 }, { a: 4, b: 3, c: 3 }],
  ['a small weight that gets one all the same', 10, { a: 99, b: 1 }, { a: 9, b: 1 }],
  ['several small weights', 5, { a: 97, b: 1, c: 1, d: 1 }, { a: 2, b: 1, c: 1, d: 1 }],
  ['as many clients as kinds', 3, { a: 1000, b: 1, c: 1 }, { a: 1, b: 1, c: 1 }],
  ['fewer clients than kinds', 1, { a: 1, b: 5, c: 1 }, { a: 0, b: 1, c: 0 }],
  ['no clients', 0, { a: 1, b: 1 }, { a: 0, b: 0 }],
  ['one kind', 7, { a: 0.001, b: 0 }, { a: 7, b: 0 }],
  ['fractions that are not exact in binary', 10, { a: 0.1, b: 0.2, c: 0.7 }, { a: 1, b: 2, c: 7 }],
])('the split into kinds %s', (_name, clients, weights, expected) => {
  expect(apportion<string>(clients, weights)).toEqual(expected);
});

const weight = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 100 }),
  fc.double({ min: 0.001, max: 1_000_000, noNaN: true }),
);
const weights = fc
  .array(weight, { minLength: 1, maxLength: 6 })
  .filter((all) => all.some((one) => one > 0))
  .map((all) => Object.fromEntries(all.map((one, at) => [`kind${at}`, one])));

it('the split into kinds adds up exactly, is fair to a client, and leaves out nobody for whom there is room', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), weights, (clients, weights) => {
      const counts = apportion<string>(clients, weights);
      const asked = Object.entries(weights).filter(([, one]) => one > 0);
      const total = asked.reduce((sum, [, one]) => sum + one, 0);
      expect(Object.keys(counts)).toEqual(Object.keys(weights));
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(clients);
      for (const [kind, one] of Object.entries(weights)) {
        const count = counts[kind] as number;
        expect(Number.isInteger(count) && count >= 0).toBe(true);
        expect(count === 0 || one > 0).toBe(true);
        expect(count).toBeGreaterThanOrEqual(one > 0 && clients >= asked.length ? 1 : 0);
        // What the smallest kinds are given beyond their share, the largest go without.
        expect(Math.abs(count - (clients * one) / total)).toBeLessThanOrEqual(1 + asked.length);
      }
    }),
    runs(600),
  );
});
