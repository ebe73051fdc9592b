import { expect, it } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import type { RunningServer } from '../../src/server/server.ts';
import { client, connected, serve, sleep } from '../server/fixtures.ts';
import { numberOf } from '../support/event-id.ts';
import { PATIENCE, type RawClient } from '../server/raw-client.ts';

const KIB = 1024;
const MAX_QUEUE = 256 * KIB;
const CROWD = 12;

/** Clients that do not read, each behind a full kernel: what is published from now on waits for them. */
async function stuckCrowd({ port, hub }: RunningServer): Promise<RawClient[]> {
  const before = hub.stats().clients.connected;
  const crowd = Array.from({ length: CROWD }, () => client({ port, path: '/events?fill=8388608', paused: true }));
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(before + CROWD);
  await expect
    .poll(
      () => {
        // Only a write shows that nothing more is taken.
        hub.publish({ data: 'x' });
        return hub.stats().clients.blocked;
      },
      { ...PATIENCE, interval: 100 },
    )
    .toBe(CROWD);
  return crowd;
}

/** In between, those who read have the time to. */
async function publish({ hub }: RunningServer, count: number, bytes: number): Promise<void> {
  for (let done = 0; done < count; done++) {
    hub.publish({ data: '.'.repeat(bytes) });
    if (done % 10 === 9) await sleep(1);
  }
}

/** What a client got: every number is an event or in a range that it was told to miss, in order, or this throws. */
function accountOf(one: RawClient): { next: number; missedCount: number; notices: number } {
  const account = { next: 1, missedCount: 0, notices: 0 };
  for (const { event, id, data } of one.messages) {
    if (event === 'connected') continue;
    const [from, to] = event === 'missed' ? rangeOf(data) : [numberOf(id), numberOf(id)];
    if (from !== account.next || to < from)
      throw new Error(`${event ?? 'event'} ${id ?? data} came where ${account.next} was due`);
    account.next = to + 1;
    if (event !== 'missed') continue;
    account.missedCount += to - from + 1;
    account.notices++;
  }
  return account;
}

function rangeOf(data: string): [from: number, to: number] {
  const { from, to, reason } = JSON.parse(data) as { from: number; to: number; reason: string };
  if (reason !== 'overflow') throw new Error(`missed for ${reason}`);
  return [from, to];
}

const options = { maxFillBytes: 8 * KIB * KIB, hub: { evictAfterMs: 600_000, heartbeatKind: 'none' } } as const;

it('a crowd whose queues are full loses its oldest events where that is asked for: each client hears exactly which, however often it falls behind', async () => {
  const server = await serve({
    ...options,
    hub: { ...options.hub, maxQueueBytes: MAX_QUEUE, overflow: 'drop-oldest' },
  });
  const { hub, port } = server;
  const healthy = await Promise.all(Array.from({ length: 5 }, () => connected({ port })));
  const crowd = await stuckCrowd(server);
  for (let round = 0; round < 2; round++) {
    await publish(server, 300, 16 * KIB);
    expect(hub.stats().queuedBytes).toBeLessThanOrEqual(CROWD * (MAX_QUEUE + 64 * KIB));
    // Half of them read for a moment, and then no more: the kernels fill up again.
    for (const one of crowd.slice(0, CROWD / 2))
      if (round === 0) one.read();
      else one.socket.resume();
    await sleep(100);
    for (const one of crowd.slice(0, CROWD / 2)) one.socket.pause();
  }
  for (const one of crowd.slice(0, CROWD / 2)) one.socket.resume();
  for (const one of crowd.slice(CROWD / 2)) one.read();
  hub.publish({ data: 'the last one' });
  await Promise.all([...crowd, ...healthy].map((one) => one.untilText('data: the last one\n\n')));
  const next = hub.stats().events.published + 1;
  const accounts = crowd.map((one) => accountOf(one));
  expect(new Set(accounts.map((account) => account.next))).toEqual(new Set([next]));
  expect(Math.min(...accounts.map(({ notices }) => notices))).toBeGreaterThanOrEqual(1);
  expect(accounts.reduce((sum, { missedCount }) => sum + missedCount, 0)).toBe(hub.stats().events.dropped);
  for (const one of healthy) expect(accountOf(one)).toEqual({ next, missedCount: 0, notices: 0 });
  expect(hub.stats()).toMatchObject({
    clients: { connected: CROWD + 5, blocked: 0 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
    queuedBytes: 0,
  });
});

it('a crowd whose queues are full is evicted otherwise, each once and for that reason, and nobody else hears of it', async () => {
  const server = await serve({ ...options, hub: { ...options.hub, maxQueueBytes: MAX_QUEUE } });
  const { hub, port } = server;
  const healthy = await Promise.all(Array.from({ length: 5 }, () => connected({ port })));
  const reasons: string[] = [];
  (hub as SseHub).on('disconnect', (_id, reason) => {
    reasons.push(reason);
  });
  await stuckCrowd(server);
  await publish(server, 60, 16 * KIB);
  expect(reasons).toEqual(Array.from({ length: CROWD }, () => 'overflow'));
  expect(hub.stats()).toMatchObject({
    clients: { connected: 5, blocked: 0 },
    evicted: { overflow: CROWD },
    queuedBytes: 0,
    events: { dropped: 0 },
  });
  hub.publish({ data: 'the last one' });
  await Promise.all(healthy.map((one) => one.untilText('data: the last one\n\n')));
  for (const one of healthy)
    expect(accountOf(one)).toMatchObject({ next: hub.stats().events.published + 1, missedCount: 0 });
});

it('a crowd whose queues are full is measured in bytes, not in events: a thousand small ones are no reason', async () => {
  const server = await serve({ ...options, hub: { ...options.hub, maxQueueBytes: MAX_QUEUE } });
  await stuckCrowd(server);
  await publish(server, 5000, 10);
  expect(server.hub.stats()).toMatchObject({ clients: { connected: CROWD }, evicted: { overflow: 0 } });
  await publish(server, 1, MAX_QUEUE);
  expect(server.hub.stats()).toMatchObject({ clients: { connected: 0 }, evicted: { overflow: CROWD } });
});
