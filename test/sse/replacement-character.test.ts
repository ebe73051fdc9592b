import { expect, it } from 'vitest';
import { beginsReplaced, endsReplaced } from '../../src/sse/replacement-character.ts';

it.each<[first: string, second: string, ends: boolean, begins: boolean]>([
  ['data: 天\ufffd', '\ufffdは', true, true],
  ['data: 天\ufffd\ufffd', 'は', true, false],
  ['data: 天', '\ufffdは', false, true],
  ['data: 天', 'は', false, false],
  ['', '', false, false],
])('of the pieces “%s” and “%s” it is known whether a replacement character stands on either side', (...row) => {
  const [first, second, ends, begins] = row;
  const [one, two] = [Buffer.from(first), Buffer.from(second)];
  expect([endsReplaced(one, 0, one.length), beginsReplaced(two, 0, two.length)]).toEqual([ends, begins]);
});
