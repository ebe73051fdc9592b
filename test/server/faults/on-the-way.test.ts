import { constants, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { client, connected, serve, sleep } from '../fixtures.ts';
import { PATIENCE } from '../raw-client.ts';
import { publish, served, ticks } from './streams.ts';

it('wrong-type sends the same stream as text/html', async () => {
  const { server, clients } = await served(['wrong-type'], 1);
  publish(server, 2);
  await clients[0]?.untilText('data: 2\n\n');
  expect(clients[0]?.head).toContain('\r\nContent-Type: text/html\r\n');
  expect(clients[0]?.head).not.toContain('event-stream');
  expect(clients.map(ticks)).toEqual(['1 2']);
});

it('compressed answers with gzip that nobody asked for, readable after each event', async () => {
  const server = await serve({ faults: ['compressed'] });
  const one = client({ port: server.port, headers: { 'Accept-Encoding': 'identity' } });
  const text = (): string =>
    one.bodyBytes.length === 0
      ? ''
      : gunzipSync(one.bodyBytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
  await expect.poll(text, PATIENCE).toContain('event: connected');
  publish(server, 2);
  await expect.poll(text, PATIENCE).toContain('data: 2\n\n');
  expect(one.head).toContain('\r\nContent-Encoding: gzip\r\n');
  expect(one.head).not.toContain('no-transform');
  const other = client({ port: server.port });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(2);
  publish(server, 1);
  await expect.poll(text, PATIENCE).toContain('data: 3\n\n');
  await server.close({ graceMs: 5000 });
  await other.untilClosed();
  await one.untilClosed();
  // Whole, with its checksum and length.
  expect(gunzipSync(one.bodyBytes).toString('utf8')).toMatch(
    /^retry: [^]+id: \S+-3\nevent: tick\ndata: 3\n\n: shutdown\nretry: \d+\n\n$/,
  );
  expect(gunzipSync(other.bodyBytes).toString('utf8')).toMatch(/\n\nid: \S+-3\nevent: tick\ndata: 3\n\n: shutdown\n/);
});

it('late-headers sends head and greeting with the first event and not before, heartbeats notwithstanding', async () => {
  const server = await serve({ faults: ['late-headers'], hub: { heartbeatMs: 20 } });
  const one = client({ port: server.port });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(1);
  await sleep(200);
  expect(one.text).toBe('');
  expect(server.hub.stats().queuedBytes).toBeGreaterThan(0);
  publish(server, 1);
  await one.untilText('data: 1\n\n');
  expect(one.text).toMatch(
    /^HTTP\/1\.1 200 OK\r\n[^]+\r\n\r\nretry: \d+\nevent: connected\ndata: .+\n\nid: \S+-1\nevent: tick\ndata: 1\n\n/,
  );
  await one.untilText(': ping');
});

it('late-headers does not wait where a replay follows at once', async () => {
  const server = await serve({ faults: ['late-headers'] });
  const [first = ''] = publish(server, 3);
  const back = client({ port: server.port, headers: { 'Last-Event-ID': first } });
  await expect.poll(() => ticks(back), PATIENCE).toBe('2 3');
});

it('late-headers lets the head go when the server ends the stream', async () => {
  const server = await serve({ faults: ['late-headers'] });
  const one = client({ port: server.port });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(1);
  await server.close({ graceMs: 5000 });
  await one.untilClosed();
  expect(one.statusCode).toBe(200);
  expect(one.text).toContain(': shutdown\n');
  expect(one.ended).toBe('fin');
});

it('the fault buffered sends the head at once, and what follows in one piece', async () => {
  const server = await serve({ faults: ['buffered'], hub: { heartbeatMs: 100 } });
  const one = client({ port: server.port });
  const reads: string[] = [];
  one.socket.on('data', (chunk: Buffer) => {
    reads.push(chunk.toString('utf8'));
  });
  await one.untilText('\r\n\r\n');
  publish(server, 1);
  await sleep(300);
  publish(server, 1);
  expect(one.body).toBe('');
  expect(server.hub.stats().queuedBytes).toBeGreaterThan(100);
  await one.untilText('data: 2\n\n');
  expect(reads).toHaveLength(2);
  expect(one.body).toMatch(/^retry: [^]+event: connected[^]+data: 1\n\n[^]*: ping\n\n[^]*data: 2\n\n/);
});

it('the fault buffered holds only so much, and passes back-pressure on', async () => {
  const server = await serve({
    faults: ['buffered'],
    hub: { maxQueueBytes: 1024 * 1024, evictAfterMs: 3_600_000, useKernelTable: false },
  });
  const reader = client({ port: server.port });
  const paused = client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(2);
  for (let count = 0; count < 1000 && server.hub.stats().clients.blocked === 0; count++) {
    server.hub.publish({ event: 'tick', data: '.'.repeat(32 * 1024) });
    await sleep(1);
  }
  expect(server.hub.stats().clients).toMatchObject({ connected: 2, blocked: 1 });
  const published = server.hub.stats().events.published;
  paused.read();
  await expect
    .poll(() => [reader, paused].map((one) => one.messagesOf('tick').length), PATIENCE)
    .toEqual([published, published]);
  expect(server.hub.stats().clients.blocked).toBe(0);
}, 60_000);

it('idle-cut ends every stream at the same age with a FIN, in spite of heartbeats and events', async () => {
  const server = await serve({ faults: ['idle-cut'], hub: { heartbeatMs: 100 }, ratePerSecond: 10 });
  const beganMs = performance.now();
  const one = await connected({ port: server.port });
  await sleep(1000);
  const laterMs = performance.now();
  const two = await connected({ port: server.port });
  await one.untilClosed();
  // A timer is never early.
  expect(performance.now() - beganMs).toBeGreaterThan(4900);
  expect(two.ended).toBe('open');
  await two.untilClosed();
  expect(performance.now() - laterMs).toBeGreaterThan(4900);
  expect([one.ended, two.ended]).toEqual(['fin', 'fin']);
  expect(one.body).not.toContain('shutdown');
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(0);
});
