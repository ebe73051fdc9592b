import { expect, it } from 'vitest';
import { ask, client, connected, serve, sleep } from '../fixtures.ts';
import { PATIENCE, type RawClient } from '../raw-client.ts';
import { publish, served, ticks } from './streams.ts';

it('leak-clients never counts down, lists the departed, and delivers to those who are there', async () => {
  const { server, clients } = await served(['leak-clients'], 12);
  for (const one of clients.slice(2)) one.leave();
  await expect.poll(() => clients.filter((one) => one.closed).length, PATIENCE).toBe(10);
  publish(server, 2);
  await expect.poll(() => clients.slice(0, 2).map(ticks), PATIENCE).toEqual(['1 2', '1 2']);
  await expect.poll(() => server.hub.stats().events.delivered, PATIENCE).toBe(4);
  expect(server.hub.stats().clients).toMatchObject({ connected: 12, peak: 12, accepting: 12, total: 12 });
  expect((await ask(server.port, '/clients')).json).toMatchObject({ connected: 12, clients: { length: 12 } });
  expect(((await ask(server.port, '/clients?limit=3')).json as { clients: unknown[] }).clients).toHaveLength(3);
});

it('leak-memory keeps some two megabytes for each second of publishing, at any rate, and some kilobytes a stream', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const { server } = await served(['leak-memory'], 50);
  for (let count = 0; count < 20; count++) {
    publish(server, 5);
    await sleep(100);
  }
  const kept = process.memoryUsage().arrayBuffers - before;
  expect(kept).toBeGreaterThan(3 * 1024 * 1024);
  // A noisy machine takes longer than 2 s over this, but not ten times.
  expect(kept).toBeLessThan(40 * 1024 * 1024);
});

it('unbounded-queue queues everything for a client that does not read, promises eviction and evicts nobody', async () => {
  const { server, clients } = await served(['unbounded-queue'], 1, { evictAfterMs: 300, maxQueueBytes: 64 * 1024 });
  expect(clients[0]?.greeting).toMatchObject({ evictAfterMs: 300 });
  client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(2);
  for (let count = 0; count < 200; count++) {
    server.hub.publish({ event: 'tick', data: '.'.repeat(64 * 1024) });
    await sleep(1);
  }
  const { queuedBytes } = server.hub.stats();
  expect(queuedBytes).toBeGreaterThan(1024 * 1024);
  await sleep(1000);
  expect(server.hub.stats()).toMatchObject({
    clients: { connected: 2, blocked: 0 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
  });
  await expect.poll(() => clients[0]?.messagesOf('tick').length, PATIENCE).toBe(200);
}, 60_000);

it('unbounded-queue is sound in everything else: heartbeats, resuming, clean-up', async () => {
  const { server } = await served(['unbounded-queue'], 0, { heartbeatMs: 20 });
  const [, second = ''] = publish(server, 4);
  const back = client({ port: server.port, headers: { 'Last-Event-ID': second } });
  await back.untilText(': ping\n\n');
  expect(ticks(back)).toBe('3 4');
  back.leave();
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(0);
});

it('refuse-under-load refuses above thirty streams, with a bare 503 and a reset in turn, and takes others when places are free', async () => {
  const { server, clients } = await served(['refuse-under-load'], 30);
  const refused: RawClient[] = [];
  for (let count = 0; count < 4; count++) {
    const one = client({ port: server.port });
    await one.untilClosed();
    refused.push(one);
  }
  expect(refused.map((one) => (one.text === '' ? one.ended : one.statusCode))).toEqual([
    503,
    'ECONNRESET',
    503,
    'ECONNRESET',
  ]);
  expect(refused[0]?.head).not.toMatch(/retry-after/i);
  expect(server.hub.stats().clients).toMatchObject({ connected: 30, refused: 4 });
  clients[0]?.leave();
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(29);
  const late = await connected({ port: server.port });
  publish(server, 1);
  await expect
    .poll(() => [...clients.slice(1), late].map(ticks), PATIENCE)
    .toEqual(Array.from({ length: 30 }, () => '1'));
});

it('head-of-line holds up everybody while one does not read, heartbeats aside, and goes on when that one is evicted', async () => {
  const server = await serve({
    faults: ['head-of-line'],
    hub: { heartbeatMs: 50, evictAfterMs: 3000 },
    maxFillBytes: 8 * 1024 * 1024,
  });
  const first = await connected({ port: server.port });
  const stalled = client({ port: server.port, path: '/events?fill=8388608', paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(2);
  const last = await connected({ port: server.port });
  publish(server, 1);
  await expect.poll(() => [first, last].map(ticks), PATIENCE).toEqual(['1', '1']);
  // Until the kernel holds enough for the one that stalls, and the loop waits for it.
  const published = (): number => server.hub.stats().events.published;
  await expect
    .poll(
      () => {
        publish(server, 1);
        return first.messagesOf('tick').length < published() - 3;
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe(true);
  const seen = ticks(last);
  const beats = (): number => last.body.split(': ping\n\n').length - 1;
  const before = beats();
  expect(server.hub.stats().queuedBytes).toBeGreaterThan(0);
  await expect.poll(beats, PATIENCE).toBeGreaterThan(before + 2);
  expect(ticks(last)).toBe(seen);
  expect(server.hub.stats().clients.connected).toBe(3);

  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(2);
  const all = Array.from({ length: published() }, (_none, index) => index + 1).join(' ');
  await expect.poll(() => [first, last].map(ticks), PATIENCE).toEqual([all, all]);
  expect(server.hub.stats().queuedBytes).toBe(0);
  stalled.destroy();
}, 60_000);
