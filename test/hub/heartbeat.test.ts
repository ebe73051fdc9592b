import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { encodeBlock } from '../../src/hub/block.ts';
import { Heartbeat } from '../../src/hub/heartbeat.ts';
import { PATIENCE } from '../server/raw-client.ts';

const CLIENTS = 5000;
const BLOCK = encodeBlock({ comment: 'ping' });

let running: Heartbeat | null = null;
afterEach(() => running?.stop());

/** Clients that count, for one beat. */
function crowd(onBeat: (index: number, clients: Map<string, { heartbeat(): void }>) => void): number[] {
  const beats = Array.from({ length: CLIENTS }, () => 0);
  const clients = new Map<string, { heartbeat(): void }>();
  for (const index of beats.keys()) {
    clients.set(String(index), {
      heartbeat: () => {
        beats[index] = (beats[index] ?? 0) + 1;
        onBeat(index, clients);
        if (index === CLIENTS - 1) running?.stop();
      },
    });
  }
  running = new Heartbeat({ periodMs: 20, clock: systemClock, clients, block: BLOCK });
  running.start();
  return beats;
}

function beaten(beats: readonly number[]): number {
  return beats.filter((count) => count > 0).length;
}

it('a heartbeat to thousands lets what is due in the meantime run before the last client has it, and reaches each once', async () => {
  let beatenWhenDue = 0;
  const beats = crowd((index) => {
    if (index === 0)
      setImmediate(() => {
        beatenWhenDue = beaten(beats);
      });
  });
  await expect.poll(() => beats.at(-1), PATIENCE).toBe(1);
  expect(beatenWhenDue).toBeGreaterThan(0);
  expect(beatenWhenDue).toBeLessThan(CLIENTS / 2);
  expect(beats.every((count) => count === 1)).toBe(true);
});

it('a heartbeat to thousands stops in the middle of them', async () => {
  const beats = crowd((index) => {
    if (index === 0) setImmediate(() => running?.stop());
  });
  await expect.poll(() => beats[0], PATIENCE).toBe(1);
  for (let turn = 0; turn < CLIENTS; turn++) await nextTurn();
  expect(beaten(beats)).toBeLessThan(CLIENTS / 2);
});

it('a heartbeat to thousands leaves out those that have gone meanwhile', async () => {
  const beats = crowd((index, clients) => {
    if (index === 0)
      setImmediate(() => {
        for (let gone = CLIENTS / 2; gone < CLIENTS - 1; gone++) clients.delete(String(gone));
      });
  });
  await expect.poll(() => beats.at(-1), PATIENCE).toBe(1);
  expect(beaten(beats)).toBe(CLIENTS / 2 + 1);
});
