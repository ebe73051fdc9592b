import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { connectRedis } from '../../src/redis/redis-client.ts';
import { QUEUE_PREFIX } from '../../src/workers/keys.ts';
import { OwnQueue } from '../../src/workers/shard-queue.ts';
import { coordinator, job, opened } from './queues.ts';
import { commands, isMissing, redis, until, where } from './real-redis.ts';

const HOUR_MS = 3_600_000;

/** All keys, and those that would be there for ever. */
async function keys(other: Redis): Promise<{ all: string[]; endless: string[] }> {
  const all = (await other.keys('*')).toSorted();
  const ends = await Promise.all(all.map((key) => other.pttl(key)));
  return { all, endless: all.filter((_key, index) => ends[index] === -1 || (ends[index] as number) > HOUR_MS) };
}

it.skipIf(isMissing)(`a job is what was given, and its worker has it once${where}`, async () => {
  const { url } = await redis();
  const got: unknown[] = [];
  const own = await OwnQueue.open(url, 'w1', async (data) => void got.push(data));
  onTestFinished(() => own.close());
  const queues = await coordinator(url);
  await queues.add('w1', job('r1'));
  await until(() => expect(got).toEqual([job('r1')]));
  // The same id is the same job.
  const second = job('r2');
  await Promise.all([queues.add('w1', second), queues.add('w1', second)]);
  await until(() => expect(got).toEqual([job('r1'), second]));
});

it.skipIf(isMissing)(`every key of a queue expires, whatever becomes of its job${where}`, async () => {
  const { url } = await redis();
  const other = await commands(url);
  const { own, got, letGo } = await opened(url);
  expect((await keys(other)).endless).toEqual([]);
  const queues = await coordinator(url);
  await queues.add('nobody', job('r1'));
  await queues.add('w1', job('r1'));
  await until(() => expect(got).toEqual(['r1']));
  expect(await keys(other)).toMatchObject({
    all: expect.arrayContaining([`${QUEUE_PREFIX}:nobody:wait`, `${QUEUE_PREFIX}:w1:active`]),
    endless: [],
  });
  letGo();
  await until(async () => expect((await keys(other)).all).not.toContain(`${QUEUE_PREFIX}:w1:r1-0`));
  expect((await keys(other)).endless).toEqual([]);
  await queues.close();
  const after = await keys(other);
  expect(after.endless).toEqual([]);
  expect(after.all.filter((key) => key.includes('r1-0'))).toEqual([]);
  await own.close();
  expect((await keys(other)).all.filter((key) => key.includes(':w1:'))).toEqual([]);
});

it.skipIf(isMissing)(`keys that a queue makes while its job runs expire as well, soon after${where}`, async () => {
  const { url } = await redis();
  const other = await commands(url);
  const { got } = await opened(url);
  await (await coordinator(url)).add('w1', job('r1'));
  await until(() => expect(got).toEqual(['r1']));
  for (const key of ['active', 'events', 'meta']) await other.persist(`${QUEUE_PREFIX}:w1:${key}`);
  await other.sadd(`${QUEUE_PREFIX}:w1:stalled`, 'r1-0');
  expect((await keys(other)).endless).toHaveLength(4);
  await until(async () => expect((await keys(other)).endless).toEqual([]));
  // That of a check for stalled jobs means something, and so does that of a lock.
  expect(await other.pttl(`${QUEUE_PREFIX}:w1:stalled-check`)).toBeLessThan(HOUR_MS / 10);
  expect(await other.pttl(`${QUEUE_PREFIX}:w1:r1-0:lock`)).toBeLessThan(HOUR_MS / 10);
});

it.skipIf(isMissing)(
  `a job whose worker died is never run again, also not by one of the same name, which goes on with others${where}`,
  async () => {
    const { url } = await redis();
    const other = await commands(url);
    const queues = await coordinator(url);
    await queues.add('w1', job('r1'));
    // Somebody takes it and is never heard of again.
    const [redisOfDead] = await connectRedis(url, [{ maxRetriesPerRequest: null, commandTimeout: undefined }]);
    onTestFinished(() => redisOfDead.disconnect());
    const dead = new Worker('w1', null, { connection: redisOfDead, prefix: QUEUE_PREFIX, autorun: false });
    onTestFinished(() => dead.close(true));
    expect((await dead.getNextJob('token'))?.id).toBe('r1-0');
    // What half a minute does.
    await other.del(`${QUEUE_PREFIX}:w1:r1-0:lock`, `${QUEUE_PREFIX}:w1:stalled-check`);
    await other.sadd(`${QUEUE_PREFIX}:w1:stalled`, 'r1-0');
    const { got } = await opened(url);
    await until(async () => expect(await other.exists(`${QUEUE_PREFIX}:w1:r1-0`)).toBe(0));
    await queues.add('w1', job('r2'));
    await until(() => expect(got).toEqual(['r2']));
    await sleep(200);
    expect(got).toEqual(['r2']);
  },
);

it.skipIf(isMissing)(
  `a worker has two connections for its queue, a coordinator one for all, and none when they are closed${where}`,
  async () => {
    const { url } = await redis();
    const other = await commands(url);
    const count = async (): Promise<number> =>
      String(await other.client('LIST'))
        .trim()
        .split('\n').length - 1;
    const { own } = await opened(url);
    expect(await count()).toBe(2);
    const queues = await coordinator(url);
    for (const worker of ['w1', 'w2', 'w3']) await queues.add(worker, job('r1'));
    expect(await count()).toBe(3);
    await queues.close();
    await own.close();
    await until(async () => expect(await count()).toBe(0));
  },
);

it.skipIf(isMissing)(
  `a user of Redis who may not use INFO, CLIENT or what is dangerous has all that is needed${where}`,
  async () => {
    const server = await redis({ user: 'few on >secret ~sse-probe:* +@all -@dangerous -@admin -info -client' });
    const url = server.url.replace('//', '//few:secret@');
    const { own, got } = await opened(url);
    const queues = await coordinator(url);
    await queues.add('w1', job('r1'));
    await until(() => expect(got).toEqual(['r1']));
    await queues.close();
    await own.close();
    expect(await (await commands(server.url)).keys('*')).toEqual([]);
  },
);

it.skipIf(isMissing)(`nothing is printed of how Redis is set${where}`, async () => {
  const { url } = await redis();
  await (await commands(url)).config('SET', 'maxmemory-policy', 'allkeys-lru');
  const said = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
  onTestFinished(() => said.forEach((one) => one.mockRestore()));
  const { own, got } = await opened(url);
  await (await coordinator(url)).add('w1', job('r1'));
  await until(() => expect(got).toEqual(['r1']));
  await own.close();
  expect(said.map((one) => one.mock.calls)).toEqual([[], [], []]);
});

it.skipIf(isMissing)(`a job that throws is over, and is not tried again${where}`, async () => {
  const { url } = await redis();
  const other = await commands(url);
  let times = 0;
  const own = await OwnQueue.open(url, 'w1', async () => {
    times += 1;
    throw new Error('a bug');
  });
  onTestFinished(() => own.close());
  await (await coordinator(url)).add('w1', job('r1'));
  await until(async () => expect([times, await other.exists(`${QUEUE_PREFIX}:w1:r1-0`)]).toEqual([1, 0]));
  const queue = new Queue('w1', { connection: await commands(url), prefix: QUEUE_PREFIX });
  expect(await queue.getJobCounts()).toMatchObject({ active: 0, waiting: 0, failed: 0, delayed: 0 });
  expect(times).toBe(1);
});
