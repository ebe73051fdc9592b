import { expect, it } from 'vitest';
import { delayedBy, type Delayed } from '../../src/findings/delayed-writes.ts';

function found(timesMs: readonly number[], seen: { of?: number; ownStopMs?: number } = {}): Delayed | null {
  return delayedBy({ count: timesMs.length, countAbove: (ms) => timesMs.filter((time) => time > ms).length }, seen);
}

/** Evenly from one to the other. */
function between(count: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: count }, (_none, at) => fromMs + ((toMs - fromMs) * at) / (count - 1));
}

it.each<[name: string, timesMs: number[], delayMs: number]>([
  ['by 40 ms and a little', between(20, 40.2, 44), 40],
  ['by 40 ms on a busy machine', [...between(12, 40.2, 44), ...between(8, 45, 70)], 40],
  ['by 200 ms and a little', between(20, 200.1, 206), 200],
  ['by 40 ms, every second one', [...between(20, 0.5, 3), ...between(20, 40.2, 44)], 40],
])('what is late %s is late by a delayed acknowledgement', (_name, timesMs, delayMs) => {
  expect(found(timesMs)).toMatchObject({ delayMs, of: timesMs.length });
});

it.each<[name: string, timesMs: number[]]>([
  ['on time', between(50, 0.2, 14)],
  ['late by any time up to 80 ms', between(50, 0.2, 80)],
  ['late by 50 ms', between(50, 50.1, 54)],
  ['late by 100 ms', between(50, 100.1, 104)],
  ['late by 30 ms and more', between(50, 30, 60)],
  ['late by 40 ms now and then', [...between(80, 0.5, 3), ...between(20, 40.2, 44)]],
  ['late by 40 ms too seldom to tell', between(7, 40.2, 44)],
])('what is %s is not late by a delayed acknowledgement', (_name, timesMs) => {
  expect(found(timesMs)).toBeNull();
});

it('what is late is held against all that could have been', () => {
  expect(found(between(20, 40.2, 44), { of: 60 })).toMatchObject({ delayed: 20, of: 60 });
  expect(found(between(20, 40.2, 44), { of: 90 })).toBeNull();
});

/** As a process reads it that stands still now and then: the rest of an event sooner than it came, or later. */
const READ_LATE = [...between(6, 17, 37), ...between(36, 40, 46), ...between(20, 46, 60), ...between(20, 61, 190)];

it('events whose rest is read sooner and later than it came are known by the delay where we stood still ourselves', () => {
  expect(found(READ_LATE, { ownStopMs: 60 })).toMatchObject({ delayMs: 40, delayed: 56, of: 82 });
  expect(found(READ_LATE)).toBeNull();
});

it.each<[name: string, timesMs: number[]]>([
  ['any time up to 80 ms', between(80, 0.2, 80)],
  ['30 to 60 ms', between(60, 30, 60)],
  ['50 ms, and some sooner', [...between(12, 40, 46), ...between(45, 47, 60), ...between(20, 61, 190)]],
  ['50 ms', [...between(10, 20, 49), ...between(40, 50.1, 60), ...between(20, 60, 190)]],
  ['35 to 45 ms', between(60, 35, 45)],
  ['30 ms', [...between(40, 30.1, 38), ...between(40, 38, 60)]],
])('a rest after %s is none of a delayed acknowledgement, also where we stood still ourselves', (_name, timesMs) => {
  expect(found(timesMs, { ownStopMs: 400 })).toBeNull();
});
