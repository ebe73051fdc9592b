import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Listener, type ListenerOptions, type ListenRecord } from '../../src/client/listener.ts';
import type { Adjustment } from '../../src/client/client-state.ts';
import type { Cause } from '../../src/core/causes.ts';
import { Http1Transport } from '../../src/wire/http1.ts';
import type { Transport } from '../../src/wire/transport.ts';
import { createUndiciTransport } from '../../src/wire/undici.ts';
import { ClientRig, HEADERS_TIMEOUT_MS } from '../support/client-rig.ts';
import { NO_STREAM_STATUSES, NO_STREAM_TYPES, statusAnswer, typedAnswer } from '../support/no-stream.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Rigged {
  server: ScriptedServer;
  rig: ClientRig;
  listener: Listener;
  records: ListenRecord[];
  adjusted: Adjustment[];
  ends: Cause[];
  /** Whether the receiver has room. */
  room: { left: boolean };
}

async function listening(
  answers: Answer[],
  options: Partial<ListenerOptions> = {},
  transport: Transport = new Http1Transport(),
): Promise<Rigged> {
  const server = await ScriptedServer.start(...answers);
  closing.push(() => server.close());
  const rig = new ClientRig(server.port, { transport });
  const records: ListenRecord[] = [];
  const adjusted: Adjustment[] = [];
  const ends: Cause[] = [];
  const room = { left: true };
  const listener = new Listener(rig.context, {
    asked: { headers: [], version: '0.0.0' },
    host: '127.0.0.1',
    retryMs: 1000,
    lastEventId: '',
    idleTimeoutMs: null,
    events: null,
    maxReconnects: null,
    limits: {},
    ...options,
    listening: {
      read() {},
      tell(record) {
        records.push(record);
        return room.left;
      },
      adjusted: (adjustment) => adjusted.push(adjustment),
      ended: (cause) => ends.push(cause),
    },
  });
  closing.push(() => listener.hangUp());
  listener.connect();
  return { server, rig, listener, records, adjusted, ends, room };
}

const kinds = (records: readonly ListenRecord[]): string => records.map(({ kind }) => kind).join(' ');

it('a listener tells what it hears in its order, with the time since its start', async () => {
  const { rig, records } = await listening([
    { text: `${OK}: hello\nretry: 2000\nid: 7\nevent: tick\ndata: a\n\n`, after: 'open' },
  ]);
  await rig.until('the event', () => records.length === 4);
  expect(records).toEqual([
    { kind: 'open', status: 200, contentType: 'text/event-stream', atMs: 0 },
    { kind: 'comment', comment: 'hello', atMs: 0 },
    { kind: 'retry', retryMs: 2000, atMs: 0 },
    { kind: 'event', type: 'tick', data: 'a', id: '7', atMs: 0 },
  ]);
});

it("a listener counts its times from its start, not from the clock's", async () => {
  const { rig, records, server } = await listening([{ text: OK, after: 'open' }]);
  await rig.until('the stream', () => records.length === 1);
  rig.pass(1234.5678);
  server.sockets[0]?.write('data: a\n\n');
  await rig.until('the event', () => records.length === 2);
  expect(records[1]?.atMs).toBe(1234.568);
});

it('a listener ends right behind its last event, and hears nothing of what came with it', async () => {
  const { rig, records, ends, server } = await listening(
    [{ text: `${OK}data: 1\n\n: c\ndata: 2\n\n: d\ndata: 3\n\nretry: 1\n`, after: 'open' }],
    { events: 2 },
  );
  await rig.until('the end', () => ends.length === 1);
  expect(kinds(records)).toBe('open event comment event closed');
  await rig.until('the server is left', () => server.left.length === 1);
  rig.pass(3_600_000);
  await rig.quiet();
  expect([ends, server.requests.length, kinds(records)]).toEqual([
    ['closed-by-us'],
    1,
    'open event comment event closed',
  ]);
});

it('a listener says when it comes back, and comes back then and not before', async () => {
  const { rig, records, server } = await listening([`${OK}retry: 500\n`, { text: OK, after: 'open' }]);
  await rig.until('the end of the stream', () => kinds(records).endsWith('error'));
  expect(records.at(-1)).toEqual({
    kind: 'error',
    cause: 'eof-clean',
    message: 'the response is complete',
    willRetryInMs: 500,
    atMs: 0,
  });
  rig.pass(480);
  await rig.quiet();
  expect(server.requests).toHaveLength(1);
  rig.pass(30);
  await rig.until('the next stream', () => kinds(records).endsWith('open'));
});

it.each([0, 1, 3])('a listener gives up after %d reconnections, and says so', async (maxReconnects) => {
  const { rig, records, ends, server } = await listening([OK], { maxReconnects });
  for (let n = 0; n <= maxReconnects; n++) {
    await rig.until('the end of a stream', () => records.filter(({ kind }) => kind === 'error').length === n + 1);
    rig.pass(1010);
  }
  await rig.until('the end', () => ends.length === 1);
  expect(records.filter((record) => record.kind === 'error').map(({ willRetryInMs }) => willRetryInMs)).toEqual([
    ...Array.from({ length: maxReconnects }, () => 1000),
    null,
  ]);
  rig.pass(3_600_000);
  await rig.quiet();
  expect([ends, server.requests.length]).toEqual([['eof-clean'], maxReconnects + 1]);
});

it('a listener does not ask again, nor speak of an error, when the server says stop', async () => {
  const { rig, records, ends } = await listening(['HTTP/1.1 204 No Content\r\n\r\n']);
  await rig.until('the end', () => ends.length === 1);
  expect(records).toEqual([{ kind: 'closed', cause: 'server-stop', atMs: 0 }]);
});

it('a listener goes on behind the id that it was given', async () => {
  const { rig, records, server } = await listening([{ text: `${OK}data: a\n\n`, after: 'open' }], {
    lastEventId: 'ü1',
  });
  await rig.until('the event', () => records.length === 2);
  expect([server.lastEventId(0), records[1]]).toMatchObject(['ü1', { id: 'ü1' }]);
});

it('a listener tells of a reconnection time that it does not keep to, also when it is its own already', async () => {
  const { rig, records, adjusted } = await listening([{ text: `${OK}retry: 0\nretry: 100\n`, after: 'open' }], {
    retryMs: 100,
  });
  await rig.until('both', () => records.length === 3);
  expect(adjusted).toEqual(['retry-clamped']);
});

it('a listener tells of an id that no header can carry, and comes back without it', async () => {
  const { rig, records, adjusted, server } = await listening([
    `${OK}id: a\u0007b\ndata: 1\n\n`,
    { text: `${OK}data: 2\n\n`, after: 'open' },
  ]);
  await rig.until('the end of the first stream', () => kinds(records) === 'open event error');
  rig.pass(1000);
  await rig.until('the second stream', () => kinds(records) === 'open event error open event');
  expect(adjusted).toEqual(['id-unsendable']);
  expect(server.lastEventId(1)).toBe(null);
  expect(records.at(-1)).toMatchObject({ data: '2', id: 'a\u0007b' });
});

it('a listener keeps to the limits that it was given', async () => {
  const { rig, records } = await listening([{ text: `${OK}data: ${'x'.repeat(100)}\n\n`, after: 'open' }], {
    limits: { maxLineBytes: 64, maxEventBytes: 1000 },
  });
  await rig.until('the end', () => records.length === 2);
  expect(records[1]).toMatchObject({ kind: 'error', cause: 'line-limit', willRetryInMs: 1000 });
});

it('a listener says once that it is over, however often it is told to leave', async () => {
  const { rig, listener, records, ends } = await listening([{ text: OK, after: 'open' }]);
  await rig.until('the stream', () => records.length === 1);
  listener.hangUp();
  listener.hangUp();
  listener.resume();
  expect([ends, kinds(records)]).toEqual([['closed-by-us'], 'open closed']);
});

it('a listener may leave before its first connection stands', async () => {
  const { rig, listener, records, ends } = await listening([{ text: OK, after: 'open' }]);
  listener.hangUp();
  rig.pass(HEADERS_TIMEOUT_MS);
  await rig.quiet();
  expect([ends, kinds(records)]).toEqual([['closed-by-us'], 'closed']);
});

/** One error, the end, and nobody who asks again. */
const forGood = (cause: Cause, says: string): [ListenRecord[], Cause[], number] => [
  [
    { kind: 'error', cause, message: expect.stringContaining(says) as string, willRetryInMs: null, atMs: 0 },
    { kind: 'closed', cause, atMs: 0 },
  ],
  [cause],
  1,
];

describe.each(['wire', 'undici'])('an answer that is no stream, over %s,', (name) => {
  let transport: Transport;
  beforeAll(async () => {
    transport = name === 'wire' ? new Http1Transport() : await createUndiciTransport();
  });

  /** All that is told of it within an hour, and how often it was asked for. */
  async function heardOf(answer: Answer): Promise<[ListenRecord[], Cause[], number]> {
    const { rig, records, ends, server } = await listening([answer], { retryMs: 100 }, transport);
    await rig.until('the end', () => ends.length === 1);
    rig.pass(3_600_000);
    return [records, ends, server.requests.length];
  }

  it.each(NO_STREAM_STATUSES)('since its status is %d, is told as an error for good', async (status) => {
    expect(await heardOf(statusAnswer(status))).toEqual(forGood('http-status', String(status)));
  });

  it.each(NO_STREAM_TYPES)('since its type is "%s", is told as an error for good, which quotes it', async (type) => {
    expect(await heardOf(typedAnswer(type, 'data: data\n\n'))).toEqual(forGood('content-type', type));
  });
});

it('the silence of a listener ends a stream when it lasts, and any byte begins it anew', async () => {
  const { rig, listener, records, server } = await listening([{ text: OK, after: 'open' }], { idleTimeoutMs: 1000 });
  await rig.until('the stream', () => records.length === 1);
  rig.pass(900);
  server.sockets[0]?.write(':');
  await rig.until('a byte', () => listener.receivedBytes === 1);
  rig.pass(900);
  expect(kinds(records)).toBe('open');
  rig.pass(120);
  expect(records[1]).toMatchObject({
    kind: 'error',
    cause: 'idle-timeout',
    message: 'no byte for 1s; an unfinished block was discarded',
    willRetryInMs: 1000,
  });
});

it('the silence of a listener does not count before the stream is open, nor by default', async () => {
  const { rig, records } = await listening([() => {}], { idleTimeoutMs: 1000 });
  rig.pass(1500);
  expect(kinds(records)).toBe('');
  const silent = await listening([{ text: OK, after: 'open' }]);
  await silent.rig.until('the stream', () => silent.records.length === 1);
  silent.rig.pass(86_400_000);
  expect(kinds(silent.records)).toBe('open');
});

it("the silence of a listener is not the server's while we do not read", async () => {
  const { rig, listener, records, room, server } = await listening([{ text: OK, after: 'open' }], {
    idleTimeoutMs: 1000,
  });
  await rig.until('the stream', () => records.length === 1);
  room.left = false;
  server.sockets[0]?.write('data: a\n\n');
  await rig.until('the event', () => records.length === 2);
  rig.pass(60_000);
  expect(kinds(records)).toBe('open event');
  room.left = true;
  listener.resume();
  rig.pass(900);
  expect(kinds(records)).toBe('open event');
  rig.pass(120);
  expect(records[2]).toMatchObject({ kind: 'error', cause: 'idle-timeout' });
});

it('a listener that nobody listens to reads no further before there is room', async () => {
  const { rig, listener, records, room, server } = await listening([{ text: OK, after: 'open' }]);
  await rig.until('the stream', () => records.length === 1);
  room.left = false;
  server.sockets[0]?.write('data: a\n\n');
  await rig.until('the event', () => records.length === 2);
  server.sockets[0]?.write('data: b\n\n');
  await rig.quiet();
  expect(kinds(records)).toBe('open event');
  room.left = true;
  listener.resume();
  await rig.until('the other event', () => records.length === 3);
});

it('a listener that nobody listens to opens no further stream before there is room', async () => {
  const { rig, listener, records, room, server } = await listening([`${OK}data: a\n\n`, { text: OK, after: 'open' }]);
  await rig.until('the end of the stream', () => kinds(records).endsWith('error'));
  room.left = false;
  // It hears of it with whatever it tells next: nothing, here, but what the last record answered.
  rig.pass(1010);
  await rig.until('the second stream', () => server.requests.length === 2);
  expect(kinds(records)).toMatch(/error(?: open)?$/);
  await rig.until('it is told', () => kinds(records).endsWith('open'));
  server.sockets[1]?.end('data: b\n\n');
  await rig.quiet();
  rig.pass(60_000);
  await rig.quiet();
  expect(server.requests).toHaveLength(2);
  room.left = true;
  listener.resume();
  await rig.until('the end of the second', () => records.filter(({ kind }) => kind === 'error').length === 2);
  rig.pass(1010);
  await rig.until('the third', () => server.requests.length === 3);
});

it('a listener that nobody listens to comes back at once when its time has come meanwhile', async () => {
  const { rig, listener, records, room, server } = await listening([
    (socket) => {
      room.left = false;
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: a\n\n');
    },
    { text: OK, after: 'open' },
  ]);
  await rig.until('the end of the stream', () => kinds(records).endsWith('error'));
  rig.pass(60_000);
  await rig.quiet();
  expect(server.requests).toHaveLength(1);
  room.left = true;
  listener.resume();
  await rig.until('the next stream', () => server.requests.length === 2);
});

it('a listener that nobody listens to does not come back when it was told to leave meanwhile', async () => {
  const { rig, listener, records, room, server, ends } = await listening([
    (socket) => {
      room.left = false;
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: a\n\n');
    },
  ]);
  await rig.until('the end of the stream', () => kinds(records).endsWith('error'));
  rig.pass(60_000);
  listener.hangUp();
  room.left = true;
  listener.resume();
  await rig.quiet();
  expect([server.requests.length, ends]).toEqual([1, ['closed-by-us']]);
});
