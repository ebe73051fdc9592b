import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RUN_KEY } from '../../src/workers/keys.ts';
import { holdingRun, RunLock } from '../../src/workers/run-lock.ts';
import { commands, isMissing, lineTo, redis, until, where } from './real-redis.ts';

const ONE = { run: 'r1', target: 'http://one/', since: '2026-01-01T00:00:00.000Z' };
const OTHER = { run: 'r2', target: 'http://other/', since: '2026-01-01T00:00:01.000Z' };

it.skipIf(isMissing)(
  `one run has the workers, others hear which, and have them when it gives them back${where}`,
  async () => {
    const { url } = await redis();
    const [here, there] = [await lineTo(url), await lineTo(url)];
    const [one, other] = [new RunLock(here, ONE), new RunLock(there, OTHER)];
    expect(await holdingRun(there)).toBe(null);
    expect([await one.take(), await one.take(), await other.take()]).toEqual(['free', 'free', ONE]);
    expect(await holdingRun(there)).toEqual(ONE);
    // It is not theirs to give back.
    await other.giveBack();
    expect(await holdingRun(there)).toEqual(ONE);
    await one.giveBack();
    expect([await other.take(), await holdingRun(here)]).toEqual(['free', OTHER]);
    await one.giveBack();
    expect(await holdingRun(here)).toEqual(OTHER);
    await other.giveBack();
    expect(await (await commands(url)).keys('*')).toEqual([]);
  },
);

it.skipIf(isMissing)(
  `workers are free ten seconds after their run is gone, and not while it renews its hold${where}`,
  async () => {
    const { url } = await redis();
    const other = await commands(url);
    const held = await lineTo(url);
    const one = new RunLock(held, ONE);
    await one.take();
    expect(await other.pttl(RUN_KEY)).toBeGreaterThan(9000);
    await other.pexpire(RUN_KEY, 3500);
    await until(async () => expect(await other.pttl(RUN_KEY)).toBeGreaterThan(9000));
    await held.close();
    await other.pexpire(RUN_KEY, 500);
    await sleep(2500);
    const after = new RunLock(await lineTo(url), OTHER);
    expect(await after.take()).toBe('free');
    await after.giveBack();
    await one.giveBack();
  },
);

it.skipIf(isMissing)(`a run still has the workers after Redis has lost all it had${where}`, async () => {
  const server = await redis();
  const line = await lineTo(server.url);
  const one = new RunLock(line, ONE);
  await one.take();
  await server.kill();
  expect([await holdingRun(line), await new RunLock(line, OTHER).take()]).toEqual(['unknown', null]);
  await server.startEmpty();
  await until(async () => expect(await holdingRun(line)).toEqual(ONE));
  await one.giveBack();
});

it.skipIf(isMissing)(
  `a run whose hold another one has taken meanwhile does not take it from that one${where}`,
  async () => {
    const { url } = await redis();
    const line = await lineTo(url);
    const [one, other] = [new RunLock(line, ONE), new RunLock(line, OTHER)];
    await one.take();
    await (await commands(url)).del(RUN_KEY);
    expect(await other.take()).toBe('free');
    await sleep(2500);
    expect(await holdingRun(line)).toEqual(OTHER);
    await one.giveBack();
    expect(await holdingRun(line)).toEqual(OTHER);
    await other.giveBack();
  },
);

it.skipIf(isMissing)(`foreign text where a run should be is a run that nothing is known of${where}`, async () => {
  const { url } = await redis();
  const [line, other] = [await lineTo(url), await commands(url)];
  const lock = new RunLock(line, ONE);
  for (const text of ['no JSON', 'null', '5', '{}', '[]']) {
    await other.set(RUN_KEY, text);
    expect(await lock.take()).toEqual({ run: '', target: 'something', since: 'a while ago' });
  }
  await other.set(RUN_KEY, JSON.stringify({ run: 'r3', target: 'a\u001b[2J', since: 'b\n' }));
  expect(await lock.take()).toEqual({ run: 'r3', target: 'a\\u001b[2J', since: 'b\\u000a' });
});
