import { expect, it } from 'vitest';
import { type Page, readExposition } from '../support/exposition-reader.ts';
import { ask, client, connected, serve } from './fixtures.ts';
import { PATIENCE } from './raw-client.ts';

async function scrape(port: number): Promise<Page> {
  const answer = await ask(port, '/metrics');
  expect([
    answer.statusCode,
    /^Content-Type: text\/plain; version=0\.0\.4; charset=utf-8\r$/m.test(answer.head),
  ]).toEqual([200, true]);
  // The format allows empty lines; the reader does not.
  return readExposition(answer.body.replaceAll(/\n{2,}/g, '\n'));
}

it('/metrics says what /stats says, under names that stay', async () => {
  const { port, hub } = await serve({ hub: { maxClients: 2 } });
  const one = await connected({ port });
  await connected({ port });
  await ask(port, '/events');
  hub.publish({ data: 'x' });
  hub.publish({ data: 'y' });
  await one.untilText('data: y');
  const page = await scrape(port);
  expect(
    Object.fromEntries(
      page.samples
        .filter(({ name }) => !/delay|uptime|^process|^nodejs/.test(name))
        .map(({ name, labels, value }) => [`${name} ${Object.values(labels).join()}`.trim(), value]),
    ),
  ).toEqual({
    'sse_probe_clients accepting': 2,
    'sse_probe_clients blocked': 0,
    sse_probe_clients_peak: 2,
    sse_probe_clients_accepted_total: 2,
    sse_probe_clients_refused_total: 1,
    sse_probe_clients_expired_total: 0,
    'sse_probe_clients_evicted_total stalled': 0,
    'sse_probe_clients_evicted_total unacknowledged': 0,
    'sse_probe_clients_evicted_total overflow': 0,
    sse_probe_queued_bytes: 0,
    sse_probe_events_published_total: 2,
    sse_probe_events_delivered_total: 4,
    sse_probe_events_dropped_total: 0,
    sse_probe_events_replayed_total: 0,
    sse_probe_draining: 0,
    ...Object.fromEntries(
      ['eventLoop', 'eviction', 'heartbeat', 'listener', 'memory', 'publisher', 'replay'].map((component) => [
        `sse_probe_ready ${component}`,
        1,
      ]),
    ),
  });
  expect([page.types.get('sse_probe_clients'), page.types.get('sse_probe_events_delivered_total')]).toEqual([
    'gauge',
    'counter',
  ]);
  expect(page.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(page.value('sse_probe_event_loop_delay_seconds', { quantile: '0.99' })).toBeGreaterThanOrEqual(0);
});

it('/metrics counts on from scrape to scrape and doubles nothing, for two at once either', async () => {
  const { port, hub } = await serve();
  hub.publish({ data: 'x' });
  await scrape(port);
  hub.publish({ data: 'y' });
  const [first, second] = await Promise.all([scrape(port), scrape(port)]);
  expect([first.value('sse_probe_events_published_total'), second.value('sse_probe_events_published_total')]).toEqual([
    2, 2,
  ]);
});

it('/metrics names nobody: no id and no address of a client is in it', async () => {
  const { port } = await serve();
  const one = await connected({ port });
  const { body } = await ask(port, '/metrics');
  expect([
    body.includes(String(one.greeting['clientId'])),
    body.includes(String(one.socket.localPort)),
    body.includes('127.0.0.1'),
  ]).toEqual([false, false, false]);
});

it('/metrics answers while draining, and says so', async () => {
  const server = await serve({ hub: { maxQueueBytes: 1024 ** 3, evictAfterMs: 60_000 } });
  const monitor = client({ port: server.port, path: '/metrics' });
  await monitor.untilText('sse_probe_draining 0\n');
  client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) server.hub.publish({ data: '.'.repeat(64 * 1024) });
  const closing = server.close({ graceMs: 600_000 });
  monitor.socket.write('GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n');
  await monitor.untilText('sse_probe_draining 1\n');
  await server.close({ graceMs: 0 });
  await closing;
});
