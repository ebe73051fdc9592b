import * as fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { EventCache, NO_STAMPS, type StreamEvent } from '../../src/client/event-cache.ts';
import { hostileStream } from '../sse/hostile-streams.ts';
import { parse, Recorder, runs, type Said } from '../sse/recorder.ts';
import { ClientRig, RETRY_MS } from '../support/client-rig.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';

function event(data: string): StreamEvent {
  return { type: 'message', data, digest: null, id: null, slot: -1, number: -1, numbering: 0, ...NO_STAMPS };
}

/** What a parser that is fed the whole of a stream says in it, in the words of the rig's log. */
function whole(stream: Buffer): { type: string; data: string; lastEventId: string }[] {
  return parse(stream).flatMap((said: Said) => ('event' in said ? [said.event] : []));
}

function comments(stream: Buffer): string[] {
  return parse(stream).flatMap((said: Said) => ('comment' in said ? [said.comment] : []));
}

const bytes = Buffer.from('data: a\n\ndata: b\n\ndata: a\n\n');

it('the cache of blocks finds the block that follows what this client had last, and the newest', () => {
  const cache = new EventCache(() => NO_STAMPS);
  expect(cache.find(-1, bytes, 0, bytes.length)).toBeNull();
  cache.keep(bytes, { blockStart: 0, blockEnd: 9 }, event('a'), null);
  cache.keep(bytes, { blockStart: 9, blockEnd: 18 }, event('b'), null);
  expect(cache.find(-1, bytes, 0, bytes.length)?.event.data).toBe('a');
  expect(cache.find(0, bytes, 9, bytes.length)?.event.data).toBe('b');
  // Newest, though the one behind slot 40 is empty.
  expect(cache.find(40, bytes, 9, bytes.length)?.event.data).toBe('b');
  expect(cache.find(40, bytes, 0, bytes.length)).toBeNull();
});

it('the cache of blocks does not find a block of which a byte is missing or different', () => {
  const cache = new EventCache(() => NO_STAMPS);
  cache.keep(bytes, { blockStart: 0, blockEnd: 9 }, event('a'), null);
  for (let end = 0; end < 9; end++) expect(cache.find(-1, bytes, 0, end)).toBeNull();
  for (let at = 0; at < 9; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    expect(cache.find(-1, changed, 0, 9)).toBeNull();
  }
});

it('the cache of blocks keeps its own copy: the buffer of the read is used again', () => {
  const cache = new EventCache(() => NO_STAMPS);
  const shared = Buffer.from(bytes);
  cache.keep(shared, { blockStart: 0, blockEnd: 9 }, event('a'), null);
  shared.fill('x');
  expect(cache.find(-1, bytes, 0, 9)?.event.data).toBe('a');
});

it('the cache of blocks keeps 64 blocks, and forgets the oldest for the next', () => {
  const cache = new EventCache(() => NO_STAMPS);
  const blocks = Array.from({ length: 65 }, (_, n) => Buffer.from(`data: ${n}\n\n`));
  for (const [n, block] of blocks.entries())
    cache.keep(block, { blockStart: 0, blockEnd: block.length }, event(String(n)), null);
  const found = blocks.map((block, n) => cache.find((n + 63) % 64, block, 0, block.length)?.event.data);
  expect(found).toEqual([undefined, ...Array.from({ length: 64 }, (_, n) => String(n + 1))]);
  // What takes the place of the oldest follows the one before.
  expect(cache.find(63, blocks[64] as Buffer, 0, 10)?.event.slot).toBe(0);
});

it('the cache of blocks does not keep what is larger than 16 KiB', () => {
  const cache = new EventCache(() => NO_STAMPS);
  for (const [length, kept] of [
    [16 * 1024 - 8, true],
    [16 * 1024 - 7, false],
  ] as const) {
    const large = Buffer.from(`data: ${'x'.repeat(length)}\n\n`);
    const read = event('large');
    cache.keep(large, { blockStart: 0, blockEnd: large.length }, read, null);
    expect(read.slot >= 0).toBe(kept);
  }
});

it('the cache of blocks reads the stamps of an event once', () => {
  const asked: string[] = [];
  const cache = new EventCache((type, data) => {
    asked.push(`${type} ${data}`);
    return { ...NO_STAMPS, seq: 5, scheduledMs: 6, sentMs: 7 };
  });
  expect(cache.read('tick', 'x', 'a')).toEqual({
    ...event('x'),
    type: 'tick',
    id: 'a',
    seq: 5,
    scheduledMs: 6,
    sentMs: 7,
  });
  expect(asked).toEqual(['tick x']);
});

/** Blocks that many clients have in common, among them those that look alike and mean something else. */
const block = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'data: x\n\n',
      'data: y\n\n',
      'id: 1\ndata: x\n\n',
      'id: 2\ndata: x\n\n',
      'event: tick\ndata: {"seq":1}\n\n',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'id\ndata: x\n\n',
      'id: 7\n\n',
      'id: 3\nid: 4\0\ndata: x\n\n',
      'id: 4\0\ndata: x\n\n',
      'data: id: 9\n\n',
      'idx: 1\ndata: x\n\n',
      'data: id\ndata: id:5\n\n',
      'event: id\ndata\n\n',
      ': c\ndata: x\n\n',
      ': c\n\n',
      'retry: 500\ndata: x\n\n',
      'retry: x\ndata: x\n\n',
      'data: x\r\n\r\n',
      'data: x\r\r',
      'data: x\n\r\n',
      '\n',
      '\n\n',
      '\r',
      'event: lost\n\n',
      'data: a\ndata: b\n\n',
      'data: €\n\n',
      'data: x\ndata: x\n\n',
      'data: x\n',
      'id: 6\n',
    ),
  },
  { weight: 1, arbitrary: fc.constant(`data: ${'z'.repeat(20_000)}\n\n`) },
);
const CLIENTS = 3;
const step = fc.record({
  block: fc.oneof(
    { weight: 12, arbitrary: block.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: hostileStream },
  ),
  /** One client that does not receive it: the others are ahead, or have blocks that it has not. */
  without: fc.option(fc.nat({ max: CLIENTS - 1 }), { freq: 5 }),
  /** Where each client's bytes are cut in two, as a part of the whole; 0 for not at all. */
  cuts: fc.tuple(
    ...Array.from({ length: CLIENTS }, () =>
      fc.oneof(fc.constant(0), fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
    ),
  ),
  /** Whether all have read it before the next one is sent. */
  lockstep: fc.constantFrom(true, true, true, false),
});
/** What a client alone receives first: another state to meet the common blocks in. */
const own = fc.constantFrom(
  '\n',
  '\n',
  'id: 41\n\n',
  'id: 42\ndata: own\n\n',
  'data: x\n\n',
  '\uFEFF',
  '\r',
  ': half a comment',
  'event: half\n',
  'id: 43',
);

it('reading through the cache gives each of several clients exactly what a parser of its own would have given, at any cuts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(own, own, own),
      fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }),
      async (owns, steps) => {
        const server = await ScriptedServer.start((socket) => socket.write(OK));
        const rig = new ClientRig(server.port);
        const sent: Buffer[][] = owns.map((text) => [Buffer.from(text)]);
        const read = async (): Promise<void> =>
          rig.until('what was sent', () =>
            rig.clients.every(({ receivedBytes }, at) => receivedBytes === lengthOf(sent[at])),
          );
        try {
          for (const [at, text] of owns.entries()) {
            const client = rig.connect();
            // One after the other, so that the server knows who is who.
            await rig.until('its stream', () => client.state === 'open' && server.sockets.length === at + 1);
            server.sockets[at]?.write(text);
          }
          await read();
          for (const { block: bytes, without, cuts, lockstep } of steps) {
            const receivers = [...rig.clients.keys()].filter((at) => at !== without);
            const cutAt = (at: number): number => Math.floor((cuts[at] ?? 0) * bytes.length);
            for (const at of receivers) {
              sent[at]?.push(bytes);
              if (cutAt(at) > 0) server.sockets[at]?.write(bytes.subarray(0, cutAt(at)));
            }
            if (receivers.some((at) => cutAt(at) > 0)) await delay(1);
            for (const at of receivers) server.sockets[at]?.write(bytes.subarray(cutAt(at)));
            if (lockstep) await read();
          }
          await read();
          for (const [at, client] of rig.clients.entries()) {
            const stream = Buffer.concat(sent[at] ?? []);
            const retryMs = parse(stream)
              .flatMap((said) => ('retry' in said ? [said.retry] : []))
              .at(-1);
            expect(client.retryMs).toBe(retryMs === undefined ? RETRY_MS : Math.min(Math.max(retryMs, 100), 3_600_000));
            const heard = rig.log.heard
              .filter((one) => one.client === at)
              .map(({ type, data, lastEventId }) => ({ type, data, lastEventId }));
            expect(heard).toEqual(whole(stream));
            expect(client.parser.lastEventId).toBe(new Recorder().push(stream).parser.lastEventId);
          }
          const said = sent.flatMap((parts) => comments(Buffer.concat(parts)));
          expect(rig.log.comments.toSorted()).toEqual(said.toSorted());
        } finally {
          rig.close();
          await server.close();
        }
      },
    ),
    runs(150),
  );
});

function lengthOf(parts: readonly Buffer[] | undefined): number {
  return (parts ?? []).reduce((length, part) => length + part.length, 0);
}
