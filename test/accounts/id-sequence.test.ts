import { expect, it } from 'vitest';
import { IdSequence } from '../../src/accounts/id-sequence.ts';

function sequence(...ids: readonly (string | null)[]): IdSequence {
  const found = new IdSequence();
  for (const id of ids) found.note(id);
  return found;
}

const ids = (count: number, id: (n: number) => string | null): (string | null)[] =>
  Array.from({ length: count }, (_, n) => id(n));
const uuids = ids(40, (n) => `0f8fad5b-d9cb-469f-a165-7086772895${String(n * 7).padStart(2, '0')}`);

it.each([
  ['from 0', ids(9, String)],
  ['from 1', ids(9, (n) => String(n + 1))],
  ['from anywhere', ids(9, (n) => String(n + 999_999_999))],
  ['behind a constant prefix', ids(9, (n) => `evt-${n}`)],
  ['behind a prefix that ends in digits and a sign', ids(9, (n) => `v2.1-${n}`)],
  ['every fifth two places late', ids(40, (n) => String(n % 5 === 2 ? n + 2 : n % 5 > 2 ? n - 1 : n))],
  ['with a hole in twenty', ids(20, (n) => String(n < 10 ? n : n + 1))],
])('ids prove to be a sequence %s', (_name, list) => {
  expect(sequence(...list).proven).toBe(true);
});

it.each([
  ['too few', ids(8, String)],
  ['in steps of 2', ids(40, (n) => String(2 * n))],
  ['in steps of 10', ids(40, (n) => String(10 * n))],
  ['downwards', ids(40, (n) => String(100 - n))],
  ['times', ids(40, (n) => String(1_795_306_354_000 + n * 1000 + ((n * 37) % 13)))],
  ['time and sequence, as Redis has them', ids(40, (n) => `${1_795_306_354_000 + n}-0`)],
  ['UUIDs', uuids],
  ['ULIDs', ids(40, (n) => `01ARZ3NDEKTSV4RRFFQ69G5F${n % 10}${(n * 3) % 10}`)],
  ['the same for ever', ids(40, () => '7')],
  ['some, and others without', ids(40, (n) => (n % 3 === 0 ? null : String(n)))],
  ['a new prefix each time', ids(40, (n) => `${n % 2 === 0 ? 'a' : 'b'}${n}`)],
  ['random', ids(40, (n) => String((n * 7_919) % 101))],
  ['longer than 128 characters', ids(40, (n) => `${'x'.repeat(130)}${n}`)],
  ['words', ids(40, (n) => 'abcdefghij'.repeat(5).slice(n))],
  ['none', []],
])('ids prove to be a sequence but not %s', (_name, list) => {
  expect(sequence(...list).proven).toBe(false);
});

it('ids prove to be a sequence and tell which numbers were passed over', () => {
  expect(sequence('1', '2', '5', '6', '10').skipped).toBe(5);
  expect(sequence(...ids(20, String)).skipped).toBe(0);
  // Two that somebody heard the other way round.
  expect(sequence('1', '2', '4', '3', '5', '6').skipped).toBe(0);
});

it('ids prove to be a sequence but nothing of what came while nobody listened', () => {
  const found = sequence('1', '2');
  found.interrupt();
  for (const id of ['40', '41']) found.note(id);
  expect(found.skipped).toBe(0);
});
