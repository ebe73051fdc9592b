import { expect, it } from 'vitest';
import { client, serve, sleep } from '../fixtures.ts';
import { PATIENCE } from '../raw-client.ts';

it('the naive server delivers events, which is why it passes every demo', async () => {
  const { port, hub } = await serve({ faults: ['naive'] });
  const one = client({ port });
  await one.untilText('HTTP/1.1 200');
  hub.publish({ event: 'tick', data: 'hello' });
  await one.untilText('data: hello\n\n');
  expect(one.messages).toEqual([{ id: '1', event: 'tick', data: 'hello' }]);
});

it('the naive server keeps every client that ever came, lives on, and sends nobody a heartbeat', async () => {
  const { port, hub } = await serve({
    faults: ['naive'],
    hub: { heartbeatMs: 20, evictAfterMs: 100 },
    ratePerSecond: 100,
  });
  for (let count = 0; count < 30; count++) {
    const one = client({ port });
    await one.untilText('HTTP/1.1 200');
    if (count % 2 === 0) one.leave();
    else one.socket.resetAndDestroy();
  }
  const last = client({ port });
  await last.untilText('event: tick');
  await sleep(300);
  expect(hub.stats()).toMatchObject({
    clients: { connected: 31, peak: 31 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
  });
  expect(last.body).not.toContain('ping');
  expect(last.messagesOf('connected')).toEqual([]);
  expect(last.ended).toBe('open');
});

it('the naive server does not look at Last-Event-ID', async () => {
  const { port, hub } = await serve({ faults: ['naive'] });
  hub.publish({ data: 'one' });
  const returning = client({ port, headers: { 'Last-Event-ID': '0' } });
  await returning.untilText('HTTP/1.1 200');
  hub.publish({ data: 'two' });
  await returning.untilText('data: two');
  expect(returning.messages.map((message) => message.data)).toEqual(['two']);
});

it('the naive server buffers without limit for a client that never reads', async () => {
  const { port, hub } = await serve({ faults: ['naive'], hub: { maxQueueBytes: 1024 } });
  client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) {
    hub.publish({ data: '.'.repeat(64 * 1024) });
    await sleep(1);
  }
  expect(hub.stats().queuedBytes).toBeGreaterThan(1024 * 1024);
  expect(hub.stats().clients.connected).toBe(1);
});
