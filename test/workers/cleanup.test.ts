import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { Channel } from '../../src/workers/channel.ts';
import { cleanUp } from '../../src/workers/cleanup.ts';
import { channelKeys, workerKey, WORKERS_KEY } from '../../src/workers/keys.ts';
import type { RedisLine } from '../../src/workers/redis-line.ts';
import { RunLock } from '../../src/workers/run-lock.ts';
import { openSeal } from '../../src/workers/seal.ts';
import { OwnQueue, ShardQueues } from '../../src/workers/shard-queue.ts';
import { ListedWorker } from '../../src/workers/worker-list.ts';
import { commands, isMissing, lineTo, redis, until, where } from './real-redis.ts';

/** The feed of `serve --redis`. */
const FEED = 'sse-probe:events';

async function worker(url: string, line: RedisLine, name: string): Promise<void> {
  const about = { name, capacity: 1, mostPerShard: 1, version: '1', network: 'here', seal: 'none' };
  const listed = await ListedWorker.join(line, about, new AbortController().signal);
  onTestFinished(() => listed.leave());
  const own = await OwnQueue.open(url, name, () => new Promise(() => {}));
  onTestFinished(() => own.close());
}

/** A shard of a run: its job, and messages of both sides. */
async function shard(queues: ShardQueues, line: RedisLine, run: string, name: string): Promise<void> {
  await queues.add(name, {
    run,
    shard: '0',
    version: '1',
    order: 'o',
    clock: { offsetMs: 0, errorMs: 0 },
    network: 'here',
  });
  const { down, up } = channelKeys(run, '0');
  for (const [to, from] of [
    [down, up],
    [up, down],
  ] as const) {
    const seal = openSeal(null);
    const channel = new Channel({ line, clock: systemClock, seal, to, from, onMessage: () => {}, onBroken: () => {} });
    channel.send({ type: 'n' });
    onTestFinished(() => channel.close());
  }
}

it.skipIf(isMissing)(
  `cleaning up deletes all of runs and workers that are gone, and nothing of others${where}`,
  async () => {
    const { url } = await redis();
    const [line, other] = [await lineTo(url), await commands(url)];
    await other.xadd(FEED, '*', 'n', '1');
    await other.set('sse-probe:soakers', 'of somebody else');
    const lock = new RunLock(line, { run: 'living', target: 'http://one/', since: 'now' });
    await lock.take();
    onTestFinished(() => lock.giveBack());
    await worker(url, line, 'w1');
    const queues = await ShardQueues.connect(url);
    onTestFinished(() => queues.close());
    await shard(queues, line, 'living', 'w1');
    await until(async () => expect(await other.exists(...Object.values(channelKeys('living', '0')))).toBe(2));
    // By now it is taken.
    await until(async () => expect(await other.llen('sse-probe:soak:queue:w1:active')).toBe(1));
    const living = (await other.keys('*')).toSorted();
    await shard(queues, line, 'dead', 'killed');
    await shard(queues, line, 'dead', 'never-there');
    await other.zadd(WORKERS_KEY, 1, 'killed');
    await until(async () => expect(await other.exists(...Object.values(channelKeys('dead', '0')))).toBe(2));
    const dead = (await other.keys('*')).filter((key) => !living.includes(key));
    expect(dead.length).toBeGreaterThan(10);
    expect(await cleanUp(url, systemClock)).toBe(dead.length);
    expect((await other.keys('*')).filter((key) => !key.endsWith(':marker')).toSorted()).toEqual(
      living.filter((key) => !key.endsWith(':marker')),
    );
    expect(await other.zrange(WORKERS_KEY, 0, -1)).toEqual(['w1']);
    expect(await cleanUp(url, systemClock)).toBe(0);
  },
);

it.skipIf(isMissing)(
  `cleaning up where nobody is there any more leaves nothing but what is not ours${where}`,
  async () => {
    const { url } = await redis();
    const [line, other] = [await lineTo(url), await commands(url)];
    await other.xadd(FEED, '*', 'n', '1');
    const queues = await ShardQueues.connect(url);
    for (let run = 0; run < 30; run += 1) await shard(queues, line, `dead${run}`, `killed${run}`);
    await other.zadd(WORKERS_KEY, 1, 'killed1');
    await until(async () => expect(await other.exists(...Object.values(channelKeys('dead29', '0')))).toBe(2));
    // The same connection, so that all has arrived.
    await line.ask((client) => client.ping());
    expect(await cleanUp(url, systemClock)).toBeGreaterThan(200);
    expect(await other.keys('*')).toEqual([FEED]);
    await queues.close();
  },
);

it.skipIf(isMissing)(`every key of a run and of a worker expires${where}`, async () => {
  const { url } = await redis();
  const [line, other] = [await lineTo(url), await commands(url)];
  const lock = new RunLock(line, { run: 'r1', target: 'http://one/', since: 'now' });
  await lock.take();
  onTestFinished(() => lock.giveBack());
  await worker(url, line, 'w1');
  const queues = await ShardQueues.connect(url);
  onTestFinished(() => queues.close());
  await shard(queues, line, 'r1', 'w1');
  await shard(queues, line, 'r1', 'not-there');
  await until(async () => expect(await other.exists(...Object.values(channelKeys('r1', '0')))).toBe(2));
  const keys = await other.keys('*');
  expect(keys).toContain(workerKey('w1'));
  const endless = await Promise.all(keys.map(async (key) => ((await other.pttl(key)) === -1 ? [key] : [])));
  expect(endless.flat()).toEqual([]);
});

it.skipIf(isMissing)(`cleaning up a Redis that is not there is one clear error${where}`, async () => {
  const server = await redis();
  await server.kill();
  await expect(cleanUp(server.url, systemClock)).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ cannot be used/);
});
