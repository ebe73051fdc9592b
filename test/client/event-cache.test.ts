import * as fc from 'fast-check';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventCache, type StreamEvent } from '../../src/client/event-cache.ts';
import { hostileStream } from '../sse/hostile-streams.ts';
import { parse, Recorder, runs, type Said } from '../sse/recorder.ts';
import { ClientRig, RETRY_MS } from '../support/client-rig.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';

const noStamps = { seq: -1, scheduledMs: Number.NaN, sentMs: Number.NaN };

function event(data: string): StreamEvent {
  return { type: 'message', data, slot: -1, ...noStamps };
}

/** What a parser that is fed the whole of a stream says in it, in the words of the rig's log. */
function whole(stream: Buffer): { type: string; data: string; lastEventId: string }[] {
  return parse(stream).flatMap((said: Said) => ('event' in said ? [said.event] : []));
}

function comments(stream: Buffer): string[] {
  return parse(stream).flatMap((said: Said) => ('comment' in said ? [said.comment] : []));
}

describe('the cache of blocks', () => {
  const bytes = Buffer.from('data: a\n\ndata: b\n\ndata: a\n\n');

  it('finds the block that follows what this client had last, and the newest', () => {
    const cache = new EventCache(() => noStamps);
    expect(cache.find(-1, bytes, 0, bytes.length)).toBeNull();
    cache.keep(bytes, 0, 9, event('a'), null);
    cache.keep(bytes, 9, 18, event('b'), null);
    expect(cache.find(-1, bytes, 0, bytes.length)?.event.data).toBe('a');
    expect(cache.find(0, bytes, 9, bytes.length)?.event.data).toBe('b');
    // Newest, though the one behind slot 40 is empty.
    expect(cache.find(40, bytes, 9, bytes.length)?.event.data).toBe('b');
    expect(cache.find(40, bytes, 0, bytes.length)).toBeNull();
  });

  it('does not find a block of which a byte is missing or different', () => {
    const cache = new EventCache(() => noStamps);
    cache.keep(bytes, 0, 9, event('a'), null);
    for (let end = 0; end < 9; end++) expect(cache.find(-1, bytes, 0, end)).toBeNull();
    for (let at = 0; at < 9; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(cache.find(-1, changed, 0, 9)).toBeNull();
    }
  });

  it('keeps its own copy: the buffer of the read is used again', () => {
    const cache = new EventCache(() => noStamps);
    const shared = Buffer.from(bytes);
    cache.keep(shared, 0, 9, event('a'), null);
    shared.fill('x');
    expect(cache.find(-1, bytes, 0, 9)?.event.data).toBe('a');
  });

  it('keeps 64 blocks, and forgets the oldest for the next', () => {
    const cache = new EventCache(() => noStamps);
    const blocks = Array.from({ length: 65 }, (_, n) => Buffer.from(`data: ${n}\n\n`));
    for (const [n, block] of blocks.entries()) cache.keep(block, 0, block.length, event(String(n)), null);
    const found = blocks.map((block, n) => cache.find(((n + 63) % 64), block, 0, block.length)?.event.data);
    expect(found).toEqual([undefined, ...Array.from({ length: 64 }, (_, n) => String(n + 1))]);
    // What takes the place of the oldest follows the one before.
    expect(cache.find(63, blocks[64] as Buffer, 0, 10)?.event.slot).toBe(0);
  });

  it('does not keep what is larger than 16 KiB', () => {
    const cache = new EventCache(() => noStamps);
    for (const [length, kept] of [[16 * 1024 - 8, true], [16 * 1024 - 7, false]] as const) {
      const large = Buffer.from(`data: ${'x'.repeat(length)}\n\n`);
      const read = event('large');
      cache.keep(large, 0, large.length, read, null);
      expect(read.slot >= 0).toBe(kept);
    }
  });

  it('reads the stamps of an event once', () => {
    const asked: string[] = [];
    const cache = new EventCache((type, data) => {
      asked.push(`${type} ${data}`);
      return { seq: 5, scheduledMs: 6, sentMs: 7 };
    });
    expect(cache.read('tick', 'x')).toEqual({ type: 'tick', data: 'x', slot: -1, seq: 5, scheduledMs: 6, sentMs: 7 });
    expect(asked).toEqual(['tick x']);
  });
});

describe('reading through the cache', () => {
  /** Blocks that many clients have in common, among them those that look alike and mean something else. */
  const block = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('data: x\n\n', 'data: y\n\n', 'id: 1\ndata: x\n\n', 'id: 2\ndata: x\n\n', 'event: tick\ndata: {"seq":1}\n\n') },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'id\ndata: x\n\n', 'id: 7\n\n', 'id: 3\nid: 4\0\ndata: x\n\n', 'id: 4\0\ndata: x\n\n', 'data: id: 9\n\n', 'idx: 1\ndata: x\n\n',
        'data: id\ndata: id:5\n\n', 'event: id\ndata\n\n', ': c\ndata: x\n\n', ': c\n\n', 'retry: 500\ndata: x\n\n', 'retry: x\ndata: x\n\n',
        'data: x\r\n\r\n', 'data: x\r\r', 'data: x\n\r\n', '\n', '\n\n', '\r', 'event: lost\n\n', 'data: a\ndata: b\n\n', 'data: €\n\n',
        'data: x\ndata: x\n\n', 'data: x\n', 'id: 6\n',
      ),
    },
    { weight: 1, arbitrary: fc.constant(`data: ${'z'.repeat(20_000)}\n\n`) },
  );
  const blocks = fc.array(block, { maxLength: 12 }).map((parts) => Buffer.from(parts.join('')));
  const common = fc.oneof({ weight: 3, arbitrary: blocks }, { weight: 1, arbitrary: hostileStream });
  const reader = fc.record({
    /** What this client alone receives first: another state to meet the common blocks in. */
    own: fc.constantFrom('', '', 'id: 41\n\n', 'id: 42\ndata: own\n\n', 'data: x\n\n', 'id: 43', '\uFEFF', '\r', ': half a comment', 'event: half\n'),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
    /** After how many turns of the event loop it is given the next piece. */
    waits: fc.nat({ max: 3 }),
  });

  it('gives each of several clients exactly what a parser of its own would have given, at any cuts', async () => {
    await fc.assert(
      fc.asyncProperty(common, fc.array(reader, { minLength: 2, maxLength: 5 }), async (stream, readers) => {
        // Twice the same, so that the second time finds what the first has left in the cache.
        const streams = readers.map(({ own }) => Buffer.concat([Buffer.from(own), stream, Buffer.from('\n\n'), stream]));
        let served = 0;
        const server = await ScriptedServer.start((socket) => {
          const at = served++;
          const body = streams[at] as Buffer;
          const { cuts, waits } = readers[at] as { cuts: number[]; waits: number };
          void writeInPieces(socket, body, cuts, waits);
        });
        const rig = new ClientRig(server.port);
        try {
          // One after the other, so that the server knows who is who; they read at the same time.
          for (const at of readers.keys()) {
            const client = rig.connect();
            await rig.until('its request', () => served === at + 1 && client.state !== 'connecting');
          }
          await rig.until('the end of every stream', () => rig.log.losses.length === readers.length);
          for (const [at, body] of streams.entries()) {
            const client = rig.clients[at];
            const retryMs = parse(body).flatMap((said) => ('retry' in said ? [said.retry] : [])).at(-1);
            expect(client?.retryMs).toBe(retryMs === undefined ? RETRY_MS : Math.min(Math.max(retryMs, 100), 3_600_000));
            const heard = rig.log.heard.filter((one) => one.client === at).map(({ type, data, lastEventId }) => ({ type, data, lastEventId }));
            expect(heard).toEqual(whole(body));
            expect(client?.receivedBytes).toBe(body.length);
            expect(client?.parser.lastEventId).toBe(new Recorder().push(body).parser.lastEventId);
          }
          const said = streams.flatMap(comments);
          expect(rig.log.comments.toSorted()).toEqual(said.toSorted());
        } finally {
          rig.close();
          await server.close();
        }
      }),
      runs(150),
    );
  });
});

async function writeInPieces(socket: Socket, body: Buffer, cuts: readonly number[], waits: number): Promise<void> {
  socket.write(OK);
  const places = [...cuts.map((part) => Math.floor(part * body.length)).toSorted((a, b) => a - b), body.length];
  let from = 0;
  for (const to of places) {
    if (to > from) socket.write(body.subarray(from, to));
    from = to;
    for (let turn = 0; turn < waits; turn++) await delay(0);
  }
  socket.end();
}
