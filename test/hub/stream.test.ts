import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { SseHub } from '../../src/hub/hub.ts';
import type { StreamServer } from '../../src/server/http.ts';
import { client, connected, serve, sleep } from '../server/fixtures.ts';
import { numberOf } from '../support/event-id.ts';
import { PATIENCE, RawClient } from '../server/raw-client.ts';

const hubOf = (stream: StreamServer): SseHub => stream as SseHub;

it('the first bytes of a stream are a head that no proxy will hold back, chunked and without a length', async () => {
  const { port } = await serve();
  const { head } = await connected({ port });
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(head).toMatch(/^Content-Type: text\/event-stream\r$/m);
  expect(head).toMatch(/^Cache-Control: no-cache, no-transform\r$/m);
  expect(head).toMatch(/^X-Accel-Buffering: no\r$/m);
  // undici, which is Node's fetch, would take whatever comes behind it for all there is.
  expect(head).not.toMatch(/^Connection: close\r?$/m);
  expect(head).toMatch(/^Transfer-Encoding: chunked\r?$/m);
  expect(head).not.toMatch(/^Content-Length:/im);
});

it('the first bytes of a stream are one block with retry and connected, and nothing else while nothing happens', async () => {
  const { port } = await serve({ hub: { heartbeatMs: 60_000, evictAfterMs: 4000 } });
  const one = await connected({ port });
  expect(one.body).toMatch(/^retry: \d+\nevent: connected\ndata: \{.*\}\n\n$/);
  expect(one.greeting).toEqual({
    clientId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    heartbeatMs: 60_000,
    evictAfterMs: 4000,
    resumedFrom: null,
    replayed: 0,
    missed: 0,
  });
});

it('the first bytes of a stream leave the last event id as it is: connected has none', async () => {
  const { port } = await serve();
  const one = await connected({ port });
  expect(one.messagesOf('connected')[0]?.id).toBeUndefined();
});

it('the first bytes of a stream say null where no heartbeat is promised', async () => {
  const { port } = await serve({ hub: { heartbeatKind: 'none' } });
  expect((await connected({ port })).greeting['heartbeatMs']).toBeNull();
});

it('the first bytes of a stream spread the reconnection time by at most a fifth', async () => {
  const { port } = await serve({ hub: { retryMs: 1000 } });
  const clients = await Promise.all(Array.from({ length: 30 }, () => connected({ port })));
  const times = clients.map((each) => Number(/retry: (\d+)/.exec(each.body)?.[1]));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(800);
  expect(Math.max(...times)).toBeLessThanOrEqual(1200);
  expect(new Set(times).size).toBeGreaterThan(5);
});

it('publishing by the hub gives every client the same bytes in the same order, a burst included', async () => {
  const { port, hub } = await serve();
  const clients = await Promise.all(Array.from({ length: 20 }, () => connected({ port })));
  for (let count = 1; count <= 100; count++) hub.publish({ event: 'news', data: `number ${count}\nsecond line` });
  await Promise.all(clients.map((each) => each.untilText('data: number 100\ndata: second line\n\n')));
  const streams = clients.map((each) => each.body.slice(each.body.indexOf('\n\nid: ')));
  expect(new Set(streams).size).toBe(1);
  expect(clients[0]?.messagesOf('news').map((message) => message.id)).toEqual(
    Array.from({ length: 100 }, (_, index) => `${hubOf(hub).life}-${index + 1}`),
  );
});

it('publishing by the hub takes a burst far larger than a client may be behind, since nobody is slow in it', async () => {
  const { port, hub } = await serve({ hub: { maxQueueBytes: 64 * 1024 } });
  const one = await connected({ port });
  for (let count = 0; count < 100; count++) hub.publish({ data: 'x'.repeat(20_000) });
  await expect.poll(() => one.messages.filter((message) => message.event === undefined).length, PATIENCE).toBe(100);
  expect(hub.stats().evicted.overflow).toBe(0);
});

it("publishing by the hub returns the id that goes over the wire, a sequence or the publisher's own", async () => {
  const { port, hub } = await serve();
  const one = await connected({ port });
  const { life } = hubOf(hub);
  expect(life).toMatch(/^[a-z][a-z0-9]{6}$/);
  expect([hub.publish({ data: 'a' }), hub.publish({ data: 'b', id: 'mine' }), hub.publish({ data: 'c' })]).toEqual([
    `${life}-1`,
    'mine',
    `${life}-3`,
  ]);
  await one.untilText('data: c\n\n');
  expect(one.messages.slice(1).map((message) => message.id)).toEqual([`${life}-1`, 'mine', `${life}-3`]);
});

it('publishing by the hub refuses what would forge an event, and the sequence has no hole after it', async () => {
  const { hub } = await serve();
  for (const event of [
    { event: 'a\nb', data: '' },
    { id: '1\rid: 2', data: '' },
    { id: 'a\0b', data: '' },
  ]) {
    expect(() => hub.publish(event)).toThrow(/line end or NUL/);
  }
  expect(() => hub.publish({ id: '', data: '' })).toThrow(/cannot have an empty id/);
  expect(numberOf(hub.publish({ data: 'sound' }))).toBe(1);
});

it('publishing by the hub from within a listener, in the middle of publishing, keeps the order for everybody', async () => {
  const { port, hub } = await serve({ hub: { maxQueueBytes: 100_000 } });
  hubOf(hub).on('disconnect', (_id, reason) => hub.publish({ data: `someone left: ${reason}` }));
  const stuck = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  const healthy = await connected({ port });
  for (let count = 0; count < 300 && hub.stats().evicted.overflow === 0; count++) {
    hub.publish({ data: 'x'.repeat(64 * 1024) });
    await sleep(1);
  }
  await healthy.untilText('data: someone left: overflow\n\n');
  hub.publish({ data: 'after' });
  await healthy.untilText('data: after\n\n');
  const ids = healthy.messages.slice(1).map((message) => numberOf(message.id));
  expect(ids).toEqual(ids.map((_, index) => index + 1));
  stuck.destroy();
});

it('one client is sent what is for it alone, in order with what is for all', async () => {
  const { port, hub } = await serve();
  const [one, other] = [await connected({ port }), await connected({ port })];
  hub.publish({ data: 'first' });
  expect(hubOf(hub).send(String(one.greeting['clientId']), { event: 'private', data: 'x' })).toBe(true);
  hub.publish({ data: 'last' });
  await Promise.all([one.untilText('data: last\n\n'), other.untilText('data: last\n\n')]);
  expect(one.messages.slice(1).map((message) => message.data)).toEqual(['first', 'x', 'last']);
  expect(other.messages.slice(1).map((message) => message.data)).toEqual(['first', 'last']);
});

it('one client is removed by its id, politely, and the others stay', async () => {
  const { port, hub } = await serve();
  const [one, other] = [await connected({ port }), await connected({ port })];
  const reasons: string[] = [];
  hubOf(hub).on('disconnect', ({ id }, reason) =>
    reasons.push(`${id === one.greeting['clientId'] ? 'one' : 'other'} ${reason}`),
  );
  expect(hubOf(hub).remove(String(one.greeting['clientId']), 'asked for it')).toBe(true);
  await one.untilClosed();
  expect(one.ended).toBe('fin');
  hub.publish({ data: 'still here' });
  await other.untilText('still here');
  expect(reasons).toEqual(['one asked for it']);
});

it('one client that is not here can be neither sent to nor removed', async () => {
  const { hub } = await serve();
  const { send, remove } = {
    send: hubOf(hub).send('__proto__', { data: 'x' }),
    remove: hubOf(hub).remove('constructor'),
  };
  expect([send, remove]).toEqual([false, false]);
});

it('one client is announced when it comes and when it goes', async () => {
  const { port, hub } = await serve();
  const story: string[] = [];
  hubOf(hub)
    .on('connect', (joined) => story.push(`connect ${joined.id}`))
    .on('disconnect', ({ id }, reason) => story.push(`disconnect ${id} ${reason}`));
  const one = await connected({ port });
  const id = String(one.greeting['clientId']);
  one.leave();
  await expect.poll(() => story, PATIENCE).toEqual([`connect ${id}`, `disconnect ${id} closed`]);
  expect(hubOf(hub).clients.size).toBe(0);
});

it('heartbeats come on their period while events flow and while another client is stuck', async () => {
  const { port, hub } = await serve({ ratePerSecond: 50, hub: { heartbeatMs: 100 } });
  const stuck = client({ port, paused: true });
  const one = await connected({ port });
  const startedMs = performance.now();
  await expect.poll(() => one.body.split(': ping\n\n').length, PATIENCE).toBeGreaterThan(20);
  const beats = one.body.split(': ping\n\n').length - 1;
  // On a schedule there can be no more than one a period; late timers only make fewer.
  expect(beats).toBeLessThanOrEqual((performance.now() - startedMs) / 100 + 2);
  expect(one.messagesOf('tick').length).toBeGreaterThan(50);
  expect(hub.stats().clients.connected).toBe(2);
  stuck.destroy();
});

it('heartbeats are never written into the middle of an event', async () => {
  const { port } = await serve({ ratePerSecond: 500, hub: { heartbeatMs: 10 } });
  const one = await connected({ port });
  await expect.poll(() => one.messagesOf('tick').length, PATIENCE).toBeGreaterThan(300);
  const blocks = one.body.slice(0, one.body.lastIndexOf('\n\n')).split('\n\n').slice(2);
  const odd = blocks.filter(
    (block) => block !== ': ping' && !/^id: [a-z0-9]+-\d+\nevent: tick\ndata: \{.*\}$/.test(block),
  );
  expect(odd).toEqual([]);
});

it('heartbeats can be events', async () => {
  const { port } = await serve({ hub: { heartbeatMs: 20, heartbeatKind: 'event' } });
  const one = await connected({ port });
  await one.untilText('event: ping\ndata:\n\n');
  expect(one.messagesOf('ping')[0]).toMatchObject({ event: 'ping', data: '' });
});

it('heartbeats can be turned off', async () => {
  const { port } = await serve({ hub: { heartbeatMs: 10, heartbeatKind: 'none' } });
  const one = await connected({ port });
  await sleep(200);
  expect(one.body).not.toContain('ping');
});

it('as a library works behind a server that is not ours', async () => {
  const hub = new SseHub({ heartbeatMs: 60_000 });
  const server = createServer((req, res) => hub.handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const one = new RawClient({ port: (server.address() as AddressInfo).port });
  await one.untilConnected();
  hub.publish({ data: 'hello' });
  await one.untilText('data: hello\n\n');
  const ready = hub.ready();
  await hub.close({ graceMs: 1000 });
  await one.untilClosed();
  server.close();
  expect(one.ended).toBe('fin');
  expect(Object.values(ready).every((component) => component.ready)).toBe(true);
});

for (const [what, options] of [
  ['a negative period', { heartbeatMs: -1 }],
  ['NaN', { evictAfterMs: Number.NaN }],
  ['no clients at all', { maxClients: 0 }],
  ['a time longer than a timer holds', { retryMs: 2 ** 40 }],
] as const) {
  it(`as a library refuses ${what}, naming the option`, () => {
    expect(() => new SseHub(options)).toThrow(Object.keys(options)[0]);
  });
}
