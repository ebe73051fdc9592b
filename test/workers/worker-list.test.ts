import { expect, it, onTestFinished } from 'vitest';
import { WORKERS_KEY, workerKey } from '../../src/workers/keys.ts';
import type { RedisLine } from '../../src/workers/redis-line.ts';
import { ListedWorker, workersThere } from '../../src/workers/worker-list.ts';
import { commands, isMissing, lineTo, redis, until, where } from './real-redis.ts';

const ABOUT = { capacity: 100, mostPerShard: 50, version: '1.2.3', network: 'here', seal: 'none' };
const NEVER = new AbortController().signal;

async function join(line: RedisLine, name: string, signal = NEVER): Promise<ListedWorker> {
  const listed = await ListedWorker.join(line, { ...ABOUT, name }, signal);
  onTestFinished(() => listed.leave());
  return listed;
}

const namesOf = async (line: RedisLine): Promise<string[] | undefined> =>
  (await workersThere(line))?.map(({ name }) => name);

it.skipIf(isMissing)(
  `workers are listed in the order of their names, each with what it says of itself${where}`,
  async () => {
    const { url } = await redis();
    const [line, other] = [await lineTo(url), await lineTo(url)];
    expect(await workersThere(other)).toEqual([]);
    for (const name of ['w10', 'w2', 'b', 'w1']) await join(line, name);
    expect(await namesOf(other)).toEqual(['b', 'w1', 'w2', 'w10']);
    const [b] = (await workersThere(other)) ?? [];
    expect(b).toEqual({ ...ABOUT, name: 'b', host: expect.any(String), pid: process.pid, run: null });
  },
);

it.skipIf(isMissing)(
  `a worker that works for a run says so, and one that leaves is listed no more${where}`,
  async () => {
    const { url } = await redis();
    const line = await lineTo(url);
    const [one, other] = [await join(line, 'one'), await join(line, 'other')];
    one.run = 'r1';
    await one.say();
    expect((await workersThere(line))?.map(({ run }) => run)).toEqual(['r1', null]);
    await one.leave();
    expect(await namesOf(line)).toEqual(['other']);
    await other.leave();
    expect(await (await commands(url)).keys('*')).toEqual([]);
  },
);

it.skipIf(isMissing)(`a name that a living worker has is refused${where}`, async () => {
  const { url } = await redis();
  const [line, other] = [await lineTo(url), await lineTo(url)];
  await join(line, 'one');
  await expect(join(other, 'one', AbortSignal.timeout(2000))).rejects.toThrow(
    'a worker with the name one is there already',
  );
  expect(await namesOf(line)).toEqual(['one']);
});

it.skipIf(isMissing)(`the name of a worker that was killed is free some seconds later${where}`, async () => {
  const { url } = await redis();
  const [line, other] = [await lineTo(url), await commands(url)];
  // What it has left.
  await other.set(workerKey('one'), '{}', 'PX', 2000);
  await other.zadd(WORKERS_KEY, 1, 'one');
  await join(line, 'one');
  expect(await namesOf(line)).toEqual(['one']);
});

it.skipIf(isMissing)(
  `a worker that was held up until another one had its name takes nothing from that one${where}`,
  async () => {
    const { url } = await redis();
    const [line, other] = [await lineTo(url), await lineTo(url)];
    const heldUp = await join(line, 'one');
    await (await commands(url)).del(workerKey('one'));
    const now = await join(other, 'one');
    now.run = 'r1';
    await now.say();
    await heldUp.say();
    expect((await workersThere(line))?.map(({ run }) => run)).toEqual(['r1']);
    await heldUp.leave();
    expect(await namesOf(line)).toEqual(['one']);
  },
);

it.skipIf(isMissing)(`a Redis that is lost is not a name that is taken${where}`, async () => {
  const server = await redis();
  const line = await lineTo(server.url);
  await server.kill();
  await expect(join(line, 'one', AbortSignal.timeout(500))).rejects.toThrow(
    'Redis does not answer, or does not allow SET',
  );
  expect(await workersThere(line)).toBe(null);
});

it.skipIf(isMissing)(`workers are listed again after Redis has lost all it had${where}`, async () => {
  const server = await redis();
  const line = await lineTo(server.url);
  await join(line, 'one');
  await server.kill();
  await server.startEmpty();
  await until(async () => expect(await namesOf(line)).toEqual(['one']));
});

it.skipIf(isMissing)(
  `texts of others in the list are left out, and cannot pretend to be a worker${where}`,
  async () => {
    const { url } = await redis();
    const [line, other] = [await lineTo(url), await commands(url)];
    await join(line, 'one');
    const said = { ...ABOUT, host: 'h', pid: 1, run: null };
    const texts: Record<string, string> = {
      two: JSON.stringify({ ...said, name: 'one' }),
      'bell\u0007': JSON.stringify({ ...said, name: 'bell\u0007' }),
      three: 'no JSON',
      four: 'null',
      five: '[]',
      six: '"text"',
      seven: JSON.stringify({ ...said, name: 'seven', capacity: 1e300 }),
      eight: JSON.stringify({ ...said, name: 'eight', capacity: -5 }),
      nine: JSON.stringify({ ...said, name: 'nine', version: { toString: 'x' } }),
      ten: '{}',
    };
    for (const [name, text] of Object.entries(texts)) {
      await other.zadd(WORKERS_KEY, 1, name);
      await other.set(workerKey(name), text);
    }
    await other.zadd(WORKERS_KEY, 1, 'gone');
    await other.zadd(WORKERS_KEY, 1, 'kept');
    const foreign = { ...said, name: 'kept', host: 'a\u001b[2Jb', version: '1\n2', run: 5, __proto__: null, more: 'x' };
    await other.set(workerKey('kept'), JSON.stringify(foreign));
    expect(await workersThere(line)).toEqual([
      { ...said, name: 'kept', host: 'a\\u001b[2Jb', version: '1\\u000a2', run: null },
      expect.objectContaining({ name: 'one', capacity: 100 }),
    ]);
    expect(await other.zscore(WORKERS_KEY, 'gone')).toBe(null);
  },
);

it.skipIf(isMissing)(`what stands of workers in Redis expires${where}`, async () => {
  const { url } = await redis();
  const other = await commands(url);
  await join(await lineTo(url), 'one');
  const keys = (await other.keys('*')).toSorted();
  expect(keys).toEqual([workerKey('one'), WORKERS_KEY]);
  for (const key of keys) expect(await other.pttl(key)).toBeGreaterThan(0);
});
