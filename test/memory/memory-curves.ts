/**
 * Memory as processes have it, one sample a second, from a seed: sound ones of several kinds, and leaks.
 */
import { Random } from '../../src/core/random.ts';
import type { SizeSample } from '../../src/memory/trend.ts';

const MB = 1e6;
const SAMPLE_MS = 1000;

/** Size above the baseline at a share of the load, 0 to 1; made anew for each seed. */
export type Shape = (random: Random, baselineBytes: number, loadMs: number) => (tMs: number) => number;

export interface Curve {
  baselineBytes: number;
  samples: SizeSample[];
}

/** A load of `loadMs` after a ramp of 5 s, in which each client costs something. */
export function curve(shape: Shape, seed: number, loadMs: number, noiseShare: number): Curve {
  const random = new Random(seed);
  const baselineBytes = random.between(40 * MB, 400 * MB);
  const above = shape(random, baselineBytes, loadMs);
  const samples: SizeSample[] = [];
  for (let tMs = SAMPLE_MS; tMs <= RAMP_MS + loadMs; tMs += SAMPLE_MS) {
    const jitterMs = random.between(0, 30);
    const ramp = Math.min(1, tMs / RAMP_MS) * 0.2 * baselineBytes;
    const noise = gaussian(random) * noiseShare * baselineBytes;
    samples.push({
      tMs: tMs + jitterMs,
      bytes: pages(baselineBytes * 0.8 + ramp + noise + above(Math.max(0, tMs + jitterMs - RAMP_MS))),
    });
  }
  return { baselineBytes, samples };
}

export const RAMP_MS = 5000;

export const flat: Shape = () => () => 0;

/** A garbage collector: rises by up to 200 MB and falls back to the floor, three times at least. */
export const sawtooth: Shape = (random, _baselineBytes, loadMs) => {
  const amplitude = random.between(2 * MB, 200 * MB);
  const periodMs = random.between(2000, loadMs / 3);
  let startMs = -random.between(0, periodMs);
  let lengthMs = periodMs * random.between(0.8, 1.2);
  return (tMs) => {
    while (tMs >= startMs + lengthMs) {
      startMs += lengthMs;
      lengthMs = periodMs * random.between(0.8, 1.2);
    }
    return (amplitude * (tMs - startMs)) / lengthMs;
  };
};

/** Fills evenly, and is full at 60 % of the load at the latest. */
export const cache: Shape = (random, baselineBytes, loadMs) => {
  const size = baselineBytes * random.between(0.02, 1);
  const fullMs = loadMs * random.between(0.1, 0.6);
  return (tMs) => size * Math.min(1, tMs / fullMs);
};

/** Fills ever more slowly: what is not there yet shrinks to a third (1/e) in a quarter of the load at most. */
export const slowingCache: Shape = (random, baselineBytes, loadMs) => {
  const size = baselineBytes * random.between(0.02, 1);
  const tauMs = loadMs * random.between(0.03, 0.25);
  return (tMs) => size * (1 - Math.exp(-tMs / tauMs));
};

export const step: Shape = (random, baselineBytes, loadMs) => {
  const size = baselineBytes * random.between(0.01, 0.5);
  const atMs = loadMs * random.between(0, 1);
  return (tMs) => (tMs < atMs ? 0 : size);
};

/** Flat, then a slope, then flat. */
export const plateau: Shape = (random, baselineBytes, loadMs) => {
  const size = baselineBytes * random.between(0.01, 0.5);
  const fromMs = loadMs * random.between(0, 0.5);
  const toMs = random.between(fromMs, loadMs * 0.7);
  return (tMs) => size * Math.min(1, Math.max(0, (tMs - fromMs) / (toMs - fromMs)));
};

/** Wanders about its mean as allocators do: each second is nine tenths of the one before. */
export const wandering: Shape = (random, baselineBytes) => {
  let above = 0;
  return () => {
    above = 0.9 * above + gaussian(random) * baselineBytes * 0.001;
    return above;
  };
};

/**
 * A runtime that has not collected its old garbage yet: rises in an even line by what Node was measured to, 20 to
 * 64 MB, within a minute to ten, and stays there.
 */
export const garbage: Shape = (random) => {
  const size = random.between(20 * MB, 64 * MB);
  const lastsMs = random.between(60_000, 600_000);
  return (tMs) => size * Math.min(1, tMs / lastsMs);
};

/**
 * A heap that doubles until it is collected, 20 to 120 s after it began to, and keeps what it has: it rises by what was in
 * use once, from the first fifth of the load on at the latest.
 */
export const doubling: Shape = (random, baselineBytes, loadMs) => {
  const lastsMs = random.between(20_000, 120_000);
  const fromMs = random.between(-lastsMs, loadMs * 0.2);
  return (tMs) => baselineBytes * Math.min(1, Math.max(0, (tMs - fromMs) / lastsMs));
};

/** So much of the baseline a minute, from the start on. */
export function leak(shareAMinute: number): Shape {
  return (_random, baselineBytes) => (tMs) => (baselineBytes * shareAMinute * tMs) / 60_000;
}

export function both(first: Shape, second: Shape): Shape {
  return (random, baselineBytes, loadMs) => {
    const one = first(random, baselineBytes, loadMs);
    const other = second(random, baselineBytes, loadMs);
    return (tMs) => one(tMs) + other(tMs);
  };
}

/** A leak that takes its memory from the system in pieces. */
export function inPieces(shape: Shape, pieceBytes: number): Shape {
  return (random, baselineBytes, loadMs) => {
    const above = shape(random, baselineBytes, loadMs);
    return (tMs) => Math.ceil(above(tMs) / pieceBytes) * pieceBytes;
  };
}

/** Box and Muller. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function pages(bytes: number): number {
  return Math.round(bytes / 4096) * 4096;
}
