import { expect, it } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import { numberOf } from '../support/event-id.ts';
import type { StreamServer } from '../../src/server/http.ts';
import { client, connected, serve, sleep } from '../server/fixtures.ts';
import { PATIENCE, type RawClient } from '../server/raw-client.ts';

const resumeFrom = (id: string): Record<string, string> => ({ 'Last-Event-ID': id });
const idsOf = (one: RawClient): number[] =>
  one.messages
    .filter((message) => message.event !== 'connected' && message.event !== 'missed')
    .map((message) => numberOf(message.id));
/** The hub's own id of its Nth event. */
const idOf = (hub: StreamServer, n: number): string => `${(hub as SseHub).life}-${n}`;
const missedOf = (one: RawClient): unknown[] =>
  one.messagesOf('missed').map((message) => JSON.parse(message.data) as unknown);

it('a client that returns gets what it missed, in order, then what is new, each once', async () => {
  const { port, hub } = await serve();
  for (let count = 0; count < 10; count++) hub.publish({ data: 'x' });
  const one = await connected({ port, headers: resumeFrom(idOf(hub, 4)) });
  hub.publish({ data: 'live' });
  await one.untilText('data: live\n\n');
  expect(one.greeting).toMatchObject({ resumedFrom: idOf(hub, 4), replayed: 6, missed: 0 });
  expect(idsOf(one)).toEqual([5, 6, 7, 8, 9, 10, 11]);
  expect(missedOf(one)).toEqual([]);
});

it('a client that returns with the newest id gets nothing of the past', async () => {
  const { port, hub } = await serve();
  for (let count = 0; count < 10; count++) hub.publish({ data: 'x' });
  const one = await connected({ port, headers: resumeFrom(idOf(hub, 10)) });
  hub.publish({ data: 'live' });
  await one.untilText('data: live\n\n');
  expect(one.greeting).toMatchObject({ resumedFrom: idOf(hub, 10), replayed: 0, missed: 0 });
  expect(idsOf(one)).toEqual([11]);
});

it('a client that returns is told the range when its id is no longer kept, before anything else', async () => {
  const { port, hub } = await serve({ hub: { replayEvents: 5, maxQueueBytes: 1 } });
  for (let count = 0; count < 20; count++) hub.publish({ data: 'x' });
  const one = await connected({ port, headers: resumeFrom(idOf(hub, 8)) });
  await one.untilText(`id: ${idOf(hub, 20)}\n`);
  expect(one.greeting).toMatchObject({ resumedFrom: idOf(hub, 8), replayed: 5, missed: 7 });
  expect(one.messages[1]?.event).toBe('missed');
  expect(missedOf(one)).toEqual([{ from: 9, to: 15, reason: 'expired' }]);
  expect(idsOf(one)).toEqual([16, 17, 18, 19, 20]);
});

for (const [what, id] of [
  ['that is a number', '1'],
  ['that is garbage', 'no-such-id'],
  ['of 10 kB', 'x'.repeat(10_000)],
  ['that is not ASCII', '豆腐'],
  ['that would be a header', 'a%0d%0aX: y'],
  ['sent twice', '1, 2'],
] as const) {
  it(`a client that returns with an id ${what} is told that it lost something, and goes on live`, async () => {
    const { port, hub } = await serve();
    hub.publish({ data: 'before' });
    const one = await connected({ port, headers: resumeFrom(id) });
    hub.publish({ data: 'live' });
    await one.untilText('data: live\n\n');
    expect(one.statusCode).toBe(200);
    expect(one.greeting).toMatchObject({ resumedFrom: null, replayed: 0, missed: null });
    expect(missedOf(one)).toEqual([{ from: null, to: null, reason: 'unknown-id' }]);
    expect(idsOf(one)).toEqual([2]);
  });
}

it('a client that returns with an id of this life that is not given yet is told that it lost something', async () => {
  const { port, hub } = await serve();
  hub.publish({ data: 'before' });
  const one = await connected({ port, headers: resumeFrom(idOf(hub, 2)) });
  expect(missedOf(one)).toEqual([{ from: null, to: null, reason: 'unknown-id' }]);
});

it('a client that returns with an id from before a restart is told what it lost of that life, and then gets all of the new one', async () => {
  const before = await serve();
  for (let count = 0; count < 7; count++) before.hub.publish({ data: 'x' });
  const life = (before.hub as SseHub).life;
  await before.close({ graceMs: 0 });
  const { port, hub } = await serve();
  for (let count = 0; count < 8; count++) hub.publish({ data: 'y' });
  const one = await connected({ port, headers: resumeFrom(`${life}-5`) });
  await one.untilText(`id: ${idOf(hub, 8)}\n`);
  expect(one.greeting).toMatchObject({ resumedFrom: null, replayed: 8, missed: null });
  expect(one.messages[1]?.event).toBe('missed');
  expect(missedOf(one)).toEqual([{ from: 6, to: null, reason: 'earlier-life', life }]);
  expect(idsOf(one)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it('a client that returns with an id from before a restart is told what it lost of the new life, too', async () => {
  const { port, hub } = await serve({ hub: { replayEvents: 2, maxQueueBytes: 1 } });
  for (let count = 0; count < 5; count++) hub.publish({ data: 'y' });
  const one = await connected({ port, headers: resumeFrom('abcdefg-5') });
  await one.untilText(`id: ${idOf(hub, 5)}\n`);
  expect(missedOf(one)).toEqual([
    { from: 6, to: null, reason: 'earlier-life', life: 'abcdefg' },
    { from: 1, to: 3, reason: 'expired' },
  ]);
  expect(idsOf(one)).toEqual([4, 5]);
});

it('a client that returns may say its id in the query, and the header wins', async () => {
  const { port, hub } = await serve();
  for (let count = 0; count < 5; count++) hub.publish({ data: 'x' });
  const [two, four] = [idOf(hub, 2), idOf(hub, 4)];
  const resumedFrom = async (query: string, headers = {}): Promise<unknown> =>
    (await connected({ port, path: `/events?lastEventId=${query}`, headers })).greeting['resumedFrom'];
  expect(await resumedFrom(two)).toBe(two);
  expect(await resumedFrom(two, resumeFrom(four))).toBe(four);
  expect(await resumedFrom(two, resumeFrom('of nobody'))).toBeNull();
  expect(await resumedFrom('')).toBeNull();
  expect(await resumedFrom(`${two}&lastEventId=${four}`)).toBe(two);
  for (const query of ['%E8%B1%86%E8%85%90', '%ff%fe', 'a%0d%0aX:%20y', 'x'.repeat(10_000)])
    expect([query.slice(0, 20), await resumedFrom(query)]).toEqual([query.slice(0, 20), null]);
});

it("a client that returns with an id of the publisher's own, in any script, goes on after it", async () => {
  const { port, hub } = await serve();
  for (const id of ['alpha', '豆腐', 'omega']) hub.publish({ data: id, id });
  const one = await connected({ port, headers: resumeFrom('豆腐') });
  await one.untilText('data: omega\n\n');
  expect(one.greeting).toMatchObject({ resumedFrom: '豆腐', replayed: 1 });
  expect(one.messages.slice(1).map((message) => message.data)).toEqual(['omega']);
});

it('a client that returns is not evicted for a history larger than its queue', async () => {
  const { port, hub } = await serve({ hub: { maxQueueBytes: 32 * 1024, replayEvents: 2000, evictAfterMs: 60_000 } });
  for (let count = 0; count < 1000; count++) hub.publish({ data: String(count).padEnd(10_000, '.') });
  const slow = client({ port, headers: resumeFrom(idOf(hub, 0)), paused: true });
  await expect.poll(() => hub.stats().clients.blocked, PATIENCE).toBe(1);
  for (let count = 0; count < 50; count++) hub.publish({ data: `live ${count}` });
  expect(hub.stats().evicted.overflow).toBe(0);
  slow.read();
  await slow.untilText('data: live 49\n\n');
  expect(idsOf(slow)).toEqual(Array.from({ length: 1050 }, (_, index) => index + 1));
});

it('a client that returns that is slower with its history than the history is kept is told what it lost', async () => {
  const { port, hub } = await serve({ hub: { maxQueueBytes: 1024, replayEvents: 800, evictAfterMs: 60_000 } });
  const event = '.'.repeat(10_000);
  for (let count = 0; count < 800; count++) hub.publish({ data: event });
  const slow = client({ port, headers: resumeFrom(idOf(hub, 0)), paused: true });
  await expect.poll(() => hub.stats().clients.blocked, PATIENCE).toBe(1);
  for (let count = 0; count < 800; count++) hub.publish({ data: event });
  slow.read();
  await expect.poll(() => slow.messages.at(-1)?.id, PATIENCE).toBe(idOf(hub, 1600));
  const ids = idsOf(slow);
  const absent = Array.from({ length: 1600 }, (_, index) => index + 1).filter((seq) => !ids.includes(seq));
  expect(absent.length).toBeGreaterThan(0);
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  expect(missedOf(slow)).toEqual([{ from: absent[0], to: absent.at(-1), reason: 'expired' }]);
});

it('a client that returns two hundred times while 1,000 events a second are published has neither gap nor double', async () => {
  const { port, hub } = await serve({ ratePerSecond: 1000, hub: { replayEvents: 100_000 } });
  await Promise.all(
    Array.from({ length: 10 }, async (_, number) => {
      const seen: number[] = [];
      let lastId: number | null = null;
      for (let round = 0; round < 20; round++) {
        const one = await connected({ port, ...(lastId === null ? {} : { headers: resumeFrom(idOf(hub, lastId)) }) });
        await expect.poll(() => idsOf(one).length, PATIENCE).toBeGreaterThan(5);
        // Half of them leave in the middle of whatever is under way.
        if ((round + number) % 2 === 0) one.socket.resetAndDestroy();
        else one.leave();
        await one.untilClosed();
        seen.push(...idsOf(one));
        lastId = seen.at(-1) ?? null;
        await sleep(3 * number);
      }
      expect(seen).toEqual(Array.from({ length: seen.length }, (_each, index) => (seen[0] ?? 0) + index));
    }),
  );
  expect(hub.stats()).toMatchObject({ clients: { total: 200 }, events: { dropped: 0 } });
  expect(hub.stats().events.replayed).toBeGreaterThan(0);
});
