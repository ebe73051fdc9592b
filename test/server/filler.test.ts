import { expect, it } from 'vitest';
import { numberOf } from '../support/event-id.ts';
import { client, connected, serve, sleep } from './fixtures.ts';
import { PATIENCE } from './raw-client.ts';

const KIB = 1024;
const filledBytes = (body: string): number =>
  [...body.matchAll(/^: \.+\n\n/gm)].reduce((sum, [block]) => sum + block.length, 0);

it('filling comments come in the amount asked for, between whole events, and are no events', async () => {
  const { port } = await serve({ maxFillBytes: 1024 * KIB, ratePerSecond: 100 });
  const one = await connected({ port, path: '/events?fill=262144' });
  await expect.poll(() => filledBytes(one.body), PATIENCE).toBe(256 * KIB);
  const seen = one.messagesOf('tick').map((message) => numberOf(message.id));
  expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
});

it('filling comments are capped', async () => {
  const { port } = await serve({ maxFillBytes: 64 * KIB });
  const one = await connected({ port, path: '/events?fill=999999999' });
  await expect.poll(() => filledBytes(one.body), PATIENCE).toBe(64 * KIB);
  await sleep(300);
  expect(filledBytes(one.body)).toBe(64 * KIB);
});

it('filling comments are not there for who does not ask, nor where they are not allowed, nor for nonsense', async () => {
  const { port } = await serve({ maxFillBytes: 64 * KIB });
  const forbidding = await serve();
  const clients = [
    await connected({ port }),
    await connected({ port: forbidding.port, path: '/events?fill=65536' }),
    ...(await Promise.all(
      ['-1', 'x', '1e99', '', '16383'].map((asked) => connected({ port, path: `/events?fill=${asked}` })),
    )),
  ];
  await sleep(400);
  expect(clients.map((each) => filledBytes(each.body))).toEqual(clients.map(() => 0));
});

it('filling comments stop at a client that does not accept them: never more than a block waits on their account', async () => {
  const { port, hub } = await serve({ maxFillBytes: 64 * KIB * KIB, hub: { evictAfterMs: 60_000 } });
  client({ port, path: `/events?fill=${64 * KIB * KIB}`, paused: true });
  await expect.poll(() => hub.stats().queuedBytes, PATIENCE).toBeGreaterThan(0);
  await sleep(500);
  expect(hub.stats().queuedBytes).toBeLessThanOrEqual(17 * KIB);
});

it('filling comments fill clients of the naive server too', async () => {
  const { port } = await serve({ maxFillBytes: 64 * KIB, faults: ['naive'] });
  const one = client({ port, path: '/events?fill=65536' });
  await expect.poll(() => filledBytes(one.body), PATIENCE).toBe(64 * KIB);
});
