import { expect, it } from 'vitest';
import { growthWithoutClients } from '../../src/memory/growth-without-clients.ts';
import type { SizeSample } from '../../src/memory/trend.ts';
import {
  both,
  cache,
  curve,
  doubling,
  flat,
  garbage,
  leak,
  plateau,
  RAMP_MS,
  sawtooth,
  type Shape,
  slowingCache,
  step,
  wandering,
} from './memory-curves.ts';

const MB = 1e6;
const LOAD_MS = 30_000;
const SETTLE_MS = 10_000;
const SEEDS = 500;

/** A sample a second under load, four a second without clients. */
function line(bytesAt: (tMs: number) => number, loadMs = LOAD_MS, settleMs = SETTLE_MS): [SizeSample[], SizeSample[]] {
  const at = (tMs: number): SizeSample => ({ tMs, bytes: bytesAt(tMs) });
  const endMs = RAMP_MS + loadMs;
  return [
    Array.from({ length: endMs / 1000 }, (_, index) => at((index + 1) * 1000)),
    Array.from({ length: settleMs / 250 }, (_, index) => at(endMs + (index + 1) * 250)),
  ];
}

function found(...[loaded, alone]: [SizeSample[], SizeSample[]]): boolean {
  return growthWithoutClients(loaded, alone, { loadFromMs: RAMP_MS }) !== null;
}

/** In how many of the same runs, each of a load and a time without clients. */
function timesFound(shape: Shape): number {
  let times = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { samples } = curve(shape, seed, LOAD_MS + SETTLE_MS, 0.0005);
    const loaded = samples.filter(({ tMs }) => tMs <= RAMP_MS + LOAD_MS);
    // Four samples in a second, as that phase has them.
    const alone = samples
      .filter(({ tMs }) => tMs > RAMP_MS + LOAD_MS)
      .flatMap(({ tMs, bytes }) => [0, 250, 500, 750].map((laterMs) => ({ tMs: tMs + laterMs, bytes })));
    if (found(loaded, alone)) times += 1;
  }
  return times;
}

it.each<[string, Shape]>([
  ['flat', flat],
  ['sawtooth up to 200 MB', sawtooth],
  ['cache that fills evenly', cache],
  ['cache that fills ever more slowly', slowingCache],
  ['step', step],
  ['plateau', plateau],
  ['wandering', wandering],
  ['heap that doubles once', doubling],
  ['garbage of 20 to 64 MB', garbage],
  ['garbage and a sawtooth up to 200 MB', both(garbage, sawtooth)],
  ['leak of 20 % a minute, which half a minute cannot tell from garbage', leak(0.2)],
])('growth without clients is not found in sound memory, and not where nobody can tell: %s', (_name, shape) => {
  expect(timesFound(shape)).toBe(0);
});

it('growth without clients is found where memory rises to several times what it was, at one pace', () => {
  expect(timesFound(leak(20))).toBe(SEEDS);
  const [loaded, alone] = line((tMs) => 50 * MB + tMs * 12_000);
  expect(growthWithoutClients(loaded, alone, { loadFromMs: RAMP_MS })).toMatchObject({
    verdict: 'fail',
    bytesPerMinute: expect.closeTo(720 * MB, -8) as number,
  });
});

const END_MS = RAMP_MS + LOAD_MS;

it.each<[string, (tMs: number) => number]>([
  ['stops with the last client', (tMs) => 50 * MB + Math.min(tMs, END_MS) * 12_000],
  ['falls when the clients leave', (tMs) => 50 * MB + (tMs < END_MS ? tMs * 12_000 : 100 * MB)],
  [
    'rises at half the pace without clients',
    (tMs) => 50 * MB + Math.min(tMs, END_MS) * 12_000 + Math.max(0, tMs - END_MS) * 6000,
  ],
  ['comes to rest while nobody is there', (tMs) => 50 * MB + Math.min(tMs, END_MS + 4000) * 12_000],
  ['is in the ramp and in the settling phase only', (tMs) => (tMs < END_MS ? 400 * MB : 400 * MB + tMs * 12_000)],
  ['is less than a sound runtime lets lie', (tMs) => 50 * MB + tMs * 4000],
  ['is less than double of what was there', (tMs) => 600 * MB + tMs * 12_000],
  ['comes in one step', (tMs) => 50 * MB + tMs * 1000 + (tMs < 20_000 ? 0 : 400 * MB)],
])('growth without clients is not said of memory whose rise %s', (_name, bytesAt) => {
  expect(found(...line(bytesAt))).toBe(false);
});

function rising(tMs: number): number {
  return 50 * MB + tMs * 40_000;
}

it('growth without clients cannot be told of a short load, or of clients that left just now', () => {
  expect(found(...line(rising))).toBe(true);
  expect(found(...line(rising, 20_000))).toBe(false);
  expect(found(...line(rising, LOAD_MS, 3000))).toBe(false);
  expect(found([], [])).toBe(false);
});
