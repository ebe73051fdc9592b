import * as fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { drawdownBytes, lowerEnvelope, median, type SizeSample } from '../../src/memory/trend-envelope.ts';
import { theilSen } from '../../src/memory/trend-slope.ts';
import { type Growth, growthOf, loadMinutesToTell, warmUpMs } from '../../src/memory/trend.ts';
import {
  both,
  cache,
  curve,
  doubling,
  flat,
  garbage,
  inPieces,
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
const MINUTE_MS = 60_000;
const SEEDS = 1000;

type Verdict = Growth['verdict'];

/** What becomes of the same 1,000 seeds, always: rates are figures of the method, not of the day. */
interface Trial {
  noise: number;
  loadMs?: number;
  seeds?: number;
  mayBeGarbage?: boolean;
}

function verdicts(
  shape: Shape,
  { noise, loadMs = MINUTE_MS, seeds = SEEDS, mayBeGarbage = false }: Trial,
): Record<Verdict, number> {
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0, 'not-measured': 0 };
  for (let number = 1; number <= seeds; number++) {
    counts[growthOf(curve(shape, number, loadMs, noise).samples, { loadFromMs: RAMP_MS, mayBeGarbage }).verdict] += 1;
  }
  return counts;
}

const rates: string[] = [];
function printed(name: string, counts: Record<Verdict, number>): Record<Verdict, number> {
  rates.push(
    `  ${name.padEnd(58)} pass ${String(counts.pass).padStart(4)}  fail ${String(counts.fail).padStart(4)}  inconclusive ${String(counts.inconclusive).padStart(4)}`,
  );
  return counts;
}

afterAll(() => process.stdout.write(`Memory growth, verdicts by kind of curve:\n${rates.join('\n')}\n`));

function line(count: number, slope: number): SizeSample[] {
  return Array.from({ length: count }, (_, at) => ({ tMs: at * 1000, bytes: MB + at * 1000 * slope }));
}

function points(...bytes: number[]): SizeSample[] {
  return bytes.map((value, at) => ({ tMs: at * 10, bytes: value }));
}

/** All figures are null, or all are numbers and in order. */
function isCoherent({ verdict, line, ...figures }: Growth): boolean {
  if (figures.bytesPerMinute === null)
    return (
      line === null &&
      Object.values(figures).every((figure) => figure === null) &&
      (verdict === 'inconclusive' || verdict === 'not-measured')
    );
  const { bytesPerMinute, low, high, limitBytesPerMinute } = figures;
  return (
    [...Object.values(figures), ...Object.values(line ?? {})].every((figure) => Number.isFinite(figure)) &&
    low <= bytesPerMinute &&
    bytesPerMinute <= high &&
    limitBytesPerMinute > 0
  );
}

it.each<[string, Shape, number]>([
  ['flat', flat, 0],
  ['flat', flat, 0.001],
  ['flat', flat, 0.01],
  ['sawtooth up to 200 MB', sawtooth, 0.0005],
  ['sawtooth up to 200 MB', sawtooth, 0.003],
  ['cache that fills evenly', cache, 0.0005],
  ['cache that fills evenly', cache, 0.003],
  ['cache that fills ever more slowly', slowingCache, 0.0005],
  ['cache that fills ever more slowly', slowingCache, 0.003],
  ['step', step, 0.0005],
  ['step', step, 0.003],
  ['plateau', plateau, 0.0005],
  ['plateau', plateau, 0.003],
])('growth of sound memory never fails in a minute: %s, %#', (name, shape, noise) => {
  expect(printed(`60 s, ${name}, noise ${noise * 100} %`, verdicts(shape, { noise })).fail).toBe(0);
});

it.each<[string, Shape]>([
  ['flat', flat],
  ['sawtooth up to 200 MB', sawtooth],
  ['cache that fills evenly', cache],
  ['cache that fills ever more slowly', slowingCache],
  ['step', step],
  ['plateau', plateau],
  ['wandering', wandering],
])('growth of sound memory never fails in ten minutes: %s', (name, shape) => {
  expect(
    printed(
      `10 min, ${name}, noise 0.1 %, 200 seeds`,
      verdicts(shape, { noise: 0.001, loadMs: 10 * MINUTE_MS, seeds: 200 }),
    ).fail,
  ).toBe(0);
});

// A figure and no promise: a walk that remembers itself for ten seconds has trends in a minute that nobody can tell
// apart.
it('growth of sound memory fails a few times in a thousand when it wanders', () => {
  expect(printed('60 s, wandering', verdicts(wandering, { noise: 0.0002 })).fail).toBeLessThanOrEqual(5);
});

it('growth of sound memory passes when it is flat, and does not when it is too noisy to be told', () => {
  expect(verdicts(flat, { noise: 0.001, seeds: 200 })).toMatchObject({ pass: 200 });
  expect(verdicts(flat, { noise: 0.05, seeds: 200 }).pass).toBeLessThan(20);
});

it('growth of sound memory passes when it grew and came to rest', () => {
  expect(verdicts(cache, { noise: 0.0005, loadMs: 10 * MINUTE_MS, seeds: 200 })).toMatchObject({ pass: 200 });
});

it.each<[string, Shape, number]>([
  ['1 % of the baseline a minute', leak(0.01), 0],
  ['1 % of the baseline a minute', leak(0.01), 0.0003],
  ['3 % of the baseline a minute', leak(0.03), 0.001],
  ['20 % of the baseline a minute', leak(0.2), 0.005],
  ['100 % of the baseline a minute', leak(1), 0.02],
  ['2 % of the baseline a minute, in pieces of 64 KiB', inPieces(leak(0.02), 64 * 1024), 0],
])('growth of a leak is found in a minute: %s, %#', (name, shape, noise) => {
  expect(printed(`60 s, leak of ${name}, noise ${noise * 100} %`, verdicts(shape, { noise }))).toMatchObject({
    fail: SEEDS,
  });
});

it('growth of a leak never passes under a sawtooth, and is found there when it is large against it', () => {
  const loadMs = 10 * MINUTE_MS;
  expect(
    printed(
      '10 min, leak of 5 % under a sawtooth, 200 seeds',
      verdicts(both(leak(0.05), sawtooth), { noise: 0.0005, loadMs, seeds: 200 }),
    ).pass,
  ).toBe(0);
  expect(
    printed(
      '10 min, leak of 100 % under a sawtooth, 200 seeds',
      verdicts(both(leak(1), sawtooth), { noise: 0.0005, loadMs, seeds: 200 }),
    ).fail,
  ).toBeGreaterThan(190);
});

it('growth of a leak of a tenth of the memory over an hour is too much, and of a fiftieth is not', () => {
  const loadMs = 60 * MINUTE_MS;
  expect(verdicts(leak(0.12 / 60), { noise: 0.001, loadMs, seeds: 20 })).toMatchObject({ fail: 20 });
  expect(verdicts(leak(0.02 / 60), { noise: 0.001, loadMs, seeds: 20 })).toMatchObject({ pass: 20 });
});

it('growth of a leak is measured, and the interval holds its slope as often as it says', () => {
  let inside = 0;
  for (let number = 1; number <= SEEDS; number++) {
    const { baselineBytes, samples } = curve(leak(0.05), number, 2 * MINUTE_MS, 0.0005);
    const growth = growthOf(samples, { loadFromMs: RAMP_MS });
    const trueBytesPerMinute = baselineBytes * 0.05;
    if ((growth.low ?? Infinity) <= trueBytesPerMinute && trueBytesPerMinute <= (growth.high ?? -Infinity)) inside += 1;
    expect(Math.abs((growth.bytesPerMinute ?? 0) / trueBytesPerMinute - 1)).toBeLessThan(0.04);
  }
  expect(inside).toBeGreaterThan(0.97 * SEEDS);
});

it('growth of a leak is found although every seventh sample and ten seconds are missing', () => {
  for (let number = 1; number <= 100; number++) {
    const { samples } = curve(leak(0.03), number, 2 * MINUTE_MS, 0.0003);
    const gaps = samples.filter(({ tMs }, at) => at % 7 !== 0 && (tMs < 60_000 || tMs > 70_000));
    expect(growthOf(gaps, { loadFromMs: RAMP_MS }).verdict).toBe('fail');
  }
});

it.each<[string, Shape, number]>([
  ['flat', flat, 1],
  ['flat', flat, 10],
  ['garbage of 20 to 64 MB', garbage, 1],
  ['garbage of 20 to 64 MB', garbage, 2],
  ['garbage of 20 to 64 MB', garbage, 10],
  ['garbage and a sawtooth up to 200 MB', both(garbage, sawtooth), 1],
  ['garbage and a sawtooth up to 200 MB', both(garbage, sawtooth), 10],
  ['cache that fills evenly', cache, 1],
  ['cache that fills ever more slowly', slowingCache, 1],
  ['step', step, 1],
  ['plateau', plateau, 1],
  ['plateau', plateau, 10],
  ['wandering', wandering, 1],
  ['heap that doubles once', doubling, 1],
  ['heap that doubles once', doubling, 2],
  ['heap that doubles once', doubling, 3],
  ['heap that doubles once', doubling, 5],
])('growth where nobody can ask for a garbage collection never fails: %s, %#', (name, shape, minutes) => {
  const seeds = minutes > 2 ? 200 : SEEDS;
  expect(
    printed(
      `uncollected, ${minutes} min, ${name}, ${seeds} seeds`,
      verdicts(shape, { noise: 0.0005, loadMs: minutes * MINUTE_MS, seeds, mayBeGarbage: true }),
    ).fail,
  ).toBe(0);
});

it.each<[string, Shape, number]>([
  ['400 % of the baseline a minute', leak(4), 1],
  ['100 % of the baseline a minute', leak(1), 3.5],
  ['20 % of the baseline a minute', leak(0.2), 20],
  ['1 % of the baseline a minute', leak(0.01), 180],
])('growth where nobody can ask for a garbage collection finds a leak of %s, %#', (name, shape, minutes) => {
  const seeds = minutes > 2 ? 50 : SEEDS;
  expect(
    printed(
      `uncollected, ${minutes} min, leak of ${name}, ${seeds} seeds`,
      verdicts(shape, { noise: 0.0005, loadMs: minutes * MINUTE_MS, seeds, mayBeGarbage: true }),
    ),
  ).toMatchObject({ fail: seeds });
});

it.each<[string, number, number]>([
  ['1 % of the baseline a minute', 0.01, 1],
  ['5 % of the baseline a minute', 0.05, 2],
  ['1 % of the baseline a minute', 0.01, 10],
])('growth where nobody can ask for a garbage collection never passes a leak of %s, %#', (name, share, minutes) => {
  expect(
    printed(
      `uncollected, ${minutes} min, leak of ${name}, 200 seeds`,
      verdicts(leak(share), { noise: 0.0003, loadMs: minutes * MINUTE_MS, seeds: 200, mayBeGarbage: true }),
    ).pass,
  ).toBe(0);
});

it('growth where nobody can ask for a garbage collection differs from growth where somebody can in one thing: it cannot be told whether what rises is a leak', () => {
  const shapes = fc.constantFrom(
    flat,
    sawtooth,
    cache,
    slowingCache,
    step,
    plateau,
    wandering,
    garbage,
    leak(0.02),
    leak(0.5),
    leak(4),
    both(leak(1), sawtooth),
  );
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 12 }), (shape, number, minutes) => {
      const { samples } = curve(shape, number, minutes * MINUTE_MS, 0.001);
      const strict = growthOf(samples, { loadFromMs: RAMP_MS });
      const lenient = growthOf(samples, { loadFromMs: RAMP_MS, mayBeGarbage: true });
      expect(isCoherent(lenient)).toBe(true);
      expect(
        lenient.verdict === strict.verdict || (strict.verdict === 'fail' && lenient.verdict === 'inconclusive'),
      ).toBe(true);
    }),
    { numRuns: 200 },
  );
});

const NULLS = { bytesPerMinute: null, low: null, high: null, limitBytesPerMinute: null, line: null };

it('the growth of memory of nothing is not measured', () => {
  expect(growthOf([], { loadFromMs: 0 })).toEqual({ ...NULLS, verdict: 'not-measured' });
});

it('the growth of memory of half a minute cannot be told', () => {
  expect(growthOf(curve(leak(1), 1, 45_000, 0).samples, { loadFromMs: RAMP_MS })).toEqual({
    ...NULLS,
    verdict: 'inconclusive',
  });
  expect(growthOf([{ tMs: 5, bytes: 1 }], { loadFromMs: 0 })).toEqual({ ...NULLS, verdict: 'inconclusive' });
});

it('the growth of memory of a minute with a sample here and there cannot be told', () => {
  const { samples } = curve(leak(1), 1, MINUTE_MS, 0);
  expect(
    growthOf(
      samples.filter((_, at) => at % 3 === 0),
      { loadFromMs: RAMP_MS },
    ),
  ).toEqual({ ...NULLS, verdict: 'inconclusive' });
});

it('the growth of memory does not look at the ramp and the warm-up', () => {
  const { samples } = curve(flat, 1, 2 * MINUTE_MS, 0);
  const spoiled = samples.map(({ tMs, bytes }) => ({ tMs, bytes: tMs < RAMP_MS + 24_000 ? tMs * 1000 : bytes }));
  expect(growthOf(spoiled, { loadFromMs: RAMP_MS })).toEqual(growthOf(samples, { loadFromMs: RAMP_MS }));
});

it('the growth of memory is the same at any time of day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e9 }), (number, laterMs) => {
      const { samples } = curve(both(leak(0.02), sawtooth), number, MINUTE_MS, 0.001);
      const later = growthOf(
        samples.map(({ tMs, bytes }) => ({ tMs: tMs + laterMs, bytes })),
        { loadFromMs: RAMP_MS + laterMs },
      );
      const now = growthOf(samples, { loadFromMs: RAMP_MS });
      expect(later.verdict).toBe(now.verdict);
      expect(later.bytesPerMinute).toBeCloseTo(now.bytesPerMinute ?? Number.NaN, 0);
    }),
    { numRuns: 50 },
  );
});

it('the growth of memory has finite figures, in order, of whatever is thrown at it', () => {
  const samples = fc.array(
    fc.record({ gapMs: fc.integer({ min: 1, max: 5000 }), bytes: fc.integer({ min: 0, max: 2 ** 40 }) }),
    { maxLength: 400 },
  );
  fc.assert(
    fc.property(samples, fc.integer({ min: 0, max: 60_000 }), (gaps, loadFromMs) => {
      let tMs = 0;
      const growth = growthOf(
        gaps.map(({ gapMs, bytes }) => ({ tMs: (tMs += gapMs), bytes })),
        { loadFromMs },
      );
      expect(isCoherent(growth)).toBe(true);
      expect(growth.verdict === 'not-measured').toBe(gaps.length === 0);
    }),
    { numRuns: 300 },
  );
});

it('the growth of memory drops a fifth of a load, five minutes at most, and wants forty seconds besides', () => {
  expect(warmUpMs(49_000)).toBeNull();
  expect(warmUpMs(60_000)).toBe(12_000);
  expect(warmUpMs(86_400_000)).toBe(300_000);
  expect(warmUpMs(-1)).toBeNull();
});

it('the growth of memory says how long a load must last until it can be told from garbage', () => {
  expect(loadMinutesToTell(700 * MB, 100 * MB)).toBe(1);
  expect(loadMinutesToTell(100 * MB, 50 * MB)).toBe(2);
  expect(loadMinutesToTell(10 * MB, 100 * MB)).toBe(15);
  expect(loadMinutesToTell(0, 100 * MB)).toBeNull();
});

it('the slope of Theil and Sen of a line is its slope, with no interval at all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: -1000, max: 1000 }), (count, slope) => {
      expect(theilSen(line(count, slope))).toEqual({ slope, low: slope, high: slope });
    }),
    { numRuns: 100 },
  );
});

it('the slope of Theil and Sen is not moved by a quarter of the points, wherever they lie', () => {
  const places = fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(
      places,
      fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 10, maxLength: 10 }),
      (wild, values) => {
        const spoiled = line(40, 10);
        for (const [at, index] of wild.entries()) (spoiled[index] as SizeSample).bytes = values[at] as number;
        expect(theilSen(spoiled).slope).toBeCloseTo(10, 6);
      },
    ),
    { numRuns: 200 },
  );
});

it('the slope of Theil and Sen has the interval of a worked example', () => {
  // By hand: ten slopes, Kendall's variance 16.67, C = 2.576 × 4.08 = 10.5: all ten of them.
  const five = [
    [0, 10],
    [1, 12],
    [2, 11],
    [3, 15],
    [4, 14],
  ].map(([tMs, bytes]) => ({ tMs: tMs as number, bytes: bytes as number }));
  expect(theilSen(five)).toEqual({ slope: 1.25, low: -1, high: 4 });
});

it('the slope of Theil and Sen of memory that stands still is nothing, and surely so', () => {
  expect(theilSen(line(30, 0))).toEqual({ slope: 0, low: 0, high: 0 });
});

it('the lower envelope has the lowest of each window, at its middle', () => {
  expect(lowerEnvelope(points(5, 3, 9, 7, 1, 8, 6), 3)).toEqual([
    { tMs: 10, bytes: 3 },
    { tMs: 30, bytes: 7 },
    { tMs: 50, bytes: 1 },
  ]);
});

it('the lower envelope leaves out windows without a sample', () => {
  const gap = [
    { tMs: 0, bytes: 4 },
    { tMs: 1, bytes: 2 },
    { tMs: 100, bytes: 6 },
  ];
  expect(lowerEnvelope(gap, 4)).toEqual([
    { tMs: 12.5, bytes: 2 },
    { tMs: 87.5, bytes: 6 },
  ]);
  expect(lowerEnvelope([], 4)).toEqual([]);
  expect(lowerEnvelope([{ tMs: 7, bytes: 4 }], 3)).toEqual([{ tMs: 7, bytes: 4 }]);
});

it('the lower envelope is never above a sample of its window, and holds the lowest of all', () => {
  const bytes = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 60 }), (values, windows) => {
      const envelope = lowerEnvelope(points(...values), windows);
      expect(Math.min(...envelope.map((point) => point.bytes))).toBe(Math.min(...values));
      expect(envelope.length).toBeLessThanOrEqual(windows);
      expect(envelope.every((point) => values.includes(point.bytes))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it('the lower envelope falls back as far as its deepest fall', () => {
  expect(drawdownBytes(points(1, 5, 3, 9, 4, 8))).toBe(5);
  expect(drawdownBytes(points(1, 2, 3))).toBe(0);
  expect(drawdownBytes([])).toBe(0);
});

it('the lower envelope has a median', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
  expect(median([])).toBeNaN();
});
