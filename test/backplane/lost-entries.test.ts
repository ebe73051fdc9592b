import { expect, it, vi } from 'vitest';
import { connected } from '../server/fixtures.ts';
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
  STREAM,
  untilReady,
  where,
} from './feed-of-hubs.ts';

it.skipIf(isMissing)(
  `a Redis that lost its data begins a new life, which every client is told, and no id comes twice${where}`,
  async () => {
    const server = await redis();
    const [a, b] = [await instance(server.url), await instance(server.url)];
    const clients = [await connected({ port: a.port }), await connected({ port: b.port })];
    const before = await publishAll(a, [1, 2, 3]);
    for (const one of clients) await one.untilText('data: 3\n');
    const { life } = a.hub;
    await server.kill();
    await untilReady(a, false);
    await server.startEmpty();
    for (const one of clients) await one.untilText('"earlier-life"');
    const after = await vi.waitFor(() => publishAll(b, [4]), PATIENCE);
    for (const one of clients) {
      await one.untilText('data: 4\n');
      expect([dataOf(one), missedOf(one)]).toEqual([
        ['1', '2', '3', '4'],
        [{ from: 4, to: null, reason: 'earlier-life', life }],
      ]);
    }
    expect([a.hub.life, b.hub.life]).toEqual([b.hub.life, expect.not.stringMatching(life)]);
    expect(new Set([...before, ...after]).size).toBe(4);
    const returned = await resuming(a, before[1] ?? '');
    await returned.untilText('data: 4\n');
    expect([dataOf(returned), missedOf(returned)]).toEqual([
      ['4'],
      [{ from: 3, to: null, reason: 'earlier-life', life }],
    ]);
  },
);

it.skipIf(isMissing)(
  `a client of the new life whose hub is still in the one before is sent nothing of that${where}`,
  async () => {
    const server = await redis();
    const relay = await relayBefore(server);
    const [a, late] = [await instance(server.url), await instance(`redis://127.0.0.1:${relay.port}`)];
    await publishAll(a, [1, 2]);
    await vi.waitFor(() => expect(late.hub.nextSeq).toBe(3), PATIENCE);
    relay.freeze();
    await (await commands(server.url)).del(STREAM);
    const [id] = await publishAll(a, [3, 4]);
    const ahead = await resuming(late, id ?? '');
    relay.thaw();
    // Its hub learns of the new life, and the client comes back.
    await ahead.untilClosed();
    expect([dataOf(ahead), missedOf(ahead)]).toEqual([[], []]);
    const back = await resuming(late, id ?? '');
    await back.untilText('data: 4\n');
    expect([dataOf(back), missedOf(back)]).toEqual([['4'], []]);
  },
);

it.skipIf(isMissing)(
  `a stream that is deleted while nothing is published begins a new life by itself${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url);
    const one = await connected({ port: a.port });
    await publishAll(a, [1, 2]);
    await one.untilText('data: 2\n');
    await (await commands(url)).del(STREAM);
    await one.untilText('"earlier-life"');
    await publishAll(a, [3]);
    await one.untilText('data: 3\n');
    expect(dataOf(one)).toEqual(['1', '2', '3']);
  },
);

it.skipIf(isMissing)(
  `clients of a hub that was away while the stream was trimmed are told which events they missed${where}`,
  async () => {
    const server = await redis();
    const relay = await relayBefore(server);
    const a = await instance(server.url, { maxEvents: 4 });
    const away = await instance(`redis://127.0.0.1:${relay.port}`, { maxEvents: 4 });
    const one = await connected({ port: away.port });
    await publishAll(a, [1]);
    await one.untilText('data: 1\n');
    relay.freeze();
    await publishAll(a, [2, 3, 4, 5, 6, 7, 8]);
    await one.untilText('data: 8\n');
    expect([dataOf(one), missedOf(one)]).toEqual([['1', '5', '6', '7', '8'], [{ from: 2, to: 4, reason: 'expired' }]]);
  },
);
