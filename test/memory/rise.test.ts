import { expect, it } from 'vitest';
import { noteworthyRise } from '../../src/memory/rise.ts';
import {
  emptySample,
  emptyServerRecord,
  NO_ORIGIN,
  type ServerRecord,
  type ServerSample,
} from '../../src/memory/server-memory.ts';

const MiB = 1024 * 1024;
const LOAD = { loadFromMs: 5000, streams: 100 };

interface Course {
  baseline: number | null;
  /** One a second from the first second on. */
  loaded: (number | null)[];
  settled?: (number | null)[];
}

function at(tMs: number, mebibytes: number | null): ServerSample {
  return { ...emptySample(tMs), rssBytes: mebibytes === null ? null : mebibytes * MiB };
}

function record({ baseline, loaded, settled = [] }: Course): ServerRecord {
  const settling = settled.map((mebibytes, index) => at(40_000 + index * 250, mebibytes));
  return {
    ...emptyServerRecord(NO_ORIGIN),
    baseline: at(0, baseline),
    samples: loaded.map((mebibytes, index) => at((index + 1) * 1000, mebibytes)),
    settling,
    settled: settling.at(-1) ?? null,
  };
}

function seconds(count: number, mebibytesAt: (second: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => mebibytesAt(index + 1));
}

it.each<[string, Course]>([
  ['stands still', { baseline: 50, loaded: seconds(30, () => 60), settled: [60, 60] }],
  ['rises with the clients', { baseline: 50, loaded: seconds(30, (s) => Math.min(s, 5) * 20), settled: [100] }],
  ['is a sawtooth of 100 MiB', { baseline: 50, loaded: seconds(30, (s) => 60 + (s % 5) * 25), settled: [60] }],
  ['rises by less than 32 MiB', { baseline: 20, loaded: seconds(35, (s) => 20 + s), settled: [50] }],
  ['rises by less than a fifth', { baseline: 900, loaded: seconds(35, (s) => 900 + 4 * s), settled: [1040] }],
  ['leaves less than 64 MiB behind', { baseline: 10, loaded: seconds(30, () => 60), settled: [60] }],
  ['was never read', { baseline: null, loaded: [null, null], settled: [null] }],
])('a rise of memory is not worth a word where it %s', (_name, course) => {
  expect(noteworthyRise(record(course), LOAD)).toBeNull();
});

it('a rise of memory under an even load has its figures and its pace', () => {
  expect(
    noteworthyRise(record({ baseline: 20, loaded: seconds(35, (s) => 20 + 10 * s), settled: [375] }), LOAD),
  ).toEqual({
    beforeBytes: 20 * MiB,
    loadedBytes: 370 * MiB,
    settledBytes: 375 * MiB,
    evenBytesPerMinute: expect.closeTo(600 * MiB, -8) as number,
    keptBytes: 355 * MiB,
  });
});

it('a rise of memory that came with the clients and did not leave with them is worth a word', () => {
  const kept = record({ baseline: 50, loaded: seconds(30, () => 300), settled: [290, 280, 285] });
  expect(noteworthyRise(kept, LOAD)).toMatchObject({ evenBytesPerMinute: null, keptBytes: 230 * MiB });
  expect(noteworthyRise(kept, { ...LOAD, streams: 10_000 })).toBeNull();
});

it('a rise of memory shows also where it was read in a part of the run only', () => {
  expect(
    noteworthyRise(record({ baseline: null, loaded: [null, null, 40], settled: [null, 400] }), LOAD),
  ).toMatchObject({
    beforeBytes: 40 * MiB,
    loadedBytes: 40 * MiB,
    settledBytes: 400 * MiB,
  });
  expect(noteworthyRise(record({ baseline: 40, loaded: [null], settled: [400] }), LOAD)).toMatchObject({
    beforeBytes: 40 * MiB,
    loadedBytes: null,
    settledBytes: 400 * MiB,
  });
});
