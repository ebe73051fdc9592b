import { expect, it, onTestFinished, vi } from 'vitest';
import { redisBackplane } from '../../src/library/entry.ts';
import type { SseHub } from '../../src/hub/hub.ts';
import type { RunningServer } from '../../src/server/server.ts';
import { connected, serve } from '../server/fixtures.ts';
import { PATIENCE } from '../server/raw-client.ts';
import { found } from '../support/real-servers/found.ts';
import { type RedisServer, startRedis } from '../support/real-servers/redis.ts';

const program = found('redis');
const where = 'found' in program ? '' : ` (skipped: ${program.missing})`;
const isMissing = 'missing' in program;

async function redis(): Promise<RedisServer> {
  const server = await startRedis('found' in program ? program.found : '');
  onTestFinished(() => server.stop());
  return server;
}

async function instance(url: string, maxEvents = 100): Promise<RunningServer & { hub: SseHub }> {
  const backplane = await redisBackplane({ url, maxEvents });
  return (await serve({ hub: { backplane } })) as RunningServer & { hub: SseHub };
}

it.skipIf(isMissing)(`two hubs on one stream deliver every event once and in one order${where}`, async () => {
  const { url } = await redis();
  const [a, b] = [await instance(url), await instance(url)];
  const clients = [await connected({ port: a.port }), await connected({ port: b.port })];
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? a : b).hub.publishShared({ event: 'n', data: String(n) })),
  );
  for (const one of clients) await vi.waitFor(() => expect(one.messagesOf('n')).toHaveLength(40), PATIENCE);
  expect(clients[0]?.messagesOf('n')).toEqual(clients[1]?.messagesOf('n'));
  expect(() => a.hub.publish({ data: 'x' })).toThrow(/publishShared/);
});

it.skipIf(isMissing)(
  `a client resumes exactly on another hub, also when all hubs were started anew${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url);
    const ids: string[] = [];
    for (let n = 1; n <= 10; n++) ids.push(await a.hub.publishShared({ event: 'n', data: String(n) }));
    await a.close({ graceMs: 0 });
    const b = await instance(url);
    const one = await connected({ port: b.port, headers: { 'Last-Event-ID': ids[3] ?? '' } });
    await b.hub.publishShared({ event: 'n', data: '11' });
    await one.untilText('data: 11\n');
    expect(one.greeting).toMatchObject({ resumedFrom: ids[3], replayed: 6, missed: 0 });
    expect(one.messagesOf('n').map(({ data }) => data)).toEqual(['5', '6', '7', '8', '9', '10', '11']);
  },
);

it.skipIf(isMissing)(
  `a hub keeps its clients while Redis is away, refuses to publish, and catches up${where}`,
  async () => {
    const server = await redis();
    const [a, b] = [await instance(server.url), await instance(server.url)];
    const one = await connected({ port: a.port });
    await b.hub.publishShared({ event: 'n', data: '1' });
    await one.untilText('data: 1\n');
    await server.kill();
    await vi.waitFor(() => expect(a.hub.ready()['backplane']?.ready).toBe(false), PATIENCE);
    await expect(a.hub.publishShared({ data: 'x' })).rejects.toThrow(
      /the event was not published: Redis is not available/,
    );
    await server.start();
    await vi.waitFor(() => expect(b.hub.ready()['backplane']?.ready).toBe(true), PATIENCE);
    await vi.waitFor(() => b.hub.publishShared({ event: 'n', data: '2' }), PATIENCE);
    await one.untilText('data: 2\n');
    expect(one.messagesOf('n').map(({ data }) => data)).toEqual(['1', '2']);
    expect(one.messagesOf('missed')).toEqual([]);
  },
);

it.skipIf(isMissing)(`a client is told what the stream no longer keeps${where}`, async () => {
  const { url } = await redis();
  const a = await instance(url, 5);
  const ids: string[] = [];
  for (let n = 1; n <= 20; n++) ids.push(await a.hub.publishShared({ event: 'n', data: String(n) }));
  const b = await instance(url, 5);
  const one = await connected({ port: b.port, headers: { 'Last-Event-ID': ids[7] ?? '' } });
  await one.untilText('data: 20\n');
  expect(one.messagesOf('missed').map(({ data }) => JSON.parse(data) as unknown)).toEqual([
    { from: 9, to: 15, reason: 'expired' },
  ]);
});
