import { expect, it } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import { numberOf } from '../support/event-id.ts';
import { ask, client, connected, serve, sleep } from '../server/fixtures.ts';
import { PATIENCE } from '../server/raw-client.ts';

interface Readiness {
  components: Record<string, { ready: boolean; detail: string }>;
}

it('a stream at its maximal age ends politely, with a reason and a time to come back, and is no eviction', async () => {
  const { port, hub } = await serve({ hub: { maxAgeMs: 500, retryMs: 1000 } });
  const cameMs = new Map<string, number>();
  const reasons: string[] = [];
  (hub as SseHub).on('connect', ({ id }) => {
    cameMs.set(id, performance.now());
  });
  (hub as SseHub).on('disconnect', ({ id }, reason) => {
    reasons.push(`${reason}${performance.now() - (cameMs.get(id) ?? 0) < 399 ? ' early' : ''}`);
  });
  const clients = await Promise.all(Array.from({ length: 20 }, () => connected({ port })));
  await Promise.all(clients.map((each) => each.untilClosed()));
  const retries = clients.map((each) => Number(/: max-age\nretry: (\d+)\n\n$/.exec(each.body)?.[1]));
  expect(retries.filter((retry) => !(retry >= 800 && retry <= 1200))).toEqual([]);
  expect(new Set(retries).size).toBeGreaterThan(3);
  expect(new Set(clients.map((each) => each.ended))).toEqual(new Set(['fin']));
  expect(reasons).toEqual(Array.from({ length: 20 }, () => 'max-age'));
  expect(hub.stats()).toMatchObject({
    clients: { connected: 0 },
    expired: 20,
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
  });
});

it('a stream at its maximal age is not the same for all, or they would leave and return in one wave for ever', async () => {
  const { port, hub } = await serve({ hub: { maxAgeMs: 2000 } });
  await Promise.all(Array.from({ length: 50 }, () => connected({ port })));
  const counts = new Set<number>();
  await expect
    .poll(() => {
      counts.add(hub.stats().clients.connected);
      return hub.stats().clients.connected;
    }, PATIENCE)
    .toBe(0);
  expect(counts.size).toBeGreaterThan(5);
});

it('a stream at its maximal age is reset when it has not taken what is there', async () => {
  const { port, hub } = await serve({ hub: { maxAgeMs: 1500, maxQueueBytes: 1024 ** 3, evictAfterMs: 60_000 } });
  client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) hub.publish({ data: '.'.repeat(64 * 1024) });
  expect(hub.stats().clients.blocked).toBe(1);
  await expect
    .poll(() => hub.stats(), PATIENCE)
    .toMatchObject({ clients: { connected: 0 }, expired: 1, queuedBytes: 0 });
});

it('a stream at its maximal age never comes where none was asked for', async () => {
  const { port } = await serve();
  const one = await connected({ port });
  await sleep(300);
  expect(one.closed).toBe(false);
});

it('a stream at its maximal age can be resumed from: nothing is lost over it', async () => {
  const { port, hub } = await serve({ ratePerSecond: 100, hub: { maxAgeMs: 300 } });
  const ids: number[] = [];
  for (let round = 0; round < 5; round++) {
    const last = ids.at(-1);
    const one = client({
      port,
      ...(last === undefined ? {} : { headers: { 'Last-Event-ID': `${(hub as SseHub).life}-${last}` } }),
    });
    await one.untilClosed();
    ids.push(...one.messagesOf('tick').map((message) => numberOf(message.id)));
  }
  expect(ids.length).toBeGreaterThan(50);
  expect(ids).toEqual(ids.map((_, index) => (ids[0] as number) + index));
  expect(hub.stats().expired).toBe(5);
});

it.each([
  [null, 'silent clients have no limit'],
  [3_600_000, 'silent clients end at their maximum age (1h)'],
] as const)(
  "a stream at its maximal age of %s ms is said by /readyz where the kernel's table cannot be read",
  async (maxAgeMs, says) => {
    const { port } = await serve({ hub: { maxAgeMs, useKernelTable: false } });
    const { components } = (await ask(port, '/readyz')).json as Readiness;
    expect(components['eviction']?.detail).toContain(says);
  },
);

it('a stream at its maximal age must be a time', async () => {
  for (const maxAgeMs of [0, -1, Number.NaN]) await expect(serve({ hub: { maxAgeMs } })).rejects.toThrow('maxAgeMs');
});
