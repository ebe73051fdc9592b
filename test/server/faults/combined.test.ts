import { expect, it } from 'vitest';
import { faults } from '../../../src/server/faults/registry.ts';
import { startServer } from '../../../src/server/server.ts';
import { client, serve } from '../fixtures.ts';
import { PATIENCE, type RawClient } from '../raw-client.ts';
import { publish, served, ticks, untilOthersGot, VICTIMS, victimsOf } from './streams.ts';

/** As the contract has them. */
const PROMISED = [
  'naive',
  'no-heartbeat',
  'late-heartbeat',
  'leak-clients',
  'leak-memory',
  'unbounded-queue',
  'head-of-line',
  'drop-events',
  'duplicate-events',
  'reorder-events',
  'resume-gap',
  'resume-duplicate',
  'go-silent',
  'kick-healthy',
  'idle-cut',
  'buffered',
  'compressed',
  'wrong-type',
  'late-headers',
  'refuse-under-load',
  'crash',
  'malformed',
  'endless-line',
];

it('several faults at once are all there, whatever their order', async () => {
  for (const names of [
    ['drop-events', 'wrong-type', 'no-heartbeat'],
    ['no-heartbeat', 'wrong-type', 'drop-events'],
  ]) {
    const { server, clients } = await served(names, 50, { heartbeatMs: 20 });
    publish(server, 12);
    await untilOthersGot(clients, '1 2 3 4 5 6 7 8 9 10 11 12');
    await expect.poll(() => victimsOf(clients).map(ticks), PATIENCE).toEqual(VICTIMS.map(() => '1 2 10 11 12'));
    expect(clients.filter((one) => one.head.includes('text/html') && !one.body.includes('ping'))).toHaveLength(50);
  }
});

it('several faults at once act on what the one before them leaves', async () => {
  // The 3rd to 9th event are gone before anything could come twice.
  const { server, clients } = await served(['duplicate-events', 'drop-events'], 1);
  publish(server, 14);
  await expect.poll(() => victimsOf(clients).map(ticks), PATIENCE).toEqual(['1 2 10 10 11 12 12 13 14']);
});

it('several faults at once work on the naive server as well', async () => {
  const server = await serve({ faults: ['naive', 'duplicate-events', 'late-headers'] });
  const clients: RawClient[] = [];
  for (let count = 1; count <= 10; count++) {
    clients.push(client({ port: server.port }));
    await expect.poll(() => server.hub.stats().clients.connected, PATIENCE).toBe(count);
  }
  expect(clients.map((one) => one.text)).toEqual(clients.map(() => ''));
  publish(server, 3);
  await expect
    .poll(() => clients.map(ticks), PATIENCE)
    .toEqual([...VICTIMS.map(() => '1 2 3 3'), ...Array.from({ length: 7 }, () => '1 2 3')]);
});

it('several faults at once do not mind a name given twice', async () => {
  const { server, clients } = await served(['drop-events', 'drop-events'], 1);
  publish(server, 12);
  await expect.poll(() => victimsOf(clients).map(ticks), PATIENCE).toEqual(['1 2 10 11 12']);
});

it('several faults at once are refused when each is a server of its own', async () => {
  await expect(startServer({ faults: ['unbounded-queue', 'crash', 'naive'] })).rejects.toMatchObject({
    code: 'usage',
    message: 'the faults unbounded-queue and naive cannot be combined: each replaces the whole server',
  });
});

it('the registry of faults has every fault that is promised, and says in one line what it is', () => {
  expect([...faults.keys()].toSorted()).toEqual(PROMISED.toSorted());
  for (const { summary } of faults.values()) expect(summary).toMatch(/^[^\n]{10,100}$/);
});

it('the registry of faults is listed when a fault that does not exist is asked for', async () => {
  await expect(startServer({ faults: ['crash', 'no-such'] })).rejects.toMatchObject({
    code: 'usage',
    message: '--fault: there is no fault "no-such"',
    hint: expect.stringContaining('endless-line') as string,
  });
});
