import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { CLIENT_KINDS } from '../../src/core/client-kinds.ts';
import { behaviours } from '../../src/client/behaviour.ts';
import type { Subscription } from '../../src/client/subscription.ts';
import { Http1Transport } from '../../src/wire/http1.ts';
import { createUndiciTransport } from '../../src/wire/undici.ts';
import { ClientRig, RETRY_MS } from '../support/client-rig.ts';
import { CA, ExchangeServer } from '../wire/exchange.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';

const TICK_MS = 10;
const MEGABYTE = 1024 * 1024;
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(
  answers: Answer[],
  slowRateBytesPerSecond = 256,
): Promise<{ server: ScriptedServer; rig: ClientRig }> {
  const server = await ScriptedServer.start(...answers);
  const rig = new ClientRig(server.port, { slowRateBytesPerSecond });
  closing.push(
    () => server.close(),
    () => rig.close(),
  );
  return { server, rig };
}

/** Begins a stream and leaves it to the test. */
function begin(head: string = OK): Answer {
  return (socket) => socket.write(head);
}

function events(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => `id: ${from + i}\ndata: {"seq":${from + i}}\n\n`).join('');
}

/** Waits until the server's kernel and Node's buffer take no more of what was written, for a while. */
async function backedUp(rig: ClientRig, socket: Socket): Promise<number> {
  let taken = -1;
  let since = 0;
  await rig.until('a full buffer', () => {
    const now = socket.bytesWritten - socket.writableLength;
    if (now === taken) since += 1;
    else since = 0;
    taken = now;
    return socket.writableLength > 0 && since > 100;
  });
  return taken;
}

it('the registry of behaviours has each kind under its own name', () => {
  expect(Object.keys(behaviours).toSorted()).toEqual(CLIENT_KINDS.toSorted());
  for (const [kind, behaviour] of Object.entries(behaviours)) expect(behaviour.kind).toBe(kind);
});

it('a healthy client reads all that it is sent, as fast as it comes', async () => {
  const { server, rig } = await serve([begin()]);
  const client = rig.connect('healthy');
  await rig.until('the stream', () => client.state === 'open');
  const block = `data: ${'x'.repeat(1016)}\n\n`;
  server.sockets[0]?.write(block.repeat(8 * 1024));
  await rig.until('everything', () => rig.log.heard.length === 8 * 1024);
  expect(client.receivedBytes).toBe(8 * MEGABYTE);
  expect(client.state).toBe('open');
});

it('a healthy client is not blocked by others that read slowly or not at all', async () => {
  const { server, rig } = await serve([begin()]);
  const clients = (['slow', 'stalled', 'healthy'] as const).map((kind) => rig.connect(kind));
  await rig.until('all streams', () => clients.every(({ state }) => state === 'open'));
  for (const socket of server.sockets) socket.write(events(1, 20_000));
  const [slow, stalled, healthy] = clients;
  await rig.until('everything', () => healthy?.parser.lastEventId === '20000');
  expect(rig.log.data(healthy?.index)).toHaveLength(20_000);
  expect(slow?.receivedBytes).toBeLessThanOrEqual(512);
  expect(stalled?.receivedBytes).toBeLessThanOrEqual(1024);
});

/** Reads for this long at this rate, in steps as the fleet's timer makes them. */
async function readFor(rig: ClientRig, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += TICK_MS) {
    rig.pass(TICK_MS);
    // What was resumed is read in the next turns of the event loop.
    await delay(0);
  }
}

/** The same over TLS or HTTP/2; `send` writes to all streams. */
async function serveSecurely(
  kind: 'https' | 'http2',
  rate: number,
): Promise<{ rig: ClientRig; send: (text: string) => void }> {
  const server = await ExchangeServer.start(kind, (exchange) => void exchange.head());
  const tls = { servername: 'localhost', ca: CA };
  const transport = kind === 'https' ? new Http1Transport({ tls }) : await createUndiciTransport({ tls, http2: true });
  const rig = new ClientRig(server.port, { slowRateBytesPerSecond: rate, transport });
  closing.push(
    () => server.close(),
    () => rig.close(),
  );
  return { rig, send: (text) => server.exchanges.forEach((exchange) => exchange.write(text)) };
}

/** Lets it read until its rate forbids more. */
async function reads(rig: ClientRig, client: Subscription): Promise<void> {
  await rig.until('its reads', () => client.readAgainMs > rig.clock.nowMs());
}

function chunks(text: string, count: number): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`.repeat(count);
}

it.each([
  ['plain', OK, events(1, 2000)],
  // Each event a chunk of its own, as node:http writes them: one read then brings several.
  [
    'chunked',
    CHUNKED,
    events(100, 2000).replaceAll(/id: .*\ndata: .*\n\n/g, (event) => `${event.length.toString(16)}\r\n${event}\r\n`),
  ],
  ['one byte a chunk', CHUNKED, '1\r\n:\r\n'.repeat(20_000)],
])('a slow client reads at about its rate and no faster: %s', async (_how, head, body) => {
  const rate = 2560;
  const { server, rig } = await serve([begin(head)], rate);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  const openedMs = rig.clock.nowMs();
  server.sockets[0]?.write(body);
  for (let second = 1; second <= 5; second++) {
    await readFor(rig, 1000);
    const elapsedMs = rig.clock.nowMs() - openedMs;
    // What one read brings is there at once; the rate says when the next may come.
    expect(client.receivedBytes).toBeLessThanOrEqual((rate * elapsedMs) / 1000 + 2 * 256);
  }
  expect(client.receivedBytes).toBeGreaterThan(0);
  expect(client.state).toBe('open');
});

it.each([
  ['in reads of its own size', OK, ': slow and steady wins the race\n'.repeat(20_000), 2560],
  [
    'in reads smaller than a step of the timer needs',
    OK,
    ': slow and steady wins the race\n'.repeat(60_000),
    128 * 1024,
  ],
  ['chunked', CHUNKED, chunks('data: {"seq":1234567}\n\n', 20_000), 2560],
  ['in chunks larger than a read', CHUNKED, chunks(`: ${'x'.repeat(5000)}\n`, 200), 2560],
])('a slow client reads at its rate: %s', async (_how, head, body, rate) => {
  const { server, rig } = await serve([begin(head)], rate);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  server.sockets[0]?.write(body);
  await rig.until('the first bytes', () => client.receivedBytes > 0);
  const [fromMs, fromBytes] = [rig.clock.nowMs(), client.receivedBytes];
  // Steps as coarse as those of a calm fleet.
  for (let step = 0; step < 100; step++) {
    rig.pass(40);
    await reads(rig, client);
  }
  const expectedBytes = (rate * (rig.clock.nowMs() - fromMs)) / 1000;
  expect(client.receivedBytes - fromBytes).toBeGreaterThan(0.9 * expectedBytes);
  expect(client.receivedBytes - fromBytes).toBeLessThan(1.1 * expectedBytes);
});

it.each([
  ['https', 'small records'],
  ['https', 'full records'],
  ['http2', 'full frames'],
] as const)('a slow client reads at its rate, in the steps that the protocol makes: %s, %s', async (kind, size) => {
  const rate = 64 * 1024;
  const { rig, send } = await serveSecurely(kind, rate);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  if (size === 'small records') for (let n = 0; n < 20_000; n++) send(`data: {"seq":${n}}\n\n`);
  else send(': slow and steady wins the race\n'.repeat(60_000));
  await rig.until('the first bytes', () => client.receivedBytes > 0);
  await reads(rig, client);
  const [fromMs, fromBytes] = [rig.clock.nowMs(), client.receivedBytes];
  for (let step = 0; step < 250; step++) {
    rig.pass(20);
    await reads(rig, client);
  }
  const expectedBytes = (rate * (rig.clock.nowMs() - fromMs)) / 1000;
  // At both ends one step more or less: what a stream of HTTP/2 may hold.
  expect(Math.abs(client.receivedBytes - fromBytes - expectedBytes)).toBeLessThan(0.1 * expectedBytes + 64 * 1024);
});

it('a slow client does not stop, and gets everything in order in the end', async () => {
  const { server, rig } = await serve([begin()], 25_600);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  server.sockets[0]?.write(events(1, 1000));
  for (let n = 0; n < 600 && client.parser.lastEventId !== '1000'; n++) await readFor(rig, 100);
  expect(rig.log.data()).toEqual(Array.from({ length: 1000 }, (_, i) => `{"seq":${i + 1}}`));
  expect(rig.log.losses).toEqual([]);
});

it('a slow client reads what comes in drops as well', async () => {
  const { server, rig } = await serve([begin()], 256);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  for (let n = 1; n <= 5; n++) {
    server.sockets[0]?.write(`data: ${n}\n\n`);
    for (let wait = 0; wait < 200 && rig.log.heard.length < n; wait++) await readFor(rig, 100);
  }
  expect(rig.log.data()).toEqual(['1', '2', '3', '4', '5']);
});

it('a slow client makes a server wait that sends more than it reads', async () => {
  const { server, rig } = await serve([begin()], 256);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  const socket = server.sockets[0] as Socket;
  socket.write(Buffer.alloc(32 * MEGABYTE, 'data: x\n\n'));
  await backedUp(rig, socket);
  expect(socket.writableLength).toBeGreaterThan(MEGABYTE);
  expect(client.receivedBytes).toBeLessThanOrEqual(512);
});

it('a slow client hears of a reset at its next read, and comes back', async () => {
  const { server, rig } = await serve([begin(), begin()]);
  const client = rig.connect('slow');
  await rig.until('the stream', () => client.state === 'open');
  server.sockets[0]?.write(events(1, 100));
  await readFor(rig, 2000);
  const { lastEventId } = client.parser;
  expect(lastEventId).not.toBe('');
  server.sockets[0]?.resetAndDestroy();
  for (let wait = 0; wait < 200 && rig.log.losses.length === 0; wait++) await readFor(rig, 100);
  expect(rig.log.losses).toMatchObject([{ cause: 'reset', wasOpen: true, state: 'waiting' }]);
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('its return', () => server.requests.length === 2);
  expect(server.lastEventId(1)).toBe(client.parser.lastEventId);
});

it('a stalled client opens its stream and reads no more than what came with the head', async () => {
  const { server, rig } = await serve([(socket) => socket.write(OK + events(1, 100))]);
  const client = rig.connect('stalled');
  await rig.until('the stream', () => client.state === 'open');
  const socket = server.sockets[0] as Socket;
  socket.write(Buffer.alloc(32 * MEGABYTE, 'data: x\n\n'));
  const taken = await backedUp(rig, socket);
  for (let n = 0; n < 50; n++) {
    rig.pass(60_000);
    await delay(1);
  }
  // Not a byte more, whatever time passes: the window is shut.
  expect(socket.bytesWritten - socket.writableLength).toBe(taken);
  expect(socket.writableLength).toBeGreaterThan(MEGABYTE);
  expect(client.receivedBytes).toBeLessThanOrEqual(1024);
  expect(client.state).toBe('open');
  expect(rig.log.heard).toEqual([]);
  expect(rig.log.calls).toEqual(['0 connected', '0 open']);
});

it('a stalled client hears of nothing, neither an end nor a reset', async () => {
  const { server, rig } = await serve([(socket) => socket.write(OK + events(1, 100))]);
  for (let n = 0; n < 2; n++) rig.connect('stalled');
  await rig.until('both streams', () => rig.clients.every(({ receivedBytes }) => receivedBytes > 0));
  server.sockets[0]?.end();
  server.sockets[1]?.resetAndDestroy();
  await rig.quiet();
  rig.pass(3_600_000);
  await rig.quiet();
  expect(rig.clients.map(({ state }) => state)).toEqual(['open', 'open']);
  expect(rig.log.losses).toEqual([]);
});

it.each([
  [
    'an end',
    (socket: Socket): void => {
      socket.end();
    },
    'eof-clean',
  ],
  [
    'a reset',
    (socket: Socket): void => {
      socket.resetAndDestroy();
    },
    'reset',
  ],
] as const)(
  'a stalled client reads on when it is armed and sees %s, and does not come back',
  async (_how, leave, cause) => {
    const { server, rig } = await serve([(socket) => socket.write(OK + events(1, 100))]);
    const client = rig.connect('stalled');
    await rig.until('the first read', () => client.receivedBytes > 0);
    leave(server.sockets[0] as Socket);
    await rig.quiet();
    client.armed = true;
    client.connection?.resume();
    await rig.until('the end', () => client.state === 'closed');
    expect(rig.log.losses).toMatchObject([{ cause, wasOpen: true, state: 'closed' }]);
    rig.pass(3_600_000);
    await rig.quiet();
    expect(server.requests).toHaveLength(1);
  },
);

it('a stalled client reads on when it is armed and finds the stream alive', async () => {
  const { server, rig } = await serve([(socket) => socket.write(OK + events(1, 100))]);
  const client = rig.connect('stalled');
  await rig.until('the first read', () => client.receivedBytes > 0);
  client.armed = true;
  client.connection?.resume();
  await rig.until('the rest', () => client.receivedBytes === events(1, 100).length);
  server.sockets[0]?.write('more');
  await rig.until('more', () => client.receivedBytes === events(1, 100).length + 4);
  expect(client.state).toBe('open');
  // It reads bytes, to see whether they end; what they say is not its business.
  expect(rig.log.heard).toEqual([]);
});

it('an abrupt client resets its connection in the middle of an event, and the same one comes back behind its last whole one', async () => {
  const { server, rig } = await serve([begin(), (socket) => socket.write(OK + events(3, 4))]);
  const client = rig.connect('abrupt');
  await rig.until('the stream', () => client.state === 'open');
  const socket = server.sockets[0] as Socket;
  socket.write(events(1, 2));
  await rig.until('two events', () => rig.log.heard.length === 2);
  rig.pass(6000 + TICK_MS);
  expect(client.armed).toBe(true);
  await rig.quiet();
  expect(server.left).toEqual([]);
  socket.write(events(3, 3));
  await rig.until('the server sees it', () => server.left.length === 1);
  expect(server.left).toEqual(['rst']);
  expect(rig.log.heard).toHaveLength(2);
  expect(rig.log.calls.slice(-1)).toEqual(['0 left']);
  expect(client).toMatchObject({ state: 'waiting', armed: false, endedMs: rig.clock.nowMs() });
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('its return', () => rig.log.heard.length === 4);
  expect(server.lastEventId(1)).toBe('2');
  expect(rig.log.data()).toEqual([1, 2, 3, 4].map((seq) => `{"seq":${seq}}`));
  expect(client).toMatchObject({ state: 'open', opened: 2, attempts: 2, resumed: true, armed: false });
  expect(rig.log.losses).toEqual([]);
});

it('an abrupt client stays between one second and six, each time anew', async () => {
  const { server, rig } = await serve([begin()]);
  const stays: number[] = [];
  const client = rig.connect('abrupt');
  for (let round = 1; round <= 10; round++) {
    await rig.until('the stream', () => client.state === 'open' && server.requests.length === round);
    const openedMs = rig.clock.nowMs();
    while (!client.armed) rig.pass(TICK_MS);
    stays.push(rig.clock.nowMs() - openedMs);
    server.sockets[round - 1]?.write(events(1, 1));
    await rig.until('its leaving', () => client.state === 'waiting');
    rig.pass(RETRY_MS + TICK_MS);
  }
  expect(Math.min(...stays)).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...stays)).toBeLessThanOrEqual(6000 + TICK_MS);
  expect(new Set(stays).size).toBeGreaterThan(3);
  expect(rig.log.losses).toEqual([]);
});

it('an abrupt client is an event source in all else: a lost stream brings it back', async () => {
  const { server, rig } = await serve([OK, begin()]);
  const client = rig.connect('abrupt');
  await rig.until('the loss', () => rig.log.losses.length === 1);
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('its return', () => client.opened === 2);
  expect(server.requests).toHaveLength(2);
});

it('a resuming client leaves politely every few seconds and returns behind its last id', async () => {
  const { server, rig } = await serve([begin()]);
  const stays: number[] = [];
  const client = rig.connect('resuming');
  for (let round = 1; round <= 6; round++) {
    await rig.until('the stream', () => client.state === 'open' && server.requests.length === round);
    const openedMs = rig.clock.nowMs();
    server.sockets[round - 1]?.write(events(round, round));
    await rig.until('an event', () => rig.log.heard.length === round);
    while (client.state === 'open') rig.pass(TICK_MS);
    stays.push(rig.clock.nowMs() - openedMs);
    expect(client).toMatchObject({ state: 'waiting', endedMs: rig.clock.nowMs() });
    await rig.until('the server sees it', () => server.left.length === round);
    rig.pass(RETRY_MS + TICK_MS);
  }
  expect(server.left).toEqual(['fin', 'fin', 'fin', 'fin', 'fin', 'fin']);
  expect([0, 1, 2, 3, 4, 5].map((request) => server.lastEventId(request))).toEqual([null, '1', '2', '3', '4', '5']);
  expect(Math.min(...stays)).toBeGreaterThanOrEqual(2000);
  expect(Math.max(...stays)).toBeLessThanOrEqual(5000 + TICK_MS);
  expect(rig.log.calls.filter((call) => call === '0 left')).toHaveLength(6);
  expect(rig.log.losses).toEqual([]);
});

it('a resuming client does not use the id of the block in whose middle it left', async () => {
  const { server, rig } = await serve([begin()]);
  const client = rig.connect('resuming');
  await rig.until('the stream', () => client.state === 'open');
  server.sockets[0]?.write(`${events(1, 1)}id: 2\ndata: half\n`);
  await rig.until('all bytes', () => client.receivedBytes === events(1, 1).length + 17);
  rig.pass(5000 + TICK_MS);
  expect(client.state).toBe('waiting');
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('its return', () => server.requests.length === 2);
  expect(server.lastEventId(1)).toBe('1');
  expect(rig.log.heard).toHaveLength(1);
});
