import { expect, it } from 'vitest';
import { MOST_DATA_CHARS } from '../../src/backplane/stream-entry.ts';
import { redisBackplane } from '../../src/library/entry.ts';
import { connected } from '../server/fixtures.ts';
import {
  commands,
  dataOf,
  instance,
  isMissing,
  missedOf,
  publishAll,
  redis,
  resuming,
  STREAM,
  untilReady,
  where,
} from './feed-of-hubs.ts';

it.skipIf(isMissing)(
  `what is no event in the stream keeps its number and reaches no client as one${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url);
    const one = await connected({ port: a.port });
    const [first = ''] = await publishAll(a, [1]);
    const client = await commands(url);
    const life = Number.parseInt(a.hub.life.slice(1), 36);
    const entries: string[][] = [
      ['nothing', 'here'],
      ['data', 'x', 'event', 'a\nb'],
      ['data', 'x', 'id', 'a\rb'],
      ['data', 'x'.repeat(MOST_DATA_CHARS + 1)],
      ['data', 'kept', 'event', 'n', 'id', ''],
      ['data', 'a\n\nevent: n\ndata: forged', 'event', 'odd'],
    ];
    for (const [at, fields] of entries.entries()) await client.xadd(STREAM, `${life}-${at + 2}`, ...fields);
    await publishAll(a, [2]);
    await one.untilText('data: 2\n');
    expect(dataOf(one)).toEqual(['1', 'kept', '2']);
    expect(one.messagesOf('n').map(({ id }) => id)).toEqual([first, `${a.hub.life}-6`, `${a.hub.life}-8`]);
    expect(one.messagesOf('odd').map(({ data }) => data)).toEqual(['a\n\nevent: n\ndata: forged']);
    expect([one.body.match(/an entry that is no event/g)?.length, missedOf(one)]).toEqual([4, []]);
    // A hub that starts now reads the same.
    const other = await resuming(await instance(url), first);
    await other.untilText('data: 2\n');
    expect(dataOf(other)).toEqual(['kept', '2']);
  },
);

it.skipIf(isMissing)(
  `numbers that were left out are missed, however many, and a client that takes nothing holds nobody up${where}`,
  async () => {
    const { url } = await redis();
    const a = await instance(url, { hub: { overflow: 'drop-oldest', maxQueueBytes: 1024 } });
    const one = await connected({ port: a.port });
    const stuck = await connected({ port: a.port });
    stuck.socket.pause();
    const big = 'x'.repeat(900_000);
    for (let n = 0; n < 12; n++) await a.hub.publishShared({ event: 'big', data: big });
    await expect.poll(() => a.hub.stats().clients.blocked, { timeout: 30_000 }).toBe(1);
    const life = Number.parseInt(a.hub.life.slice(1), 36);
    await (await commands(url)).xadd(STREAM, `${life}-900000000000000`, 'data', 'far', 'event', 'n');
    await one.untilText('data: far\n');
    await publishAll(a, ['next']);
    await one.untilText('data: next\n');
    expect(missedOf(one)).toEqual([{ from: 13, to: 899_999_999_999_999, reason: 'expired' }]);
  },
);

it.skipIf(isMissing).each(['*', '18446744073709551615-18446744073709551614', '1700000000-9007199254740993'])(
  `an entry that another program wrote (XADD %s) stops the feed with the reason, until the stream is deleted${where}`,
  async (id) => {
    const { url } = await redis();
    const a = await instance(url);
    const one = await connected({ port: a.port });
    await publishAll(a, [1]);
    await one.untilText('data: 1\n');
    const client = await commands(url);
    if (id.startsWith('17')) await client.del(STREAM);
    await client.xadd(STREAM, id, 'data', 'forged', 'event', 'n');
    await untilReady(a, false);
    const words = /another program wrote entry \d+-\d+ to the stream sse-probe:events; delete that key/;
    expect(a.hub.ready()['backplane']?.detail).toMatch(words);
    await expect(a.hub.publishShared({ data: 'x' })).rejects.toThrow(words);
    await expect(redisBackplane({ url })).rejects.toThrow(words);
    await client.del(STREAM);
    await untilReady(a, true);
    await publishAll(a, [2]);
    await one.untilText('data: 2\n');
    expect(dataOf(one)).toEqual(['1', '2']);
  },
);

it.skipIf(isMissing)(
  `a key that is no stream is refused in one sentence, and so is an event too large to be shared${where}`,
  async () => {
    const { url } = await redis();
    const client = await commands(url);
    await client.set('list', 'x');
    await expect(redisBackplane({ url, stream: 'list' })).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:\d+ cannot be used \(.*WRONGTYPE/,
    );
    const a = await instance(url);
    await expect(a.hub.publishShared({ data: 'x'.repeat(MOST_DATA_CHARS + 1) })).rejects.toThrow(/data is longer than/);
  },
);
