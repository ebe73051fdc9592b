import { readdirSync } from 'node:fs';
import net from 'node:net';
import { expect, it } from 'vitest';
import { ask, client, connected, serve, sleep } from '../server/fixtures.ts';
import { PATIENCE, RawClient } from '../server/raw-client.ts';

const onLinux = process.platform === 'linux';

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

it.runIf(onLinux)(
  'coming and going 1,000 times by FIN, reset, before the head and in the middle of a write leaves nothing behind',
  async () => {
    const { port, hub } = await serve({ ratePerSecond: 200 });
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => {
      warnings.push(warning.message);
    };
    process.on('warning', onWarning);
    await (await connected({ port })).untilText('event: tick');
    const before = { descriptors: descriptors(), timers: timers() };
    for (let round = 0; round < 50; round++) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, number) => {
          const one = new RawClient({ port, path: number % 2 === 0 ? '/events' : '/events?lastEventId=nothing-0' });
          if (number % 4 === 0) await new Promise((resolve) => one.socket.once('connect', resolve));
          else if (number % 4 === 3) await one.untilText('event: tick');
          else await one.untilText('HTTP/1.1 200');
          if (number % 2 === 0) one.leave();
          else one.socket.resetAndDestroy();
          await one.untilClosed();
        }),
      );
    }
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
    await expect.poll(descriptors, PATIENCE).toBeLessThanOrEqual(before.descriptors);
    expect(timers()).toBeLessThanOrEqual(before.timers);
    expect(warnings).toEqual([]);
    process.off('warning', onWarning);
    expect(hub.stats().clients.total).toBeGreaterThan(500);
    expect(Object.values(hub.stats().evicted)).toEqual([0, 0, 0]);
  },
);

it('coming and going a client that half-closes and then says nothing is let go', async () => {
  const { port, hub } = await serve();
  const one = await connected({ port });
  one.socket.end();
  await one.untilClosed();
  expect(one.ended).toBe('fin');
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
});

it('coming and going a client that half-closes while it is blocked is let go too', async () => {
  const { port, hub } = await serve({ hub: { evictAfterMs: 500, maxQueueBytes: 1024 ** 3 } });
  const stuck = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) hub.publish({ data: '.'.repeat(64 * 1024) });
  stuck.socket.end();
  await sleep(50);
  hub.publish({ data: 'written behind the end' });
  await expect.poll(() => hub.stats(), PATIENCE).toMatchObject({ clients: { connected: 0 }, queuedBytes: 0 });
});

it('the limit of clients refuses the next one with 503 and Retry-After at once, and touches nobody', async () => {
  const { port, hub } = await serve({ hub: { maxClients: 3, retryMs: 2000 } });
  const seated = await Promise.all([1, 2, 3].map(() => connected({ port })));
  const refused = client({ port });
  await refused.untilClosed();
  expect(refused.statusCode).toBe(503);
  expect(refused.head).toMatch(/^Retry-After: 2\r$/m);
  expect(refused.head).toMatch(/^Connection: close\r?$/m);
  expect(refused.json).toMatchObject({ error: 'too-many-clients' });
  hub.publish({ data: 'all here' });
  await Promise.all(seated.map((each) => each.untilText('all here')));
  expect(hub.stats().clients).toMatchObject({ connected: 3, refused: 1, total: 3 });
});

it('the limit of clients gives a place back as soon as somebody leaves', async () => {
  const { port, hub } = await serve({ hub: { maxClients: 1 } });
  (await connected({ port })).socket.resetAndDestroy();
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
  expect((await connected({ port })).statusCode).toBe(200);
});

it('shutting down says farewell with a spread reconnection time and ends every stream', async () => {
  const server = await serve({ hub: { retryMs: 1000 } });
  const clients = await Promise.all(Array.from({ length: 20 }, () => connected({ port: server.port })));
  await server.close({ graceMs: 10_000 });
  await Promise.all(clients.map((each) => each.untilClosed()));
  const farewells = clients.map((each) => /: shutdown\nretry: (\d+)\n\n$/.exec(each.body)?.[1]);
  expect(farewells.filter((retry) => retry === undefined)).toEqual([]);
  expect(new Set(farewells).size).toBeGreaterThan(3);
  expect(new Set(clients.map((each) => each.ended))).toEqual(new Set(['fin']));
  expect(server.hub.stats().clients.connected).toBe(0);
});

it('shutting down is not held up by 50 clients that do not read: they are reset after the grace time', async () => {
  const server = await serve({ hub: { evictAfterMs: 60_000, maxQueueBytes: 1024 ** 3 } });
  for (let count = 0; count < 50; count++) client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(50);
  const event = '.'.repeat(256 * 1024);
  for (let count = 0; count < 40 && server.hub.stats().clients.blocked < 50; count++) {
    server.hub.publish({ data: event });
    await sleep(1);
  }
  expect(server.hub.stats().clients.blocked).toBe(50);
  const startedMs = performance.now();
  await server.close({ graceMs: 500 });
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(490);
  expect(server.hub.stats().clients.connected).toBe(0);
});

it('shutting down hurries when it is asked again', async () => {
  const server = await serve({ hub: { maxQueueBytes: 1024 ** 3, evictAfterMs: 60_000 } });
  client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) server.hub.publish({ data: '.'.repeat(64 * 1024) });
  const closing = server.close({ graceMs: 600_000 });
  await server.close({ graceMs: 0 });
  await closing;
  expect(server.hub.stats().clients.connected).toBe(0);
});

it('shutting down turns /readyz to 503 for clients that are still connected, and takes no new stream', async () => {
  const server = await serve({ hub: { maxQueueBytes: 1024 ** 3, evictAfterMs: 60_000 } });
  const monitor = client({ port: server.port, path: '/readyz' });
  const latecomer = new net.Socket().connect(server.port, '127.0.0.1');
  await new Promise((resolve) => latecomer.once('connect', resolve));
  await monitor.untilText('"ready":true');
  client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) server.hub.publish({ data: '.'.repeat(64 * 1024) });
  const closing = server.close({ graceMs: 600_000 });
  monitor.socket.write('GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n');
  await monitor.untilText('HTTP/1.1 503');
  await monitor.untilText('"draining":true');
  latecomer.write('GET /events HTTP/1.1\r\nHost: test\r\n\r\n');
  let answer = '';
  latecomer
    .on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    })
    .on('error', () => {});
  await new Promise((resolve) => latecomer.once('close', resolve));
  expect(answer).toBe('');
  await expect(ask(server.port, '/healthz')).resolves.toMatchObject({ ended: 'ECONNREFUSED' });
  await server.close({ graceMs: 0 });
  await closing;
});

it('shutting down of a server without clients is immediate, and harmless when repeated', async () => {
  const server = await serve();
  await Promise.all([server.close({ graceMs: 600_000 }), server.close({ graceMs: 600_000 })]);
  await server.close({ graceMs: 0 });
  expect((await ask(server.port, '/healthz')).ended).toBe('ECONNREFUSED');
});
