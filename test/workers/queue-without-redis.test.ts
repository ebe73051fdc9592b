import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { coordinator, job, opened } from './queues.ts';
import { isMissing, redis, relayBefore, until, where } from './real-redis.ts';

it.skipIf(isMissing).for([
  ['with what it had', 'start'],
  ['with nothing of what it had', 'startEmpty'],
] as const)(
  `a Redis that restarts %s gives a running job to nobody again, and the worker takes others afterwards${where}`,
  async ([, start]) => {
    const server = await redis();
    const { own, got, letGo } = await opened(server.url);
    const queues = await coordinator(server.url);
    await queues.add('w1', job('r1'));
    await until(() => expect(got).toEqual(['r1']));
    await server.kill();
    await sleep(300);
    await server[start]();
    await queues.add('w1', job('r2'));
    await until(() => expect(got).toEqual(['r1', 'r2']));
    letGo();
    await queues.add('w1', job('r3'));
    await until(() => expect(got).toEqual(['r1', 'r2', 'r3']));
    await own.close();
  },
);

it.skipIf(isMissing)(`queues are closed while Redis is away, and while it stands still${where}`, async () => {
  const server = await redis();
  const { relay, url } = await relayBefore(server);
  const still = [await opened(url, 'w2'), await opened(url, 'w3')].map(({ own }) => own);
  const queuesBehind = await coordinator(url);
  await queuesBehind.add('nobody', job('r0'));
  const { own, got } = await opened(server.url);
  const queues = await coordinator(server.url);
  await queues.add('w1', job('r1'));
  await queues.add('nobody', job('r1'));
  await until(() => expect(got).toEqual(['r1']));
  relay.freeze();
  const behind = Promise.all([...still.map((one) => one.close()), queuesBehind.close()]);
  await server.kill();
  // It waits for a Redis that does not come.
  queues.add('nobody', job('r2')).catch(() => {});
  await Promise.all([own.close(), queues.close(), behind]);
  expect(got).toEqual(['r1']);
});
