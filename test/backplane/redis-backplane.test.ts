import { expect, it, vi } from 'vitest';
import { redisBackplane } from '../../src/library/entry.ts';
import { SseHub } from '../../src/hub/hub.ts';
import { ask, connected } from '../server/fixtures.ts';
import { PATIENCE } from '../server/raw-client.ts';
import {
  commands,
  dataOf,
  instance,
  isMissing,
  missedOf,
  publishAll,
  redis,
  relayBefore,
  resuming,
  untilReady,
  where,
} from './feed-of-hubs.ts';

it.skipIf(isMissing)(`two hubs on one stream deliver every event once and in one order${where}`, async () => {
  const { url } = await redis();
  const [a, b] = [await instance(url), await instance(url)];
  const clients = [await connected({ port: a.port }), await connected({ port: b.port })];
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? a : b).hub.publishShared({ event: 'n', data: String(n) })),
  );
  for (const one of clients) await vi.waitFor(() => expect(one.messagesOf('n')).toHaveLength(40), PATIENCE);
  expect(clients[0]?.messagesOf('n')).toEqual(clients[1]?.messagesOf('n'));
  expect(() => a.hub.publish({ data: 'x' })).toThrow(/publishShared/);
});

it.skipIf(isMissing)(
  `a client resumes exactly on another hub, also when all hubs were started anew${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url);
    const ids = await publishAll(a, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await a.close({ graceMs: 0 });
    const b = await instance(url);
    const one = await resuming(b, ids[3] ?? '');
    await publishAll(b, [11]);
    await one.untilText('data: 11\n');
    expect(one.greeting).toMatchObject({ resumedFrom: ids[3], replayed: 6, missed: 0 });
    expect(dataOf(one)).toEqual(['5', '6', '7', '8', '9', '10', '11']);
  },
);

it.skipIf(isMissing)(
  `a hub that starts reads back more events than one page has, and the newest alone${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url, { maxEvents: 350 });
    const ids = await publishAll(
      a,
      Array.from({ length: 400 }, (_, n) => n + 1),
    );
    const b = await instance(url, { maxEvents: 350 });
    const one = await resuming(b, ids[49] ?? '');
    await one.untilText('data: 400\n');
    expect(dataOf(one)).toEqual(Array.from({ length: 350 }, (_, n) => String(n + 51)));
    expect(one.greeting).toMatchObject({ replayed: 350, missed: 0 });
  },
);

it.skipIf(isMissing)(
  `a hub keeps its clients while Redis is away, refuses to publish, and catches up${where}`,
  async () => {
    const server = await redis();
    const [a, b] = [await instance(server.url), await instance(server.url)];
    const one = await connected({ port: a.port });
    await publishAll(b, [1]);
    await one.untilText('data: 1\n');
    await server.kill();
    await untilReady(a, false);
    await expect(a.hub.publishShared({ data: 'x' })).rejects.toThrow(
      /the event was not published: Redis is not available/,
    );
    await server.start();
    await untilReady(b, true);
    await vi.waitFor(() => publishAll(b, [2]), PATIENCE);
    await one.untilText('data: 2\n');
    expect(dataOf(one)).toEqual(['1', '2']);
    expect(missedOf(one)).toEqual([]);
  },
);

it.skipIf(isMissing)(`a client is told what the stream no longer keeps${where}`, async () => {
  const { url } = await redis();
  const a = await instance(url, { maxEvents: 5 });
  const ids = await publishAll(
    a,
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  const b = await instance(url, { maxEvents: 5 });
  const one = await resuming(b, ids[7] ?? '');
  await one.untilText('data: 20\n');
  expect(missedOf(one)).toEqual([{ from: 9, to: 15, reason: 'expired' }]);
});

it.skipIf(isMissing)(
  `clients resume behind a publisher's own ids on another hub, also when it starts later${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url);
    for (const n of [1, 2, 3, 4]) await a.hub.publishShared({ event: 'n', data: String(n), id: `row ${n}` });
    const b = await instance(url);
    const one = await resuming(b, 'row 2');
    await b.hub.publishShared({ event: 'n', data: '5', id: 'row 5' });
    await one.untilText('data: 5\n');
    expect(one.messagesOf('n').map(({ id }) => id)).toEqual(['row 3', 'row 4', 'row 5']);
    const other = await resuming(a, 'row 4');
    await other.untilText('data: 5\n');
    expect([dataOf(other), missedOf(one), missedOf(other)]).toEqual([['5'], [], []]);
  },
);

it.skipIf(isMissing)(
  `a client whose hub has not read its event yet neither misses nor repeats anything${where}`,
  async () => {
    const server = await redis();
    const relay = await relayBefore(server);
    const [a, late] = [await instance(server.url), await instance(`redis://127.0.0.1:${relay.port}`)];
    const [, second] = await publishAll(a, [1, 2]);
    const early = await resuming(late, second ?? '');
    relay.freeze();
    const ids = await publishAll(a, [3, 4, 5]);
    const ahead = await resuming(late, ids[1] ?? '');
    expect(ahead.greeting).toMatchObject({ resumedFrom: ids[1], replayed: 0, missed: 0 });
    // What is for this client alone does not wait for the log.
    late.hub.send(String(ahead.greeting['clientId']), { event: 'private', data: 'now' });
    await ahead.untilText('data: now\n');
    relay.thaw();
    await publishAll(a, [6]);
    for (const one of [early, ahead]) await one.untilText('data: 6\n');
    expect([dataOf(early), dataOf(ahead)]).toEqual([
      ['3', '4', '5', '6'],
      ['5', '6'],
    ]);
    expect([missedOf(early), missedOf(ahead)]).toEqual([[], []]);
  },
);

it.skipIf(isMissing)(
  `a client whose hub has not read its publisher's own id yet waits for it, and one with an id of nobody is told so${where}`,
  async () => {
    const server = await redis();
    const relay = await relayBefore(server);
    const [a, late] = [await instance(server.url), await instance(`redis://127.0.0.1:${relay.port}`)];
    const publish = async (...numbers: number[]): Promise<void> => {
      for (const n of numbers) await a.hub.publishShared({ event: 'n', data: String(n), id: `row ${n}` });
    };
    await publish(1);
    const early = await resuming(late, 'row 1');
    relay.freeze();
    await publish(2, 3, 4);
    const [ahead, stranger] = [await resuming(late, 'row 3'), await resuming(late, 'of nobody')];
    expect(ahead.greeting).toMatchObject({ resumedFrom: null, replayed: 0, missed: null });
    relay.thaw();
    await publish(5);
    for (const one of [early, ahead, stranger]) await one.untilText('data: 5\n');
    expect([early, ahead, stranger].map((one) => dataOf(one))).toEqual([
      ['2', '3', '4', '5'],
      ['4', '5'],
      ['2', '3', '4', '5'],
    ]);
    expect([early, ahead, stranger].map((one) => missedOf(one))).toEqual([
      [],
      [],
      [{ from: null, to: null, reason: 'unknown-id' }],
    ]);
    expect(stranger.body.indexOf('unknown-id')).toBeLessThan(stranger.body.indexOf('data: 2\n'));
  },
);

it.skipIf(isMissing)(
  `a client with a number that the stream never gave is told so, and receives what is published then${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url);
    await publishAll(a, [1, 2]);
    const one = await resuming(a, `${a.hub.life}-900000000000000`);
    await one.untilText('event: missed\n');
    await publishAll(a, [3]);
    await one.untilText('data: 3\n');
    expect(missedOf(one)).toEqual([{ from: null, to: null, reason: 'unknown-id' }]);
    expect(dataOf(one)).toEqual(['3']);
  },
);

it.skipIf(isMissing)(
  `a connection to Redis that stands still is replaced, and the hub catches up${where}`,
  async () => {
    const server = await redis();
    const relay = await relayBefore(server);
    const a = await instance(server.url);
    const cut = await instance(`redis://127.0.0.1:${relay.port}`, { publishToken: 'a-token' });
    const one = await connected({ port: cut.port });
    await publishAll(a, [1]);
    await one.untilText('data: 1\n');
    relay.freeze();
    await publishAll(a, [2]);
    // Nobody knows yet that this connection leads nowhere, nor what became of the event.
    const [unsure, answer] = await Promise.all([
      cut.hub.publishShared({ event: 'n', data: 'unsure' }).catch((error: unknown) => error),
      ask(cut.port, '/publish', {
        method: 'POST',
        headers: { Host: 'localhost', Authorization: 'Bearer a-token', 'Content-Type': 'application/json' },
        body: JSON.stringify({ data: 'unsure' }),
      }),
    ]);
    expect(unsure).toMatchObject({ isUnsure: true });
    expect([answer.statusCode, answer.json]).toMatchObject([504, { error: 'unconfirmed' }]);
    expect(answer.head).not.toContain('Retry-After');
    await one.untilText('data: 2\n');
    await untilReady(cut, true);
    await publishAll(cut, [3]);
    await one.untilText('data: 3\n');
    expect([dataOf(one), missedOf(one)]).toEqual([['1', '2', '3'], []]);
  },
);

it.skipIf(isMissing)(
  `a hub that is closed while its Redis is away tries no more, and a backplane serves one hub${where}`,
  async () => {
    const server = await redis();
    const a = await instance(server.url);
    const backplane = await redisBackplane({ url: server.url });
    const first = new SseHub({ backplane });
    expect(() => new SseHub({ backplane })).toThrow(/a backplane serves one hub/);
    const { clients } = { clients: await commands(server.url) };
    expect(await clients.client('LIST')).toMatch(/cmd=xread/);
    await server.kill();
    await untilReady(a, false);
    await Promise.all([a.close({ graceMs: 0 }), first.close({ graceMs: 0 })]);
    await server.start();
    await expect(a.hub.publishShared({ data: 'x' })).rejects.toThrow(/this server is closing/);
    await vi.waitFor(async () => expect(await clients.client('LIST')).not.toMatch(/cmd=xread/), PATIENCE);
  },
);

it.skipIf(isMissing)(
  `the dashboard of one server shows what was published on another, and each counts the events of the feed${where}`,
  async () => {
    const { url } = await redis();
    const [a, b] = [await instance(url), await instance(url)];
    const page = await connected({ port: b.port, path: '/dashboard/events' });
    await publishAll(a, ['on the other server']);
    await page.untilText('on the other server');
    expect([a, b].map(({ hub }) => hub.stats().events.published)).toEqual([1, 1]);
  },
);
