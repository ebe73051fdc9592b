import { expect, it } from 'vitest';
import { numberOf } from '../support/event-id.ts';
import { readTcpTable } from '../../src/machine/proc-net-tcp.ts';
import type { SseHub } from '../../src/hub/hub.ts';
import { client, connected, serve, sleep } from '../server/fixtures.ts';
import { PATIENCE, type RawClient } from '../server/raw-client.ts';

const onLinux = process.platform === 'linux';
const KIB = 1024;
const FILL = '/events?fill=524288';

/** Publishes until the clients in question are blocked: their kernels swallow some 4 MB each first. */
async function publishUntil(
  hub: { publish(event: { data: string }): string },
  condition: () => boolean,
  bytes = 64 * KIB,
): Promise<number> {
  let count = 0;
  while (!condition() && count < 2000) {
    hub.publish({ data: String(count).padEnd(bytes, '.') });
    count++;
    await sleep(1);
  }
  return count;
}

/**
 * What the kernel still has of a client: after a reset nothing, after a FIN an orphan with its megabytes.
 * (The client cannot tell: libuv reports the end of a stream for a reset that comes behind unread bytes.)
 */
async function leftInKernel(port: number, gone: RawClient): Promise<number[]> {
  const states: number[] = [];
  if (!onLinux) return states;
  await readTcpTable(
    (row) => {
      if (row.remotePort === gone.socket.localPort || row.localPort === gone.socket.localPort) states.push(row.state);
    },
    { port },
  );
  return states;
}

it.runIf(onLinux)(
  "a client that never reads is evicted by the kernel's word although every write was accepted, and gets a reset",
  async () => {
    const { port, hub } = await serve({ maxFillBytes: 512 * KIB, hub: { evictAfterMs: 1000, heartbeatMs: 100 } });
    const healthy = await connected({ port });
    const stalled = client({ port, path: FILL, paused: true });
    const reasons: string[] = [];
    (hub as SseHub).on('disconnect', (_id, reason) => reasons.push(reason));
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(2);
    await expect.poll(() => reasons, PATIENCE).toEqual(['unacknowledged']);
    expect(hub.stats()).toMatchObject({
      clients: { connected: 1, blocked: 0 },
      evicted: { unacknowledged: 1, stalled: 0, overflow: 0 },
    });
    expect(await leftInKernel(port, stalled)).toEqual([]);
    stalled.read();
    await stalled.untilClosed();
    expect(healthy.ended).toBe('open');
  },
);

it("a client that never reads is evicted as stalled where the kernel's table cannot be read, as soon as our own queue holds something", async () => {
  const { port, hub } = await serve({
    hub: { evictAfterMs: 1000, useKernelTable: false, maxQueueBytes: 64 * KIB * KIB },
  });
  client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  await publishUntil(hub, () => hub.stats().clients.blocked === 1);
  expect(hub.stats().queuedBytes).toBeGreaterThan(0);
  await expect.poll(() => hub.stats().evicted.stalled, PATIENCE).toBe(1);
  expect(hub.stats()).toMatchObject({ clients: { connected: 0 }, queuedBytes: 0 });
  expect(hub.ready()['eviction']?.detail).toContain('kernel table cannot be read');
});

it('a client that never reads is not evicted while nothing waits for it: silence is no offence', async () => {
  const { port, hub } = await serve({ hub: { evictAfterMs: 300, heartbeatKind: 'none' } });
  client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  await sleep(1500);
  expect(hub.stats().clients.connected).toBe(1);
});

it('a client that never reads costs the others nothing: of 1 stuck and 9 healthy ones the healthy get every event', async () => {
  const { port, hub } = await serve({ hub: { evictAfterMs: 60_000 } });
  client({ port, paused: true });
  const healthy = await Promise.all(Array.from({ length: 9 }, () => connected({ port })));
  const count = await publishUntil(hub, () => hub.stats().evicted.overflow === 1, 16 * KIB);
  await Promise.all(healthy.map((each) => each.untilText(`\ndata: ${count - 1}.`)));
  for (const each of healthy) {
    await expect.poll(() => each.messages.length, PATIENCE).toBe(count + 1);
    expect(numberOf(each.messages.at(-1)?.id)).toBe(count);
  }
});

it('a slow client that acknowledges something now and then stays for many times the eviction time', async () => {
  const { port, hub } = await serve({
    hub: { evictAfterMs: 2000, maxQueueBytes: 1024 * KIB * KIB, heartbeatMs: 100 },
  });
  const slow = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  await publishUntil(hub, () => hub.stats().clients.blocked === 1);
  let readBytes = 0;
  slow.socket.on('data', (chunk) => {
    readBytes += chunk.length;
    slow.socket.pause();
  });
  // Some 300 KB a second out of a queue of megabytes that keeps growing: blocked all the while.
  for (let turn = 0; turn < 70; turn++) {
    slow.socket.resume();
    hub.publish({ data: '.'.repeat(256 * KIB) });
    await sleep(100);
  }
  expect(readBytes).toBeGreaterThan(0);
  expect(hub.stats()).toMatchObject({
    clients: { connected: 1, blocked: 1 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
  });
});

it('a full queue evicts the client at once, counted as overflow, and frees what waited', async () => {
  const { port, hub } = await serve({ hub: { maxQueueBytes: 256 * KIB } });
  const stuck = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  let largestQueue = 0;
  await publishUntil(hub, () => {
    largestQueue = Math.max(largestQueue, hub.stats().queuedBytes);
    return hub.stats().clients.connected === 0;
  });
  expect(hub.stats()).toMatchObject({ evicted: { overflow: 1 }, queuedBytes: 0 });
  // The limit and the one event that broke it, which nobody sees any more.
  expect(largestQueue).toBeLessThanOrEqual(256 * KIB);
  expect(await leftInKernel(port, stuck)).toEqual([]);
  stuck.read();
  await stuck.untilClosed();
});

it('a full queue drops the oldest events where that is asked for, says which, and the rest is in order', async () => {
  const { port, hub } = await serve({
    hub: { maxQueueBytes: 256 * KIB, overflow: 'drop-oldest', heartbeatKind: 'none' },
  });
  const slow = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  const count = await publishUntil(hub, () => hub.stats().events.dropped >= 20);
  expect(hub.stats().queuedBytes).toBeLessThanOrEqual(256 * KIB);
  slow.read();
  await slow.untilText(`\ndata: ${count - 1}.`);
  await expect.poll(() => numberOf(slow.messages.at(-1)?.id), PATIENCE).toBe(count);
  const ids = slow.messages.filter((message) => message.event === undefined).map((message) => numberOf(message.id));
  const absent = Array.from({ length: count }, (_, index) => index + 1).filter((seq) => !ids.includes(seq));
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  expect(slow.messagesOf('missed').map((message) => JSON.parse(message.data) as unknown)).toEqual([
    { from: absent[0], to: absent.at(-1), reason: 'overflow' },
  ]);
  expect(absent).toHaveLength(hub.stats().events.dropped);
  expect(absent.at(-1)).toBe(Number(absent[0]) + absent.length - 1);
});

it('a full queue that drains goes on in order with exactly the bytes published', async () => {
  const { port, hub } = await serve({ hub: { maxQueueBytes: 64 * KIB * KIB, heartbeatMs: 10 } });
  const slow = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  const id = [...(hub as SseHub).clients.keys()][0] ?? '';
  const count = await publishUntil(hub, () => hub.stats().clients.blocked === 1);
  for (let more = 0; more < 50; more++) hub.publish({ data: `more ${more}` });
  expect((hub as SseHub).send(id, { event: 'private', data: 'between' })).toBe(true);
  hub.publish({ data: 'last' });
  slow.read();
  await slow.untilText('data: last\n\n');
  const expected = [
    ...Array.from({ length: count }, (_, index) => String(index).padEnd(64 * KIB, '.')),
    ...Array.from({ length: 50 }, (_, index) => `more ${index}`),
    'between',
    'last',
  ];
  const received = slow.messages.slice(1).map((message) => message.data);
  expect(received.length).toBe(expected.length);
  expect(received.every((data, index) => data === expected[index])).toBe(true);
  expect(hub.stats()).toMatchObject({ clients: { blocked: 0 }, events: { dropped: 0 } });
});

it('a full queue of messages for one client alone refuses more, and evicts where that is the policy', async () => {
  for (const overflow of ['evict', 'drop-oldest'] as const) {
    const { port, hub } = await serve({ hub: { maxQueueBytes: 512 * KIB, overflow } });
    client({ port, paused: true });
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
    const id = [...(hub as SseHub).clients.keys()][0] ?? '';
    let sentCount = 0;
    while ((hub as SseHub).send(id, { data: '.'.repeat(64 * KIB) }) && sentCount < 2000) {
      sentCount++;
      await sleep(1);
    }
    expect(sentCount).toBeLessThan(2000);
    expect(hub.stats().clients.connected).toBe(overflow === 'evict' ? 0 : 1);
  }
});
