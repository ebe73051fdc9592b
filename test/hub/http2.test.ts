import net from 'node:net';
import { expect, it } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import { numberOf } from '../support/event-id.ts';
import { serve, sleep } from '../server/fixtures.ts';
import { Http2Client, http2Session, TLS } from '../server/http2-client.ts';
import { PATIENCE } from '../server/raw-client.ts';

async function connected(
  session: ReturnType<typeof http2Session>,
  path?: string,
  headers: Record<string, string> = {},
): Promise<Http2Client> {
  const made = new Http2Client(session, path, { headers });
  await made.untilText('}\n\n');
  return made;
}

it('over HTTP/2 many streams share a connection and get the same events, without a word that HTTP/2 does not have', async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => {
    warnings.push(warning.message);
  };
  process.on('warning', onWarning);
  const { port, hub, url } = await serve({ tls: TLS, http2: true });
  const session = http2Session(port);
  const clients = await Promise.all(Array.from({ length: 20 }, () => connected(session)));
  expect([session.alpnProtocol, url]).toEqual(['h2', `https://127.0.0.1:${port}`]);
  for (let count = 1; count <= 50; count++) hub.publish({ data: `number ${count}` });
  await Promise.all(clients.map((each) => each.untilText('data: number 50\n\n')));
  expect(new Set(clients.map((each) => each.body.slice(each.body.indexOf('\n\nid: ')))).size).toBe(1);
  expect(clients[0]?.headers).toMatchObject({
    ':status': 200,
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  expect(Object.keys(clients[0]?.headers ?? {})).not.toContain('connection');
  expect(hub.stats().clients).toMatchObject({ connected: 20, accepting: 20 });
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

it('over HTTP/2 a stream resumes, is sent to alone, and is removed with a token', async () => {
  const { port, hub } = await serve({ tls: TLS, http2: true, publishToken: 'ours' });
  const session = http2Session(port);
  for (const data of ['a', 'b', 'c']) hub.publish({ data });
  const one = await connected(session, '/events', { 'last-event-id': `${(hub as SseHub).life}-1` });
  const headers = { authorization: 'Bearer ours', 'content-type': 'application/json' };
  const published = new Http2Client(session, '/publish', {
    headers: { ':method': 'POST', ...headers },
    body: '{"data":"d"}',
  });
  await published.untilText(`{"id":"${(hub as SseHub).life}-4"}`);
  expect((hub as SseHub).send(String(one.greeting['clientId']), { data: 'alone' })).toBe(true);
  await one.untilText('data: alone\n\n');
  expect(one.messages.slice(1).map(({ data }) => data)).toEqual(['b', 'c', 'd', 'alone']);
  const removed = new Http2Client(session, `/clients/${String(one.greeting['clientId'])}`, {
    headers: { ':method': 'DELETE', ...headers },
  });
  await Promise.all([removed.untilClosed(), one.untilClosed()]);
  expect([removed.headers[':status'], one.ended, hub.stats().clients.connected]).toEqual([204, true, 0]);
});

it('over HTTP/2 a stranger and a name that was pointed here are refused as over HTTP/1.1', async () => {
  const { port } = await serve({ tls: TLS, http2: true, publishToken: 'ours' });
  const session = http2Session(port);
  for (const [headers, statusCode] of [
    [{}, 401],
    [{ ':authority': 'evil.example' }, 421],
    [{ authorization: 'Bearer ours', origin: 'https://evil.example' }, 403],
  ] as const) {
    const answer = new Http2Client(session, '/publish', {
      headers: { ':method': 'POST', 'content-type': 'application/json', ...headers },
      body: '{"data":"d"}',
    });
    await answer.untilClosed();
    expect(answer.headers[':status']).toBe(statusCode);
  }
});

it('over HTTP/2 a cancelled stream and a lost session give their places back', async () => {
  const { port, hub } = await serve({ tls: TLS, http2: true });
  const session = http2Session(port);
  const [one] = await Promise.all([connected(session), connected(session), connected(session)]);
  one.stream.close(8);
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(2);
  session.destroy();
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
});

it('over HTTP/2 500 streams one after the other in a session leave nothing behind but the session', async () => {
  const { port, hub } = await serve({ tls: TLS, http2: true, hub: { evictAfterMs: 300 } });
  const session = http2Session(port);
  const staying = await connected(session);
  for (let round = 0; round < 25; round++) {
    const wave = await Promise.all(Array.from({ length: 20 }, () => connected(session)));
    for (const each of wave) each.stream.close(8);
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  }
  await sleep(900);
  expect([staying.closed, hub.stats()]).toMatchObject([
    false,
    { clients: { connected: 1, total: 501 }, evicted: { stalled: 0, unacknowledged: 0, overflow: 0 } },
  ]);
});

it('over HTTP/2 above the limit a newcomer gets 503, in a session that goes on', async () => {
  const { port } = await serve({ tls: TLS, http2: true, hub: { maxClients: 1 } });
  const session = http2Session(port);
  const seated = await connected(session);
  const refused = new Http2Client(session);
  await refused.untilClosed();
  expect([refused.headers[':status'], refused.headers['retry-after'], seated.closed, session.destroyed]).toEqual([
    503,
    '2',
    false,
    false,
  ]);
  const head = new Http2Client(session, '/events', { headers: { ':method': 'HEAD' } });
  await head.untilClosed();
  expect([head.headers[':status'], head.body]).toEqual([200, '']);
});

it('over HTTP/2 a stream that is not read is evicted, its neighbours in the session get every event', async () => {
  const { port, hub } = await serve({ tls: TLS, http2: true, hub: { evictAfterMs: 600, maxQueueBytes: 1024 ** 3 } });
  const session = http2Session(port);
  const reasons: string[] = [];
  (hub as SseHub).on('disconnect', (_id, reason) => {
    reasons.push(reason);
  });
  const reading = await connected(session);
  // Room for the session as a whole: its window is shared, and a stream that nobody reads would fill it.
  session.setLocalWindowSize(32 * 1024 * 1024);
  const stuck = new Http2Client(session, '/events', { paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(2);
  let count = 0;
  while (count < 3000 && reasons.length === 0) {
    hub.publish({ data: `${++count} ${'.'.repeat(8000)}` });
    await sleep(2);
  }
  expect([reasons, hub.stats().evicted.stalled]).toEqual([['stalled'], 1]);
  await reading.untilText(`data: ${count} .`);
  expect(reading.messages.slice(1).map(({ id }) => numberOf(id))).toEqual(
    Array.from({ length: count }, (_, index) => index + 1),
  );
  expect(reading.closed).toBe(false);
  stuck.read();
  await stuck.untilClosed();
});

it('over HTTP/2 a stream that drains goes on in order with exactly the bytes published', async () => {
  const { port, hub } = await serve({
    tls: TLS,
    http2: true,
    hub: { evictAfterMs: 60_000, maxQueueBytes: 1024 ** 3 },
  });
  const slow = new Http2Client(http2Session(port), '/events', { paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 100; count++) hub.publish({ data: '.'.repeat(20_000) });
  expect(hub.stats()).toMatchObject({ clients: { blocked: 1 } });
  slow.read();
  await expect.poll(() => slow.messages.length, PATIENCE).toBe(101);
  expect(slow.messages.slice(1).map(({ id, data }) => [numberOf(id), data.length])).toEqual(
    Array.from({ length: 100 }, (_, index) => [index + 1, 20_000]),
  );
  await expect.poll(() => hub.stats(), PATIENCE).toMatchObject({ clients: { blocked: 0 }, queuedBytes: 0 });
});

it('over HTTP/2 a session whose peer answers nothing any more is evicted with all its streams; others stay', async () => {
  const { port, hub } = await serve({ tls: TLS, http2: true, hub: { evictAfterMs: 1000, heartbeatMs: 200 } });
  // What lies between takes every byte and passes none on, so that the kernel sees nothing wrong.
  const pipes: net.Socket[] = [];
  const between = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1').on('error', () => {});
    near
      .on('error', () => {})
      .pipe(far)
      .pipe(near);
    pipes.push(near, far);
  });
  await new Promise<void>((resolve) => {
    between.listen(0, '127.0.0.1', () => resolve());
  });
  const lost = http2Session((between.address() as net.AddressInfo).port);
  await Promise.all([connected(lost), connected(lost), connected(lost)]);
  const alive = await connected(http2Session(port));
  for (const pipe of pipes) pipe.unpipe().resume();
  await expect
    .poll(() => hub.stats(), PATIENCE)
    .toMatchObject({ clients: { connected: 1 }, evicted: { unacknowledged: 3, stalled: 0 } });
  await sleep(2500);
  expect([alive.closed, hub.stats().clients.connected]).toEqual([false, 1]);
  between.close();
  for (const pipe of pipes) pipe.destroy();
});

it('over HTTP/2 shutting down says farewell on every stream and ends the session', async () => {
  const server = await serve({ tls: TLS, http2: true });
  const session = http2Session(server.port);
  const clients = await Promise.all(Array.from({ length: 10 }, () => connected(session)));
  await server.close({ graceMs: 20_000 });
  await Promise.all(clients.map((each) => each.untilClosed()));
  expect(clients.filter((each) => !each.ended || !/: shutdown\nretry: \d+\n\n$/.test(each.body))).toEqual([]);
  await expect.poll(() => session.destroyed, PATIENCE).toBe(true);
});

it('over HTTP/2 shutting down is not held up by streams that are not read', async () => {
  const server = await serve({ tls: TLS, http2: true, hub: { evictAfterMs: 60_000, maxQueueBytes: 1024 ** 3 } });
  const session = http2Session(server.port);
  for (let count = 0; count < 5; count++) new Http2Client(session, '/events', { paused: true }).stream.pause();
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(5);
  for (let count = 0; count < 100; count++) server.hub.publish({ data: '.'.repeat(64 * 1024) });
  expect(server.hub.stats().clients.blocked).toBe(5);
  await server.close({ graceMs: 300 });
  expect(server.hub.stats().clients.connected).toBe(0);
});

it('a server that makes no sense is refused: HTTP/2 without TLS, with a defect, or with a key that is none', async () => {
  await expect(serve({ http2: true })).rejects.toThrow('HTTP/2 needs TLS');
  await expect(serve({ http2: true, tls: TLS, faults: ['naive'] })).rejects.toThrow('HTTP/1.1 only');
  for (const http2 of [false, true])
    await expect(serve({ http2, tls: { ...TLS, key: 'no key' } })).rejects.toThrow(
      'certificate and key cannot be used',
    );
});
