import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { type Entry, RedisLine } from '../../src/workers/redis-line.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { commands, isMissing, lineTo, redis, relayBefore, until, where } from './real-redis.ts';

const ping = (line: RedisLine): Promise<string | null> => line.ask((client) => client.ping());
const write = (line: RedisLine): Promise<boolean> =>
  line.askAll((pipeline) => pipeline.xadd('some', '*', 'n', '1').pexpire('some', 10_000));

function following(line: RedisLine, ...keys: string[]): string[] {
  const got: string[] = [];
  for (const key of keys) line.follow(key, (entry: Entry) => got.push(`${key} ${entry.get('n')}`));
  return got;
}

it.skipIf(isMissing)(
  `a Redis that is killed is lost for ever longer, for single commands and for several, and then no more${where}`,
  async () => {
    const server = await redis();
    const line = await lineTo(server.url);
    expect([await ping(line), await write(line), line.lostMs]).toEqual(['PONG', true, 0]);
    await server.kill();
    await until(() => expect(line.lostMs).toBeGreaterThan(0));
    const beganMs = line.lostMs;
    for (let ask = 0; ask < 10; ask += 1) {
      await sleep(20);
      expect([await ping(line), await write(line)]).toEqual([null, false]);
    }
    expect(line.lostMs).toBeGreaterThanOrEqual(beganMs + 190);
    await server.start();
    await until(async () => expect([await write(line), line.lostMs]).toEqual([true, 0]));
  },
);

it.skipIf(isMissing)(`a line that is asked nothing is not lost${where}`, async () => {
  const clock = new ManualClock();
  const line = await RedisLine.connect((await redis()).url, clock);
  onTestFinished(() => line.close());
  clock.pass(60_000);
  expect(line.lostMs).toBe(0);
});

it.skipIf(isMissing)(
  `a connection for commands that stands still is lost and replaced, although messages still come${where}`,
  async () => {
    const server = await redis();
    const { relay, url } = await relayBefore(server);
    const line = await lineTo(url);
    relay.freeze();
    // The connection that reads is replaced sooner than the one for commands.
    const got = following(line, 'a');
    await (await commands(server.url)).xadd('a', '*', 'n', '1');
    const asked = ping(line);
    await until(() => expect(line.lostMs).toBeGreaterThan(2000));
    await asked;
    await until(async () => expect([await ping(line), line.lostMs, got]).toEqual(['PONG', 0, ['a 1']]));
    relay.thaw();
  },
);

it.skipIf(isMissing)(`a command that Redis refuses is not done, and its connection stays${where}`, async () => {
  const server = await redis({ user: 'few on >secret ~* +@read +ping +client' });
  const line = await lineTo(server.url.replace('//', '//few:secret@'));
  const own = await line.ask((client) => client.client('ID'));
  expect([await line.ask((client) => client.set('a', '1')), await write(line)]).toEqual([null, false]);
  expect([await line.ask((client) => client.client('ID')), line.lostMs]).toEqual([own, 0]);
});

it.skipIf(isMissing)(
  `keys that are followed while a read waits are read, and what was in them before${where}`,
  async () => {
    const { url } = await redis();
    const [line, other] = [await lineTo(url), await commands(url)];
    const first = following(line, 'first');
    await sleep(100);
    const keys = Array.from({ length: 100 }, (_one, index) => `k${index}`);
    for (const key of keys) await other.xadd(key, '*', 'n', '1');
    const got = following(line, ...keys);
    await until(() => expect(got.toSorted()).toEqual(keys.map((key) => `${key} 1`).toSorted()));
    await other.xadd('first', '*', 'n', '1');
    await until(() => expect(first).toEqual(['first 1']));
    line.unfollow('first');
    await other.xadd('first', '*', 'n', '2');
    await other.xadd('k5', '*', 'n', '2');
    await until(() => expect(got.at(-1)).toBe('k5 2'));
    expect(first).toEqual(['first 1']);
  },
);

it.skipIf(isMissing)(`a line that nothing was followed on for a while follows again${where}`, async () => {
  const { url } = await redis();
  const [line, other] = [await lineTo(url), await commands(url)];
  const one = following(line, 'one');
  await other.xadd('one', '*', 'n', '1');
  await until(() => expect(one).toHaveLength(1));
  line.unfollow('one');
  await sleep(1500);
  const two = following(line, 'two');
  await other.xadd('two', '*', 'n', '1');
  await until(() => expect(two).toEqual(['two 1']));
});

it.skipIf(isMissing)(`a key that is no stream keeps nobody from reading it once it is one${where}`, async () => {
  const { url } = await redis();
  const [line, other] = [await lineTo(url), await commands(url)];
  await other.set('a', 'text');
  const got = following(line, 'a');
  await sleep(300);
  await other.del('a');
  await other.xadd('a', '*', 'n', '1');
  await until(() => expect(got).toEqual(['a 1']));
});

it.skipIf(isMissing)(`a line is closed while it connects again, and while nothing comes over it${where}`, async () => {
  const server = await redis();
  const { relay, url } = await relayBefore(server);
  const still = await lineTo(url);
  following(still, 'a');
  relay.freeze();
  const asked = ping(still);
  await still.close();
  expect(await asked).toBe(null);
  const line = await lineTo(server.url);
  following(line, 'a');
  await server.kill();
  await until(() => expect(line.lostMs).toBeGreaterThan(0));
  await line.close();
  expect([await ping(line), await write(line)]).toEqual([null, false]);
});

it.skipIf(isMissing)(`a Redis that is not there is one clear error without its password${where}`, async () => {
  const server = await redis();
  await server.kill();
  await expect(RedisLine.connect(server.url.replace('//', '//:secret@'), systemClock)).rejects.toThrow(
    new RegExp(`^Redis at 127\\.0\\.0\\.1:${server.port} cannot be used \\(.*ECONNREFUSED`),
  );
});
