import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HubClient } from '../../src/hub/hub-client.ts';
import { SseHub } from '../../src/hub/hub.ts';
import { Http2Client, http2Session } from '../server/http2-client.ts';
import { PATIENCE } from '../server/raw-client.ts';
import { EARLIER, type Framework, FRAMEWORKS, nodeHttp2, type Person, type Running } from './frameworks.ts';
import { StreamClient } from './stream-client.ts';

interface Rig {
  hub: SseHub<Person>;
  server: Running;
  gone: string[];
}

const clients: StreamClient[] = [];
const rigs: Rig[] = [];
const warnings: string[] = [];
const onWarning = (warning: Error): void => {
  warnings.push(String(warning));
};

beforeAll(() => {
  process.on('warning', onWarning);
});
afterAll(() => {
  process.off('warning', onWarning);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  for (const { hub, server } of rigs.splice(0)) {
    await hub.close({ graceMs: 0 });
    await server.close();
  }
  if (warnings.length > 0) throw new Error(`Node warned: ${warnings.splice(0).join(', ')}`);
});

async function rig(framework: Framework): Promise<Rig> {
  const hub = new SseHub<Person>({ heartbeatMs: 100, retryMs: 50 });
  const gone: string[] = [];
  hub.on('disconnect', ({ data }, reason) => gone.push(`${data.user} ${reason}`));
  const made = { hub, server: await framework(hub), gone };
  rigs.push(made);
  return made;
}

function connect(
  { server }: Rig,
  user: string,
  options: ConstructorParameters<typeof StreamClient>[1] = {},
): StreamClient {
  const client = new StreamClient({ ...server, path: `${server.path}?user=${user}` }, options);
  clients.push(client);
  return client;
}

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  describe(`a hub behind ${name}`, () => {
    it(`a hub behind ${name} greets, sends heartbeats and events, and keeps what was set on the response before`, async () => {
      const made = await rig(framework);
      const ada = await connect(made, 'ada').untilText('event: connected');
      expect(ada.response?.statusCode).toBe(200);
      expect(ada.response?.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      for (const [field, value] of Object.entries(EARLIER))
        expect(ada.response?.headers[field.toLowerCase()]).toEqual(value);
      expect([ada.response?.headers['transfer-encoding'], ada.response?.headers['content-length']]).toEqual([
        'chunked',
        undefined,
      ]);
      made.hub.publish({ event: 'price', data: '1\n2' });
      await ada.untilText(`id: ${made.hub.life}-1\nevent: price\ndata: 1\ndata: 2\n\n`);
      await ada.untilText(': ping\n\n');
      expect(made.server.errors).toEqual([]);
    });

    it(`a hub behind ${name} resumes after the last event that a client had`, async () => {
      const made = await rig(framework);
      const { hub } = made;
      const first = await connect(made, 'ada').untilText('event: connected');
      for (let n = 1; n <= 5; n++) hub.publish({ data: `n=${n}` });
      await first.untilText('n=5\n\n');
      first.leave();
      hub.publish({ data: 'n=6' });
      const second = await connect(made, 'ada', { headers: { 'Last-Event-ID': `${hub.life}-4` } }).untilText('n=6\n\n');
      expect(second.messages.slice(1).map(({ id, data }) => `${id} ${data}`)).toEqual([
        `${hub.life}-5 n=5`,
        `${hub.life}-6 n=6`,
      ]);
      expect(second.greeting).toMatchObject({ resumedFrom: `${hub.life}-4`, replayed: 2, missed: 0 });
    });

    it(`a hub behind ${name} gives the place of a client that left back, and says why it went`, async () => {
      const made = await rig(framework);
      const [ada, bob] = [connect(made, 'ada'), connect(made, 'bob')];
      await Promise.all([ada.untilText('connected'), bob.untilText('connected')]);
      expect([...made.hub.clients.values()].map(({ data }) => data.user).toSorted()).toEqual(['ada', 'bob']);
      ada.leave();
      await expect.poll(() => made.gone, PATIENCE).toEqual(['ada closed']);
      expect([...made.hub.clients.keys()]).toEqual([bob.greeting['clientId']]);
    });

    it(`a hub behind ${name} sends to one person in all tabs, and to nobody else`, async () => {
      const made = await rig(framework);
      const [tab, otherTab, bob] = await Promise.all(
        ['ada', 'ada', 'bob'].map((user) => connect(made, user).untilText('connected')),
      );
      expect(made.hub.sendWhere(({ data }) => data.user === 'ada', { event: 'secret', data: 'for ada' })).toBe(2);
      made.hub.publish({ data: 'for all' });
      await Promise.all([tab, otherTab, bob].map((client) => client?.untilText('for all')));
      expect([tab, otherTab, bob].map((client) => client?.body.includes('for ada'))).toEqual([true, true, false]);
    });

    it(`a hub behind ${name} answers HEAD, which frameworks give to a handler of GET, with a head and an end`, async () => {
      const made = await rig(framework);
      const head = await connect(made, 'ada', { method: 'HEAD' }).untilEnded();
      expect([head.response?.statusCode, head.response?.headers['content-type'], head.body, head.ended]).toEqual([
        200,
        'text/event-stream',
        '',
        'end',
      ]);
      expect(made.hub.stats().clients.total).toBe(0);
    });

    it(`a hub behind ${name} ends its streams when it is closed, and the server can end then`, async () => {
      const made = await rig(framework);
      const many = await Promise.all(
        Array.from({ length: 15 }, (_, n) => connect(made, `user${n}`).untilText('connected')),
      );
      await made.hub.close({ graceMs: 30_000 });
      await made.server.close();
      await Promise.all(many.map((client) => client.untilEnded()));
      for (const { ended, body } of many)
        expect([ended, /: shutdown\nretry: \d+\n\n$/.test(body)]).toEqual(['end', true]);
      expect(made.gone.length).toBe(15);
      expect(new Set(made.gone.map((line) => line.split(' ')[1]))).toEqual(new Set(['shutdown']));
      expect(made.server.errors).toEqual([]);
    });

    it(`a hub behind ${name} refuses beyond its places with 503, and with nothing but that`, async () => {
      const hub = new SseHub<Person>({ maxClients: 1 });
      const made: Rig = { hub, server: await framework(hub), gone: [] };
      rigs.push(made);
      await connect(made, 'ada').untilText('connected');
      const refused = await connect(made, 'bob').untilEnded();
      expect([refused.response?.statusCode, refused.response?.headers['retry-after']]).toEqual([503, '2']);
      expect(hub.stats().clients).toMatchObject({ connected: 1, refused: 1 });
      expect(made.server.errors).toEqual([]);
    });
  });
}

it('a hub behind node:http2, asked by HTTP/2 serves many streams of one connection: greeting, fields, events, resuming, leaving, the end', async () => {
  const made = await rig(nodeHttp2);
  const { hub, server, gone } = made;
  const session = http2Session(server.port);
  const streams = Array.from({ length: 15 }, (_, n) => new Http2Client(session, `/events?user=user${n}`));
  await Promise.all(streams.map((stream) => stream.untilText('event: connected')));
  const [first] = streams as [Http2Client];
  expect(first.headers).toMatchObject({
    ':status': 200,
    'content-type': 'text/event-stream',
    'set-cookie': EARLIER['Set-Cookie'],
    vary: 'Origin',
  });
  hub.publish({ data: 'n=1' });
  hub.publish({ data: 'n=2' });
  await Promise.all(streams.map((stream) => stream.untilText('n=2\n\n')));
  first.stream.close();
  await expect.poll(() => gone, PATIENCE).toEqual(['user0 closed']);
  const again = new Http2Client(session, '/events?user=again', { headers: { 'last-event-id': `${hub.life}-1` } });
  await again.untilText('n=2\n\n');
  expect(again.messages.slice(1).map(({ data }) => data)).toEqual(['n=2']);
  await hub.close({ graceMs: 30_000 });
  await Promise.all([...streams.slice(1), again].map((stream) => stream.untilClosed()));
  expect(new Set(streams.slice(1).map(({ ended, body }) => ended && body.includes(': shutdown')))).toEqual(
    new Set([true]),
  );
  session.close();
  await server.close();
});

it('a hub behind node:http2, asked by HTTP/2 answers HEAD', async () => {
  const { hub, server } = await rig(nodeHttp2);
  const session = http2Session(server.port);
  const stream = session.request({ ':method': 'HEAD', ':path': '/events' });
  const status = await new Promise((resolve) => {
    stream.on('response', (headers) => resolve(headers[':status'])).on('data', () => {});
  });
  await new Promise((resolve) => {
    stream.on('close', resolve);
  });
  expect([status, hub.stats().clients.total]).toEqual([200, 0]);
  session.close();
});

const express = FRAMEWORKS['Express 5'] as Framework;

it('a mistake of the caller that gives a response twice reaches the error middleware once, and harms nobody else', async () => {
  const made = await rig(express);
  const ada = await connect(made, 'ada').untilText('connected');
  const twice = new StreamClient({ ...made.server, path: '/api/v1/twice' });
  clients.push(twice);
  await twice.untilEnded();
  expect(made.server.errors).toEqual(['handle() got a response whose headers are already sent']);
  await expect.poll(() => made.gone, PATIENCE).toEqual(['twice closed']);
  made.hub.publish({ data: 'still here' });
  await ada.untilText('still here');
});

it('a mistake of the caller that gives something else than what Node has is told what to give', () => {
  const hub = new SseHub();
  try {
    for (const [req, res] of [
      [{}, {}],
      [undefined, undefined],
      [new Request('http://x'), new Response()],
      [{ resume() {} }, new Response()],
      [{ resume() {}, socket: {} }, { writeHead() {} }],
    ]) {
      expect(() => hub.handle(req as never, res as never)).toThrow(
        expect.objectContaining({
          message: 'handle() needs the request and the response of node:http or node:http2',
          hint: expect.stringContaining('reply.raw') as string,
        }),
      );
    }
  } finally {
    void hub.close();
  }
});

it.each([
  [{ heartbeat: 15 }, /^a hub has no option "heartbeat"$/],
  [{ heartbeatMs: '15s' }, /^heartbeatMs must be a number of at least 10, not 15s$/],
  [{ overflow: 'drop' }, /^overflow must be one of evict, drop-oldest, not "drop"$/],
  [{ heartbeatKind: false }, /^heartbeatKind must be one of comment, event, none, not false$/],
  [{ maxClients: Number.NaN }, /^maxClients must be a number of at least 1, not NaN$/],
  [{ maxAgeMs: 5 }, /^maxAgeMs must be null or a number of at least 100, not 5$/],
])('a mistake of the caller in the options %o is named', (options, complaint) => {
  expect(() => new SseHub(options as never)).toThrow(complaint);
});

it('a mistake of the caller that publishes or sends what is no event throws, and no client sees half of it', () => {
  const hub = new SseHub();
  try {
    expect(() => hub.publish({} as never)).toThrow('publish() needs data as a string, such as JSON.stringify(value)');
    expect(() => hub.publish({ data: { a: 1 } } as never)).toThrow('data must be a string, not object');
    expect(() => hub.send('nobody', { event: 'x' })).toThrow(/has no data/);
    expect(() => hub.sendWhere(() => true, {})).toThrow(/needs at least one of/);
    expect(() => hub.publish({ id: '', data: 'x' })).toThrow(/cannot have an empty id/);
    expect(hub.publish({ data: 'sound' })).toBe(`${hub.life}-1`);
  } finally {
    void hub.close();
  }
});

it('what was meant for another answer does not cut the stream: a length, a coding, a type that were set before', async () => {
  const { hub, server } = await rig(FRAMEWORKS['node:http'] as Framework);
  const other = createServer((req, res) => {
    res.setHeader('Content-Length', '5').setHeader('Content-Encoding', 'gzip').setHeader('Content-Type', 'text/html');
    hub.handle(req, res, { data: { user: 'ada' } });
  });
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const client = new StreamClient({ ...server, port: (other.address() as AddressInfo).port });
  clients.push(client);
  await client.untilText('event: connected');
  expect(client.response?.headers).toMatchObject({ 'content-type': 'text/event-stream' });
  expect([client.response?.headers['content-length'], client.response?.headers['content-encoding']]).toEqual([
    undefined,
    undefined,
  ]);
  await hub.close();
  other.close();
});

it('a client that is gone before it is handed over is no client, and nothing fails', async () => {
  const { hub } = await rig(FRAMEWORKS['node:http'] as Framework);
  const handled: unknown[] = [];
  const slow = createServer((req, res) => {
    res.once('close', () => {
      handled.push(hub.handle(req, res, { data: { user: 'late' } }));
    });
  });
  await new Promise<void>((resolve) => {
    slow.listen(0, '127.0.0.1', resolve);
  });
  const client = new StreamClient({ port: (slow.address() as AddressInfo).port, path: '/', tls: false });
  await new Promise((resolve) => {
    slow.once('request', resolve);
  });
  client.leave();
  await expect.poll(() => handled, PATIENCE).toEqual([null]);
  expect(hub.stats().clients.total).toBe(0);
  slow.close();
});

it('options that are undefined are those that were left out', async () => {
  const hub = new SseHub({ maxClients: undefined, retryMs: undefined, overflow: undefined });
  expect(hub.stats().clients.connected).toBe(0);
  await hub.close();
});

it('a listener that throws is an uncaught exception of its own, while the others get their events and the socket is closed', async () => {
  const made = await rig(FRAMEWORKS['node:http'] as Framework);
  const { hub } = made;
  hub.on('connect', ({ data }: HubClient<Person>) => {
    if (data.user === 'bad') throw new Error('thrown by a connect listener');
  });
  hub.on('disconnect', ({ data }) => {
    if (data.user === 'bad') throw new Error('thrown by a disconnect listener');
  });
  const uncaught: string[] = [];
  // Ours instead of the test runner's, for as long as this lasts.
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => {
    uncaught.push(error.message);
  });
  try {
    const ada = await connect(made, 'ada').untilText('connected');
    const bad = await connect(made, 'bad').untilText('connected');
    await expect.poll(() => uncaught, PATIENCE).toEqual(['thrown by a connect listener']);
    expect(hub.remove(String(bad.greeting['clientId']))).toBe(true);
    expect((await bad.untilEnded()).ended).toBe('end');
    await expect.poll(() => uncaught.length, PATIENCE).toBe(2);
    hub.publish({ data: 'and on it goes' });
    await ada.untilText('and on it goes');
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of others) process.on('uncaughtException', listener);
  }
  expect(uncaught[1]).toBe('thrown by a disconnect listener');
});
