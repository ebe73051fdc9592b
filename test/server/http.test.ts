import net from 'node:net';
import { expect, it } from 'vitest';
import { acceptsEventStream } from '../../src/server/accept.ts';
import { ask, client, connected, serve, sleep } from './fixtures.ts';
import { PATIENCE } from './raw-client.ts';

/** Sends bytes as they are and gives what comes back until the connection closes or `text` has come. */
async function raw(port: number, bytes: string, text?: string): Promise<string> {
  const socket = new net.Socket();
  let answer = '';
  socket
    .on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    })
    .on('error', () => {});
  const over = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', () => {
      if (text !== undefined && answer.includes(text)) resolve();
    });
  });
  socket.connect(port, '127.0.0.1');
  socket.write(Buffer.from(bytes, 'latin1'));
  await over;
  socket.destroy();
  return answer;
}

it('the endpoints say that the process is alive', async () => {
  const { port } = await serve();
  const answer = await ask(port, '/healthz');
  expect([answer.statusCode, answer.json]).toEqual([200, { status: 'ok' }]);
});

it('the endpoints say of every component whether it is ready', async () => {
  const { port } = await serve({ ratePerSecond: 1 });
  const answer = await ask(port, '/readyz');
  const { ready, draining, components } = answer.json as {
    ready: boolean;
    draining: boolean;
    components: Record<string, { ready: boolean; detail: string }>;
  };
  expect([answer.statusCode, ready, draining]).toEqual([200, true, false]);
  expect(Object.keys(components).toSorted()).toEqual([
    'eventLoop',
    'eviction',
    'heartbeat',
    'listener',
    'memory',
    'publisher',
    'replay',
  ]);
  expect(Object.values(components).filter((component) => !component.ready || component.detail === '')).toEqual([]);
  expect(components['eviction']?.detail).toContain('kernel table');
});

it('the endpoints count clients, events, memory and delays', async () => {
  const { port, hub } = await serve();
  const one = await connected({ port });
  hub.publish({ data: 'x' });
  await one.untilText('data: x');
  expect((await ask(port, '/stats')).json).toMatchObject({
    pid: process.pid,
    clients: { connected: 1, accepting: 1, blocked: 0, total: 1, peak: 1 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
    queuedBytes: 0,
    events: { published: 1, delivered: 1, dropped: 0, replayed: 0 },
    memory: {
      rssBytes: expect.any(Number) as number,
      heapUsedBytes: expect.any(Number) as number,
      externalBytes: expect.any(Number) as number,
    },
    eventLoopDelayMs: {
      p50: expect.any(Number) as number,
      p99: expect.any(Number) as number,
      max: expect.any(Number) as number,
    },
    openHandles: expect.any(Number) as number,
    uptimeMs: expect.any(Number) as number,
  });
});

it('the endpoints list a bounded number of clients, without their addresses', async () => {
  const { port } = await serve();
  const seated = await Promise.all([1, 2, 3].map(() => connected({ port })));
  const { connected: count, clients } = (await ask(port, '/clients?limit=2')).json as {
    connected: number;
    clients: Array<Record<string, unknown>>;
  };
  expect([count, clients.length]).toEqual([3, 2]);
  expect(seated.map((each) => each.greeting['clientId'])).toContain(clients[0]?.['id']);
  expect(Object.keys(clients[0] ?? {}).toSorted()).toEqual([
    'ageMs',
    'blocked',
    'id',
    'lastAcceptedAgoMs',
    'noProgressMs',
    'queuedBytes',
    'unacknowledgedBytes',
    'userAgent',
    'writtenBytes',
  ]);
  for (const limit of ['0', '-1', '1.5', 'x', '1e9', ''])
    expect((await ask(port, `/clients?limit=${limit}`)).statusCode).toBe(400);
});

it('the endpoints answer HEAD without a body and without taking a place', async () => {
  const { port, hub } = await serve();
  for (const path of ['/events', '/healthz', '/readyz', '/stats', '/clients']) {
    const answer = await ask(port, path, { method: 'HEAD' });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  }
  expect(hub.stats().clients.total).toBe(0);
});

it('the endpoints answer OPTIONS with what is allowed, Last-Event-ID included', async () => {
  const { port } = await serve();
  const answer = await ask(port, '/events', { method: 'OPTIONS' });
  expect(answer.statusCode).toBe(204);
  expect(answer.head).toMatch(/^Allow: GET, HEAD, OPTIONS\r$/m);
  expect(answer.head).toMatch(/^Access-Control-Allow-Headers: Last-Event-ID, Authorization, Content-Type\r$/m);
});

it('the endpoints refuse other methods with 405', async () => {
  const { port, hub } = await serve();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
    const answer = await ask(port, '/events', { method });
    expect([answer.statusCode, /^Allow: GET, HEAD, OPTIONS\r$/m.test(answer.head)]).toEqual([405, true]);
  }
  expect(hub.stats().clients.total).toBe(0);
});

it('the endpoints know no other path, however it is spelled', async () => {
  const { port } = await serve();
  const paths = [
    '/event',
    '/events/',
    '//events',
    '/Events',
    '/%65vents',
    '/events/../stats',
    '/..%2f..%2fetc/passwd',
    '/%00',
    '/__proto__',
    '/constructor',
    `/${'x'.repeat(10_000)}`,
  ];
  for (const path of paths) {
    const answer = await ask(port, path);
    expect([path.slice(0, 40), answer.statusCode, answer.json]).toEqual([
      path.slice(0, 40),
      404,
      { error: 'not-found', message: 'not found; the stream is at /events' },
    ]);
  }
  expect(await raw(port, 'GET http://other.example/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 404/,
  );
  expect(await raw(port, 'CONNECT other.example:80 HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
});

it('the endpoints serve the stream at the path that was asked for, and only there', async () => {
  const { port } = await serve({ path: '/live/feed' });
  expect((await connected({ port, path: '/live/feed' })).statusCode).toBe(200);
  expect((await ask(port, '/events')).statusCode).toBe(404);
});

it('the endpoints answer 406 to a client that takes no event stream', async () => {
  const { port, hub } = await serve();
  expect((await ask(port, '/events', { headers: { Accept: 'application/json' } })).statusCode).toBe(406);
  expect(hub.stats().clients.total).toBe(0);
});

for (const [accept, admits] of [
  [undefined, true],
  ['', true],
  ['*/*', true],
  ['text/*', true],
  ['text/event-stream', true],
  ['Text/Event-Stream', true],
  ['application/json, text/event-stream;q=0.1', true],
  ['text/html,application/xhtml+xml,*/*;q=0.8', true],
  ['application/json', false],
  ['text/event-stream;q=0', false],
  ['text/event-stream;q=0, */*', false],
  ['*/*;q=0', false],
  ['text/html', false],
  [';;;,,,q=', false],
] as const) {
  it(`an Accept header ${JSON.stringify(accept) ?? 'that is absent'} ${admits ? 'admits' : 'excludes'} the stream`, () => {
    expect(acceptsEventStream(accept)).toBe(admits);
  });
}

it('odd requests by HTTP/1.0 get a stream until the connection closes', async () => {
  const { port } = await serve();
  const answer = await raw(port, 'GET /events HTTP/1.0\r\n\r\n', 'event: connected');
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
});

it('odd requests with a body get their stream, and the body is thrown away', async () => {
  const { port, hub } = await serve();
  const one = client({ port, headers: { 'Content-Length': '100000' } });
  one.socket.write('x'.repeat(100_000));
  await one.untilConnected();
  hub.publish({ data: 'on' });
  await one.untilText('data: on');
  one.leave();
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
});

it('odd requests with Expect: 100-continue are told to go on', async () => {
  const { port } = await serve();
  expect(
    await raw(port, 'GET /events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n', 'event: connected'),
  ).toMatch(/^HTTP\/1\.1 100 Continue/);
});

it('odd requests sent behind a stream end the connection: nothing can pile up there', async () => {
  const { port, hub } = await serve();
  const two = 'GET /events HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2);
  const answer = await raw(port, two);
  expect(answer.split('HTTP/1.1 200').length).toBeLessThanOrEqual(2);
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
});

it('odd requests with 64 KB of headers get 431, with none a 400', async () => {
  const { port } = await serve();
  expect(await raw(port, `GET /events HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(65_536)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431/,
  );
  expect(await raw(port, 'GET /events HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  expect(await raw(port, 'not http at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
});

it('odd requests that never come to an end are cut off, and nobody else waits for them', async () => {
  const { port, hub } = await serve({ times: { headersMs: 500 } });
  const crawlers = Array.from({ length: 20 }, (_, index) => {
    const socket = new net.Socket().on('error', () => {}).connect(port, '127.0.0.1');
    if (index % 2 === 0) socket.write('GET /events HTTP/1.1\r\nHo');
    return new Promise<void>((resolve) => socket.once('close', () => resolve()).resume());
  });
  expect((await connected({ port })).statusCode).toBe(200);
  expect(hub.stats().clients.connected).toBe(1);
  await Promise.all(crawlers);
  await sleep(1);
  expect(hub.stats().clients.connected).toBe(1);
});
