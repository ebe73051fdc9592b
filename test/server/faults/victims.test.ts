import { expect, it } from 'vitest';
import { PATIENCE } from '../raw-client.ts';
import { client, connected } from '../fixtures.ts';
import { publish, served, ticks, untilOthersGot, VICTIMS, victimsOf } from './streams.ts';

const TWELVE = '1 2 3 4 5 6 7 8 9 10 11 12';

it('faults that hurt three streams of fifty drop-events takes exactly seven events from each, which makes 21', async () => {
  const { server, clients } = await served(['drop-events'], 50);
  publish(server, 12);
  await untilOthersGot(clients, TWELVE);
  const victims = victimsOf(clients);
  await expect.poll(() => victims.map(ticks), PATIENCE).toEqual(victims.map(() => '1 2 10 11 12'));
  const missing = clients.reduce((sum, one) => sum + 12 - one.messagesOf('tick').length, 0);
  expect(missing).toBe(21);
});

it('faults that hurt three streams of fifty duplicate-events gives each two events twice', async () => {
  const { server, clients } = await served(['duplicate-events'], 50);
  publish(server, 12);
  await untilOthersGot(clients, TWELVE);
  await expect
    .poll(() => victimsOf(clients).map(ticks), PATIENCE)
    .toEqual(VICTIMS.map(() => '1 2 3 3 4 5 5 6 7 8 9 10 11 12'));
});

it('faults that hurt three streams of fifty reorder-events lets one event overtake another on each', async () => {
  const { server, clients } = await served(['reorder-events'], 50);
  publish(server, 12);
  await untilOthersGot(clients, TWELVE);
  await expect
    .poll(() => victimsOf(clients).map(ticks), PATIENCE)
    .toEqual(VICTIMS.map(() => '1 2 4 3 5 6 7 8 9 10 11 12'));
});

it('faults that hurt three streams of fifty reorder-events lets go of what it holds when the stream ends', async () => {
  const { server, clients } = await served(['reorder-events'], 10);
  publish(server, 3);
  await clients.at(-1)?.untilText('data: 3\n');
  const [victim] = victimsOf(clients);
  expect(victim === undefined ? '' : ticks(victim)).toBe('1 2');
  expect(server.hub.stats().queuedBytes).toBeGreaterThan(0);
  await server.close({ graceMs: 5000 });
  await victim?.untilClosed();
  expect(victim === undefined ? '' : ticks(victim)).toBe('1 2 3');
  expect(victim?.ended).toBe('fin');
});

it('faults that hurt three streams of fifty go-silent says nothing more after three events, no heartbeat either, and keeps the connection', async () => {
  const { server, clients } = await served(['go-silent'], 50, { heartbeatMs: 50 });
  publish(server, 12);
  await untilOthersGot(clients, TWELVE);
  const victims = victimsOf(clients);
  await expect.poll(() => victims.map(ticks), PATIENCE).toEqual(VICTIMS.map(() => '1 2 3'));
  const lengths = victims.map((one) => one.text.length);
  const before = clients.at(-1)?.text.length ?? 0;
  await expect.poll(() => clients.at(-1)?.text.length, PATIENCE).toBeGreaterThan(before + 10 * ': ping\n\n'.length);
  expect(victims.map((one) => one.text.length)).toEqual(lengths);
  expect(victims.map((one) => one.ended)).toEqual(VICTIMS.map(() => 'open'));
  expect(server.hub.stats().clients.connected).toBe(50);
});

it('faults that hurt three streams of fifty kick-healthy ends each cleanly after four events, once', async () => {
  const { server, clients } = await served(['kick-healthy'], 50, { heartbeatMs: 50 });
  publish(server, 12);
  await untilOthersGot(clients, TWELVE);
  for (const victim of victimsOf(clients)) {
    await victim.untilClosed();
    expect([ticks(victim), victim.ended]).toEqual(['1 2 3 4', 'fin']);
  }
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(47);
  const back = await connected({ port: server.port });
  publish(server, 6);
  await expect.poll(() => ticks(back), PATIENCE).toBe('13 14 15 16 17 18');
  expect(back.ended).toBe('open');
});

it('faults that hurt three streams of fifty malformed breaks five events of each, two of which are lost to a client', async () => {
  const { server, clients } = await served(['malformed'], 50);
  for (let seq = 1; seq <= 12; seq++) server.hub.publish({ event: 'tick', data: `{"seq":${seq}}` });
  const others = clients.filter((_one, index) => !VICTIMS.includes(index));
  for (const one of others) await one.untilText('{"seq":12}\n\n');
  for (const victim of victimsOf(clients)) {
    await victim.untilText('{"seq":12}\n\n');
    const seen = victim.messagesOf('tick').map(({ data }) => (JSON.parse(data) as { seq: number }).seq);
    expect(seen).toEqual([1, 2, 4, 5, 7, 8, 9, 10, 11, 12]);
    expect(victim.text).toContain('\ndta: {"seq":3}\n');
    expect(victim.text).toContain('-4\0\n');
    expect(victim.text).toContain('{"seq":5,"note":"\uFFFD"}');
    expect(victim.text).toContain('event: tick\n{"seq":6}\n');
    expect(victim.text).toContain('{"seq":7}\nretry: soon\n\n');
    // The standard has a client ignore an id with a NUL.
    expect(victim.messagesOf('tick').find(({ data }) => data === '{"seq":4}')?.id).toBeUndefined();
  }
  for (const one of others) expect(one.text).not.toMatch(/dta:|\0|\uFFFD|retry: soon/);
});

it('faults that hurt three streams of fifty endless-line writes one line until its bound and no further', async () => {
  const { server, clients } = await served(['endless-line'], 10);
  publish(server, 3);
  const [victim] = victimsOf(clients);
  let receivedBytes = 0;
  victim?.socket.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
  });
  await expect.poll(() => receivedBytes, PATIENCE).toBeGreaterThan(64 * 1024 * 1024);
  publish(server, 3);
  await clients.at(-1)?.untilText('data: 6\n');
  expect(clients.slice(VICTIMS.length).map(ticks)).toEqual(Array.from({ length: 7 }, () => '1 2 3 4 5 6'));
  // The pieces of the line, of 64 KiB each, come as a chunk each.
  expect(receivedBytes).toBeLessThan(64 * 1024 * 1024 + 1024 * '10000\r\n\r\n'.length + 4096);
  expect(victim?.ended).toBe('open');
}, 60_000);

it('faults that hurt three streams of fifty endless-line waits for a client that does not read, and holds no more for it than one piece', async () => {
  const { server } = await served(['endless-line'], 0);
  const paused = client({ port: server.port, paused: true });
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(1);
  publish(server, 3);
  await expect.poll(() => server.hub.stats().queuedBytes, PATIENCE).toBeGreaterThan(0);
  expect(server.hub.stats().queuedBytes).toBeLessThan(256 * 1024);
  expect(paused.ended).toBe('open');
});

it('faults that hurt three streams of fifty spares who comes while three others are there, and not who comes when they are gone', async () => {
  const { server, clients } = await served(['duplicate-events'], 20);
  for (const one of clients) one.leave();
  await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(0);
  const alone = await connected({ port: server.port });
  publish(server, 3);
  await expect.poll(() => ticks(alone), PATIENCE).toBe('1 2 3 3');
});
