import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { Channel } from '../../src/workers/channel.ts';
import { channelKeys } from '../../src/workers/keys.ts';
import type { RedisLine } from '../../src/workers/redis-line.ts';
import { openSeal, type Seal } from '../../src/workers/seal.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { commands, isMissing, lineTo, redis, relayBefore, until, where } from './real-redis.ts';

const KEYS = channelKeys('r1', '0');
const CONTEXT_OF = (number: number): string => `${KEYS.up}/${number}`;
const PLAIN = openSeal(null);

interface Side {
  channel: Channel;
  clock: ManualClock;
  got: number[];
  broken: string[];
}

/** One side of a channel, whose beats a test makes as it needs them. */
function side(line: RedisLine, which: 'worker' | 'run', seal: Seal = PLAIN): Side {
  const [to, from] = which === 'worker' ? [KEYS.up, KEYS.down] : [KEYS.down, KEYS.up];
  const clock = new ManualClock();
  const [got, broken]: [number[], string[]] = [[], []];
  const onMessage = (message: unknown): number => got.push((message as { value: number }).value);
  const channel = new Channel({ line, clock, seal, to, from, onMessage, onBroken: (reason) => broken.push(reason) });
  return { channel, clock, got, broken };
}

function sendAll({ channel }: Side, from: number, to: number): number[] {
  const values = Array.from({ length: to - from + 1 }, (_one, index) => from + index);
  for (const value of values) channel.send({ type: 'n', value });
  return values;
}

/** Three seconds pass for both, which say what they have, until it holds. */
function untilBeaten(sides: readonly Side[], holds: () => unknown): Promise<unknown> {
  return until(() => {
    for (const { channel, clock } of sides) {
      clock.pass(3000);
      channel.beat();
    }
    return holds();
  });
}

async function pair(seal?: Seal) {
  const server = await redis();
  const [near, far] = [await lineTo(server.url), await lineTo(server.url)];
  return { server, near, far, worker: side(near, 'worker', seal), run: side(far, 'run', seal) };
}

it.skipIf(isMissing).for([
  ['as they are', null],
  ['encrypted', 'a key of enough characters'],
] as const)(`messages %s arrive in their order, each once, both ways${where}`, async ([, key]) => {
  const { worker, run } = await pair(openSeal(key));
  const [up, down] = [sendAll(worker, 1, 40), sendAll(run, 1, 40)];
  await until(() => expect([run.got, worker.got]).toEqual([up, down]));
  await untilBeaten([worker, run], () => expect([run.got, worker.got]).toEqual([up, down]));
  expect([run.broken, worker.broken]).toEqual([[], []]);
});

it.skipIf(isMissing)(`all is taken once the other side says so, and not before${where}`, async () => {
  const { worker, run } = await pair();
  await worker.channel.allTaken(60_000);
  sendAll(worker, 1, 3);
  let isTaken = false;
  const taken = worker.channel.allTaken(60_000).then(() => (isTaken = true));
  await until(() => expect(run.got).toEqual([1, 2, 3]));
  expect(isTaken).toBe(false);
  run.channel.beat();
  await taken;
  sendAll(worker, 4, 4);
  await worker.channel.allTaken(50);
});

it.skipIf(isMissing)(`nobody waits for the other side on a line that is closed${where}`, async () => {
  const { worker, near } = await pair();
  sendAll(worker, 1, 3);
  const taken = worker.channel.allTaken(600_000);
  await near.close();
  await taken;
  await worker.channel.allTaken(600_000);
  expect(worker.broken).toEqual([]);
});

it.skipIf(isMissing)(`messages that were sent while Redis was away arrive afterwards, each once${where}`, async () => {
  const { server, worker, run } = await pair();
  sendAll(worker, 1, 5);
  await until(() => expect(run.got).toHaveLength(5));
  await server.kill();
  sendAll(worker, 6, 10);
  sendAll(run, 1, 3);
  await server.start();
  await untilBeaten([worker, run], () => {
    expect([run.got, worker.got]).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [1, 2, 3],
    ]);
  });
});

it.skipIf(isMissing)(`a Redis that lost all it had loses no message, and none comes twice${where}`, async () => {
  const { server, worker, run, near } = await pair();
  sendAll(worker, 1, 5);
  sendAll(run, 1, 2);
  await until(() => expect([run.got.length, worker.got.length]).toEqual([5, 2]));
  await server.kill();
  sendAll(worker, 6, 8);
  await server.startEmpty();
  await untilBeaten([worker, run], () => expect(run.got).toEqual([1, 2, 3, 4, 5, 6, 7, 8]));
  // Without a lost connection.
  await near.ask((client) => client.flushall());
  sendAll(worker, 9, 9);
  sendAll(run, 3, 4);
  await untilBeaten([worker, run], () =>
    expect([run.got, worker.got]).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [1, 2, 3, 4],
    ]),
  );
});

it.skipIf(isMissing)(`streams that are deleted before anything was read are written again${where}`, async () => {
  const { url } = await redis();
  const [near, far] = [await lineTo(url), await lineTo(url)];
  const worker = side(near, 'worker');
  sendAll(worker, 1, 3);
  await until(async () => expect(await far.ask((client) => client.del(KEYS.up, KEYS.down))).toBe(1));
  const run = side(far, 'run');
  await untilBeaten([worker, run], () => expect(run.got).toEqual([1, 2, 3]));
});

it.skipIf(isMissing)(
  `a side that was away while more was sent than a stream keeps catches up, and the stream stays bounded${where}`,
  async () => {
    const server = await redis();
    const near = await lineTo(server.url);
    const worker = side(near, 'worker');
    const values = sendAll(worker, 1, 400);
    for (let beat = 0; beat < 150; beat += 1) {
      worker.clock.pass(1000);
      worker.channel.beat();
    }
    expect(await near.ask((client) => client.xlen(KEYS.up))).toBeLessThanOrEqual(100);
    const run = side(await lineTo(server.url), 'run');
    await untilBeaten([worker, run], () => expect(run.got).toEqual(values));
  },
);

it.skipIf(isMissing)(
  `a side that takes nothing is given up after 1000 messages, and that is said once${where}`,
  async () => {
    const worker = side(await lineTo((await redis()).url), 'worker');
    sendAll(worker, 1, 1005);
    expect(worker.broken).toEqual(['did not take 1000 messages']);
  },
);

it.skipIf(isMissing)(`the other side is silent as long as nothing comes from it${where}`, async () => {
  const { worker, run } = await pair();
  run.clock.pass(5000);
  expect(run.channel.silentMs).toBe(5000);
  worker.channel.beat();
  await until(() => expect(run.channel.silentMs).toBe(0));
  run.clock.pass(9000);
  await sleep(100);
  expect(run.channel.silentMs).toBe(9000);
});

it.skipIf(isMissing)(
  `entries that are no message in turn are left out, and what they claim to have is not believed${where}`,
  async () => {
    const { server, worker, run } = await pair();
    const other = await commands(server.url);
    sendAll(run, 1, 2);
    const sealed = PLAIN.seal('{"value":66}', CONTEXT_OF(1));
    for (const number of ['', '0', '-1', '2', '1.5', 'NaN', '1e999', '99999999999999999999', 'x'])
      await other.xadd(KEYS.up, '*', 'n', number, 'has', '999999999', 'm', sealed);
    await other.xadd(KEYS.up, '*', 'foreign', 'entry');
    await other.xadd(KEYS.up, '*', 'n', '5', 'has', 'NaN', 'm', 'x'.repeat(100_000));
    sendAll(worker, 1, 2);
    await until(() => expect(run.got).toEqual([1, 2]));
    // A message that was there once.
    const [[, fields]] = (await other.xrevrange(KEYS.up, '+', '-', 'COUNT', 1)) as [[string, string[]]];
    await other.xadd(KEYS.up, '*', ...fields);
    await other.flushall();
    await untilBeaten([run, worker], () => expect(worker.got).toEqual([1, 2]));
    expect([run.got, run.broken]).toEqual([[1, 2], []]);
  },
);

it.skipIf(isMissing).for([
  ['that is no sealed text', 'garbage', null],
  ['that is no JSON', PLAIN.seal('{', ''), null],
  ['that is no object', PLAIN.seal('null', ''), null],
  ['that is not encrypted', PLAIN.seal('{"value":1}', ''), 'a key of enough characters'],
  ['that is missing', '', null],
  ['with another key', openSeal('another key of characters').seal('{}', CONTEXT_OF(1)), 'a key of enough characters'],
  [
    'from another place',
    openSeal('a key of enough characters').seal('{}', CONTEXT_OF(2)),
    'a key of enough characters',
  ],
] as const)(`a message %s breaks the channel once, and nothing is taken after it${where}`, async ([, sealed, key]) => {
  const { url } = await redis();
  const other = await commands(url);
  await other.xadd(KEYS.up, '*', 'n', '1', 'has', '0', 'm', sealed);
  await other.xadd(KEYS.up, '*', 'n', '1', 'has', '0', 'm', sealed);
  const run = side(await lineTo(url), 'run', openSeal(key));
  await until(() => expect(run.broken).toEqual([expect.stringMatching(/^sent what cannot be read: a message /)]));
  await other.xadd(KEYS.up, '*', 'n', '1', 'has', '0', 'm', openSeal(key).seal('{"value":1}', CONTEXT_OF(1)));
  await other.xadd(KEYS.up, '*', 'n', '0', 'has', '0', 'm', '');
  await sleep(100);
  expect([run.got, run.broken.length]).toEqual([[], 1]);
});

it.skipIf(isMissing)(
  `a side behind a connection that stands still has everything once it has another one${where}`,
  async () => {
    const server = await redis();
    const { relay, url } = await relayBefore(server);
    const [worker, run] = [side(await lineTo(url), 'worker'), side(await lineTo(server.url), 'run')];
    sendAll(worker, 1, 2);
    await until(() => expect(run.got).toEqual([1, 2]));
    relay.freeze();
    onTestFinished(() => relay.thaw());
    const [up, down] = [sendAll(worker, 3, 5), sendAll(run, 1, 2)];
    await untilBeaten([worker, run], () => expect([run.got, worker.got]).toEqual([[1, 2, ...up], down]));
  },
);

it.skipIf(isMissing)(`both streams of a channel expire${where}`, async () => {
  const { server, worker, run } = await pair();
  sendAll(worker, 1, 1);
  run.channel.beat();
  await until(() => expect(run.got).toEqual([1]));
  const other = await commands(server.url);
  for (const key of [KEYS.up, KEYS.down]) expect(await other.pttl(key)).toBeGreaterThan(0);
});
