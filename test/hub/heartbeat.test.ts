import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { encodeBlock } from '../../src/hub/block.ts';
import { Heartbeat } from '../../src/hub/heartbeat.ts';
import { PATIENCE } from '../server/raw-client.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

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

// Node links each immediate to the next one, and leaves the links when they have run: the one that sends a slice must not
// be kept, or it keeps the sockets that were closed behind it.
it('a heartbeat to thousands keeps nothing of what else ran in its turns', async () => {
  const ran: WeakRef<object>[] = [];
  const beats = crowd((index) => {
    if (index === CLIENTS - 2) running?.stop();
    if (index % 100 !== 0) return;
    const socket = { index };
    ran.push(new WeakRef(socket));
    setImmediate((closed: object) => void closed, socket);
  });
  await expect.poll(() => beats.at(-2), PATIENCE).toBe(1);
  await nextTurn();
  await nextTurn();
  collectGarbage();
  expect(ran).toHaveLength(CLIENTS / 100);
  expect(ran.filter((one) => one.deref() !== undefined)).toEqual([]);
});
