import { expect, it } from 'vitest';
import { NumberRange } from '../../src/accounts/number-range.ts';

function isCovered(numbers: readonly number[]): boolean {
  const range = new NumberRange();
  for (const number of numbers) range.note(number);
  return range.isCovered;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
/** Each fifth comes behind the two that follow it. */
const late = upTo(40).toSorted((a, b) => a + (a % 5 === 0 ? 2.5 : 0) - (b + (b % 5 === 0 ? 2.5 : 0)));

it.each<[string, readonly number[], boolean]>([
  ['rise by one', upTo(20), true],
  ['are late now and then', late, true],
  ['are swapped in pairs', upTo(20).map((n) => (n % 2 === 0 ? n - 1 : n + 1)), true],
  ['have a hole', upTo(20).filter((n) => n !== 7), true],
  ['are too few', upTo(8), false],
  ['count down', upTo(20).toReversed(), false],
  ['rise by two', upTo(20).map((n) => 2 * n), false],
  ['are all over the place', upTo(100).map((n) => (n * 37) % 101), false],
  ['are random', [5, 900, 17, 333, 2, 76, 41, 508, 90, 14], false],
])('numbers that %s', (_name, numbers, covered) => {
  expect(isCovered(numbers)).toBe(covered);
});
