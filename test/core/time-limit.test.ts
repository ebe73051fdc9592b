import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { TimeLimit } from '../../src/core/time-limit.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('a time limit fires also where nothing but its signal is held while garbage is collected', async () => {
  const { signal } = new TimeLimit(200);
  for (let round = 0; round < 100 && !signal.aborted; round++) {
    collectGarbage();
    await delay(20);
  }
  expect([signal.aborted, (signal.reason as Error).name]).toEqual([true, 'TimeoutError']);
});

it('a time limit fires when the other signal does, before and after it was made, and its time is not over then', () => {
  const other = new AbortController();
  const limit = new TimeLimit(60_000, other.signal);
  other.abort('left');
  const late = new TimeLimit(null, other.signal);
  expect([limit, late].map(({ signal, isOver }) => [signal.aborted, signal.reason, isOver])).toEqual([
    [true, 'left', false],
    [true, 'left', false],
  ]);
  limit.end();
});

it('a time limit that was ended fires no more', async () => {
  const other = new AbortController();
  const limit = new TimeLimit(1, other.signal);
  limit.end();
  other.abort();
  await delay(20);
  expect(limit.signal.aborted).toBe(false);
});
