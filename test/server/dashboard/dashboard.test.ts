import { expect, it } from 'vitest';
import type { FiguresMessage, NowMessage } from '../../../src/server/dashboard/message.ts';
import { ASSETS, DASHBOARD_PATHS } from '../../../src/server/dashboard/paths.ts';
import { RecentEvents } from '../../../src/server/dashboard/recent-events.ts';
import { faults } from '../../../src/server/faults/registry.ts';
import { worstClients } from '../../../src/hub/worst-clients.ts';
import type { RunningServer } from '../../../src/server/server.ts';
import { ask, client, connected, serve, sleep } from '../fixtures.ts';
import { Http2Client, http2Session, TLS } from '../http2-client.ts';
import { numberOf } from '../../support/event-id.ts';
import { PATIENCE, type RawClient } from '../raw-client.ts';

const EVENTS = '/dashboard/events';
/** The files that need no compiler: the scripts are asked for in test/e2e/dashboard.test.ts. */
const PLAIN_FILES = [...ASSETS]
  .filter(([path, { from }]) => path === '/' || path.endsWith('.css') || 'package' in from)
  .map(([path]) => path);

function figuresOf(viewer: RawClient): FiguresMessage[] {
  return viewer.messagesOf('figures').map(({ data }) => JSON.parse(data) as FiguresMessage);
}

function nowOf(viewer: RawClient): NowMessage[] {
  return viewer.messagesOf('now').map(({ data }) => JSON.parse(data) as NowMessage);
}

/** Somebody who watches a server that looks at itself often. */
async function watched(
  options: Parameters<typeof serve>[0] = {},
): Promise<{ server: RunningServer; viewer: RawClient }> {
  const server = await serve({ dashboard: { periodMs: 20 }, ...options });
  const viewer = client({ port: server.port, path: EVENTS });
  await viewer.untilText('event: now\n');
  return { server, viewer };
}

async function untilLook(viewer: RawClient, isIt: (now: NowMessage) => boolean): Promise<NowMessage> {
  await expect.poll(() => nowOf(viewer).some(isIt), PATIENCE).toBe(true);
  return nowOf(viewer).find(isIt) as NowMessage;
}

it('the files of the dashboard come with a policy that lets nothing in from elsewhere, and are asked for again each time', async () => {
  const { port } = await serve();
  for (const path of PLAIN_FILES) {
    const { statusCode, head, body } = await ask(port, path);
    expect([path, statusCode, body.length > 500]).toEqual([path, 200, true]);
    expect(head).toContain(`Content-Type: ${ASSETS.get(path)?.contentType ?? ''}`);
    expect(head).toContain(
      "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
    for (const line of ['X-Content-Type-Options: nosniff', 'Referrer-Policy: no-referrer', 'Cache-Control: no-cache'])
      expect(head).toContain(line);
  }
});

it('the files of the dashboard are not sent again to who has them', async () => {
  const { port } = await serve();
  const etag = /^etag: (".{22}")\r?$/im.exec((await ask(port, '/')).head)?.[1] ?? '';
  const again = await ask(port, '/', { headers: { 'If-None-Match': etag } });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  expect((await ask(port, '/', { headers: { 'If-None-Match': '"another"' } })).statusCode).toBe(200);
});

it('the files of the dashboard answer HEAD with the length alone, OPTIONS with what is allowed, and anything else with 405', async () => {
  const { port } = await serve();
  for (const path of [...PLAIN_FILES, EVENTS]) {
    const head = await ask(port, path, { method: 'HEAD' });
    expect([path, head.statusCode, head.body]).toEqual([path, 200, '']);
    const options = await ask(port, path, { method: 'OPTIONS' });
    expect([options.statusCode, options.head.includes('Allow: GET, HEAD, OPTIONS')]).toEqual([204, true]);
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask(port, path, { method })).statusCode).toBe(405);
  }
  expect((await ask(port, '/', { method: 'HEAD' })).head).toContain(
    `Content-Length: ${Buffer.byteLength((await ask(port, '/')).body)}`,
  );
});

it('the files of the dashboard that are missing from an installation cost a 500 and not the server', async () => {
  // From the sources there is no compiled script.
  const { port } = await serve();
  const answer = await ask(port, '/dashboard/main.js');
  expect([answer.statusCode, answer.json]).toEqual([
    500,
    { error: 'unreadable', message: 'a file of the page cannot be read (ENOENT); the installation may be incomplete' },
  ]);
  expect((await ask(port, '/healthz')).statusCode).toBe(200);
});

it('the files of the dashboard are served over HTTP/2', async () => {
  const { port } = await serve({ tls: TLS, http2: true });
  const page = new Http2Client(http2Session(port), '/');
  await page.untilClosed();
  expect([page.headers[':status'], page.body.startsWith('<!doctype html>')]).toEqual([200, true]);
  const viewer = new Http2Client(http2Session(port), EVENTS);
  await viewer.untilText('event: now\n');
});

it('the files of the dashboard are not there when the stream was asked for at one of their paths', async () => {
  for (const path of ['/', EVENTS]) {
    const { port } = await serve({ path });
    expect((await connected({ port, path })).greeting['clientId']).toEqual(expect.any(String));
    for (const other of DASHBOARD_PATHS.filter((each) => each !== path))
      expect([other, (await ask(port, other)).statusCode]).toEqual([other, 404]);
  }
});

it('the stream of the dashboard tells the figures with a number that goes up by one, in the order of time', async () => {
  const { server } = await watched();
  const viewer = client({ port: server.port, path: `${EVENTS}?lastEventId=nothing-0` });
  await expect.poll(() => figuresOf(viewer).length, PATIENCE).toBeGreaterThan(5);
  const figures = figuresOf(viewer);
  expect(figures.map(({ n }) => n)).toEqual(figures.map((_, index) => index + 1));
  expect(figures.map(({ atMs }) => atMs)).toEqual(figures.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  expect(viewer.messagesOf('figures').map(({ id }) => id)).toEqual(figures.map(({ lifeId, n }) => `${lifeId}-${n}`));
  expect(figures.map(({ periodMs }) => periodMs)).toEqual(figures.map((_, index) => (index === 0 ? 5000 : 20)));
  expect(figures[0]).toMatchObject({
    clients: { connected: 0 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
    queuedBytes: 0,
    events: { published: 0 },
    published: { total: 0, newest: [], isWatched: false },
  });
});

it("the stream of the dashboard shows each client with its queue and what it calls itself, and nobody's address", async () => {
  const { server, viewer } = await watched();
  const one = await connected({ port: server.port, headers: { 'User-Agent': `<b>${'x'.repeat(300)}` } });
  const now = await untilLook(viewer, ({ connected: count }) => count === 1);
  expect(now.clients).toEqual([
    {
      id: one.greeting['clientId'],
      ageMs: expect.any(Number) as number,
      queuedBytes: 0,
      unacknowledgedBytes: null,
      blocked: false,
      noProgressMs: 0,
      lastAcceptedAgoMs: expect.any(Number) as number,
      writtenBytes: expect.any(Number) as number,
      userAgent: `<b>${'x'.repeat(197)}`,
    },
  ]);
  expect(now.clients[0]?.writtenBytes).toBeGreaterThan(0);
  expect(now.components).toMatchObject({
    listener: { ready: true },
    heartbeat: { ready: true },
    eviction: { ready: true },
  });
  expect(viewer.body).not.toContain('127.0.0.1');
});

it('the stream of the dashboard shows at most 200 clients, those with the most bytes queued first', async () => {
  const { server, viewer } = await watched({ hub: { maxQueueBytes: 64 * 1024 * 1024 } });
  await Promise.all(Array.from({ length: 209 }, () => connected({ port: server.port })));
  const stuck = client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(210);
  const data = 'x'.repeat(1024 * 1024);
  await expect
    .poll(
      () => {
        server.hub.publish({ data });
        return server.hub.stats().queuedBytes;
      },
      { ...PATIENCE, interval: 100 },
    )
    .toBeGreaterThan(2 * data.length);
  const now = await untilLook(
    viewer,
    ({ clients }) => (clients[0]?.queuedBytes ?? 0) > data.length && clients[0]?.blocked === true,
  );
  expect([now.connected, now.clients.length]).toEqual([210, 200]);
  stuck.destroy();
});

it("the stream of the dashboard is no client of the server's stream", async () => {
  const { server, viewer } = await watched({ hub: { maxClients: 1 } });
  expect((await ask(server.port, '/stats')).json).toMatchObject({ clients: { connected: 0, total: 0 } });
  expect((await ask(server.port, '/clients')).json).toEqual({ connected: 0, clients: [] });
  await connected({ port: server.port });
  await untilLook(viewer, ({ connected: count }) => count === 1);
});

it('the stream of the dashboard tells what was published through the server since the last look, each once', async () => {
  const { server, viewer } = await watched({ publishToken: 'secret', ratePerSecond: 40 });
  await expect
    .poll(() => figuresOf(viewer).flatMap(({ published }) => published.newest).length, PATIENCE)
    .toBeGreaterThan(20);
  const body = JSON.stringify({ event: 'news', data: 'é'.repeat(300), id: 'mine' });
  expect(
    (
      await ask(server.port, '/publish', {
        method: 'POST',
        body,
        headers: { Host: 'localhost', Authorization: 'Bearer secret', 'Content-Type': 'application/json' },
      })
    ).statusCode,
  ).toBe(200);
  await viewer.untilText('"mine"');
  const lines = figuresOf(viewer).flatMap(({ published }) => published.newest);
  const ticks = lines.filter(({ event }) => event === 'tick').map(({ id }) => numberOf(id));
  // One number is the published event's, whose own id was taken instead.
  expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
  expect((ticks.at(-1) ?? 0) - (ticks[0] ?? 0) + 1 - ticks.length).toBeLessThanOrEqual(1);
  expect(lines.find(({ event }) => event === 'news')).toEqual({
    atMs: expect.any(Number) as number,
    id: 'mine',
    event: 'news',
    data: `${'é'.repeat(199)}…`,
    dataBytes: 600,
  });
});

it('the stream of the dashboard gives each look once to a page that was away, as long as the server remembers', async () => {
  const { server, viewer } = await watched();
  const first = client({ port: server.port, path: EVENTS });
  await first.untilText('event: figures\n');
  first.destroy();
  const lastId = first.messagesOf('figures').at(-1)?.id ?? '';
  const seenLast = figuresOf(first).at(-1)?.n ?? 0;
  await expect.poll(() => figuresOf(viewer).at(-1)?.n ?? 0, PATIENCE).toBeGreaterThan(seenLast + 5);
  const second = client({ port: server.port, path: `${EVENTS}?lastEventId=${lastId}` });
  await expect.poll(() => figuresOf(second).length, PATIENCE).toBeGreaterThan(8);
  expect(figuresOf(second).map(({ n }) => n)).toEqual(figuresOf(second).map((_, index) => seenLast + 1 + index));
});

it('the stream of the dashboard begins with what the server remembers for a page that says it has nothing', async () => {
  const { server, viewer } = await watched();
  await expect.poll(() => figuresOf(viewer).length, PATIENCE).toBeGreaterThan(5);
  const late = client({ port: server.port, path: `${EVENTS}?lastEventId=nothing-0` });
  await late.untilText('event: figures\n');
  expect(figuresOf(late)[0]?.n).toBe(1);
});

it('the stream of the dashboard has what came before the first visitor: figures at longer steps, and how many events', async () => {
  const server = await serve({ dashboard: { periodMs: 20, idlePeriodMs: 100 }, ratePerSecond: 50 });
  await sleep(500);
  const openedMs = Date.now();
  const viewer = client({ port: server.port, path: `${EVENTS}?lastEventId=nothing-0` });
  await expect.poll(() => figuresOf(viewer).at(-1)?.published.newest.length, PATIENCE).toBeGreaterThan(0);
  const figures = figuresOf(viewer);
  const before = figures.filter(({ atMs }) => atMs < openedMs);
  expect(before.length).toBeGreaterThan(2);
  expect([before[0]?.n, before[0]?.uptimeMs]).toEqual([1, expect.closeTo(0, -3)]);
  expect(new Set(before.map(({ periodMs }) => periodMs))).toEqual(new Set([100]));
  expect(before.flatMap(({ published }) => published.newest)).toEqual([]);
  const since = figures.filter(({ periodMs }) => periodMs === 20);
  const visit = since[0]?.published;
  expect([visit?.isWatched, (visit?.total ?? 0) > 10]).toEqual([false, true]);
  // From then on each event is there.
  expect(since.flatMap(({ published }) => published.newest)).toHaveLength(
    (since.at(-1)?.published.total ?? 0) - (visit?.total ?? 0),
  );
});

it('the stream of the dashboard looks at the server less often when the last viewer has left', async () => {
  const { server, viewer } = await watched({ dashboard: { periodMs: 20, idlePeriodMs: 200 } });
  viewer.destroy();
  await sleep(1000);
  const next = client({ port: server.port, path: `${EVENTS}?lastEventId=nothing-0` });
  await next.untilText('event: now\n');
  const idle = figuresOf(next).filter(({ periodMs }) => periodMs === 200);
  // The first of all came before anybody watched; at 20 ms there would be 50.
  expect([idle.length > 3, idle.length < 20]).toEqual([true, true]);
});

it('the stream of the dashboard names the faults of the server, with what each does', async () => {
  const { viewer } = await watched({ faults: ['wrong-type', 'no-heartbeat'] });
  expect(nowOf(viewer)[0]?.faults).toEqual([
    { name: 'no-heartbeat', summary: faults.get('no-heartbeat')?.summary },
    { name: 'wrong-type', summary: faults.get('wrong-type')?.summary },
  ]);
  const sound = await watched();
  expect(nowOf(sound.viewer)[0]?.faults).toEqual([]);
});

it('the stream of the dashboard tells what works from what the server does not have', async () => {
  const { viewer } = await watched({ faults: ['naive'], ratePerSecond: 0 });
  expect(nowOf(viewer)[0]?.components).toMatchObject({
    publisher: { ready: true, off: true },
    heartbeat: { ready: true, off: true },
    eviction: { ready: true, off: true },
  });
  expect(nowOf(viewer)[0]?.components['listener']).toEqual({ ready: true, detail: 'accepting' });
});

it('the stream of the dashboard has a bounded number of viewers, and a place again when one leaves', async () => {
  const { server, viewer } = await watched({ dashboard: { periodMs: 20, maxViewers: 1 } });
  const refused = await ask(server.port, EVENTS);
  expect([refused.statusCode, refused.head.includes('Retry-After:')]).toEqual([503, true]);
  viewer.destroy();
  await expect
    .poll(async () => {
      const next = client({ port: server.port, path: EVENTS });
      await expect.poll(() => next.statusCode, PATIENCE).toBeGreaterThan(0);
      return next.statusCode;
    }, PATIENCE)
    .toBe(200);
});

it('the stream of the dashboard is for those who accept an event stream', async () => {
  const { port } = await serve();
  expect((await ask(port, EVENTS, { headers: { Accept: 'text/html' } })).statusCode).toBe(406);
});

it('the stream of the dashboard ends with a farewell when the server closes, and does not hold it up', async () => {
  const { server, viewer } = await watched();
  const seat = await connected({ port: server.port });
  await server.close({ graceMs: 20_000 });
  await Promise.all([viewer.untilClosed(), seat.untilClosed()]);
  expect([viewer.ended, viewer.body.includes(': shutdown\n')]).toEqual(['fin', true]);
});

it('the stream of the dashboard is asked for in vain while the server closes', async () => {
  const server = await serve();
  const kept = client({ port: server.port, path: '/healthz' });
  await kept.untilText('"ok"');
  const closed = server.close({ graceMs: 200 });
  kept.socket.write(`GET ${EVENTS} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await closed;
  expect(kept.text).not.toContain('event: figures');
});

it('the stream of the dashboard shows every faulty server too', async () => {
  // It ends the process, sooner or later.
  for (const name of [...faults.keys()].filter((each) => each !== 'crash')) {
    const { server, viewer } = await watched({ faults: [name], ratePerSecond: 5 });
    expect([name, nowOf(viewer)[0]?.connected, viewer.statusCode]).toEqual([name, 0, 200]);
    await server.close({ graceMs: 0 });
  }
});

it('the worst clients are those of a stable sort by bytes queued and unacknowledged, cut', () => {
  for (const queues of [
    [],
    [0, 0, 0],
    [1, 2, 3, 4],
    [4, 3, 2, 1],
    [0, 5, 0, 5, 1, 9, 0],
    Array.from({ length: 500 }, (_, index) => (index * 7919) % 101),
  ]) {
    const clients = queues.map((waitingBytes, index) => ({
      queuedBytes: index % 2 === 0 ? waitingBytes : 0,
      unacknowledgedBytes: index % 2 === 0 ? null : waitingBytes,
      noProgressSinceMs: 0,
      index,
    }));
    for (const limit of [1, 3, 50]) {
      expect(worstClients(clients, 0, limit).map(({ index }) => index)).toEqual(
        clients
          .toSorted((a, b) => (queues[b.index] ?? 0) - (queues[a.index] ?? 0) || a.index - b.index)
          .slice(0, limit)
          .map(({ index }) => index),
      );
    }
  }
});

it('the worst client is the one that has made no progress for the longest time, unless that may be chance', () => {
  const nowMs = 100_000;
  const clients = [
    { name: 'queue', queuedBytes: 1e9, unacknowledgedBytes: 1e6, noProgressSinceMs: 0 },
    { name: 'seconds', queuedBytes: 0, unacknowledgedBytes: 10, noProgressSinceMs: nowMs - 4000 },
    { name: 'half a minute', queuedBytes: 0, unacknowledgedBytes: 10, noProgressSinceMs: nowMs - 30_000 },
    { name: 'a minute', queuedBytes: 0, unacknowledgedBytes: 5, noProgressSinceMs: nowMs - 60_000 },
  ];
  expect(worstClients(clients, nowMs, 9).map(({ name }) => name)).toEqual([
    'a minute',
    'half a minute',
    'queue',
    'seconds',
  ]);
});

it('the newest events are the last twenty, oldest first, each once', () => {
  const recent = new RecentEvents();
  for (const total of [0, 1, 19, 20, 21, 47]) {
    for (let id = 1; id <= total; id++) recent.note(String(id), { data: 'x' }, 1000 + id);
    expect(recent.take().map(({ id, atMs }) => [Number(id), atMs])).toEqual(
      Array.from({ length: Math.min(20, total) }, (_, index) => Math.max(0, total - 20) + index + 1).map((id) => [
        id,
        1000 + id,
      ]),
    );
  }
});
