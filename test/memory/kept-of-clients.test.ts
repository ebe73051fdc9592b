import { expect, it } from 'vitest';
import { isWorthAWave, risesWithClients, wasGarbage } from '../../src/memory/kept-of-clients.ts';

const MIB = 1024 * 1024;

/** One sample a second, in MiB. */
function samples(...sizes: number[]): { tMs: number; bytes: number }[] {
  return sizes.map((size, at) => ({ tMs: at * 1000, bytes: size * MIB }));
}

function line(from: number, perSecond: number, seconds: number): number[] {
  return Array.from({ length: seconds + 1 }, (_none, at) => from + at * perSecond);
}

it.each<[string, number[]]>([
  ['an even line beyond 160 MiB', line(20, 15, 12)],
  [
    'what was measured of a server that forgets none of its clients',
    [39, 55, 79, 109, 130, 156, 178, 201, 223, 246, 268, 290, 313, 336, 359, 382, 401, 401, 419, 445, 451],
  ],
  ['half again as much as was there, of a large one', line(400, 50, 13)],
])('memory rises with the clients of a wave: %s', (_which, sizes) => {
  expect(risesWithClients(samples(...sizes))).toBe(true);
});

it.each<[string, number[]]>([
  ['nothing', []],
  ['too few samples', line(20, 40, 5)],
  ['less than garbage does', line(20, 6, 20)],
  [
    'what was measured of a sound server, whose runtime collected',
    [20, 31, 44, 55, 68, 72, 59, 58, 60, 72, 74, 76, 76, 78, 78, 78, 80, 78, 78, 79, 79],
  ],
  ['a fall on the way', [...line(20, 30, 6), ...line(120, 30, 6)]],
  ['a rise that levels off', [...line(20, 30, 8), ...line(261, 1, 8)]],
  ['less than half again of what was there', line(400, 20, 12)],
])('memory does not rise with the clients of a wave: %s', (_which, sizes) => {
  expect(risesWithClients(samples(...sizes))).toBe(false);
});

it.each([
  ['22 MiB of 325 streams', 22, 325, true],
  ['7 MiB of 150 streams', 7, 150, false],
  ['9 MiB of 1,000 streams', 9, 1000, false],
])('a wave is worth its time after %s: %s', (_which, size, streams, is) => {
  expect(isWorthAWave({ bytes: size * MIB, streams })).toBe(is);
});

it.each([
  ['less than a quarter of it for each stream', { bytes: 25 * MIB, streams: 4000 }, true],
  ['half of it for each stream', { bytes: 60 * MIB, streams: 4000 }, false],
  ['as much for each stream', { bytes: 120 * MIB, streams: 4000 }, false],
  ['nothing, of fewer streams than the run', { bytes: 0, streams: 50 }, false],
])('what a run left was garbage where a wave leaves %s', (_which, wave, is) => {
  expect(wasGarbage({ bytes: 9 * MIB, streams: 300 }, wave)).toBe(is);
});
