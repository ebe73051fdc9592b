import type { Socket } from 'node:net';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { SPARED_BYTES } from '../../src/client/event-reader.ts';
import { MAX_HELD_BYTES } from '../../src/client/long-texts.ts';
import { CAUSES, type Cause } from '../../src/core/causes.ts';
import { Requests } from '../../src/soak/load/requests.ts';
import { ClientRig, RETRY_MS } from '../support/client-rig.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';
import { afterRequest, RawServer } from '../wire/raw-server.ts';

const TICK_MS = 10;
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const PIECE = 64 * 1024;

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(...answers: Answer[]): Promise<{ server: ScriptedServer; rig: ClientRig }> {
  const server = await ScriptedServer.start(...answers);
  closing.push(() => server.close());
  const rig = new ClientRig(server.port);
  closing.push(() => rig.close());
  return { server, rig };
}

function coded(coding: string, body: Uint8Array): Answer {
  return (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: ${coding}\r\n\r\n`);
    socket.end(body);
  };
}

/** An event, then a beginning, and then what follows, for as long as somebody reads it. */
function endless(beginning: string, follows = 'x'): Answer {
  const piece = Buffer.alloc(PIECE, follows);
  return (socket: Socket) => {
    const pump = (): void => {
      let goOn = true;
      while (goOn && !socket.destroyed) goOn = socket.write(piece);
    };
    socket.on('drain', pump);
    socket.write(`${OK}data: first\n\n${beginning}`);
    pump();
  };
}

/** What a server does, the word for it, and whether the stream had opened. */
const TROUBLE: readonly (readonly [what: string, does: Answer, cause: Cause, wasOpen: boolean])[] = [
  ['closes at once', '', 'eof-truncated', false],
  ['closes in the middle of the head', 'HTTP/1.1 200 O', 'eof-truncated', false],
  ['resets before the head', (socket) => socket.resetAndDestroy(), 'reset', false],
  ['resets in the body', { text: `${OK}data: a\n\ndata: b`, after: 'reset' }, 'reset', true],
  ['closes cleanly in the middle of an event', `${OK}data: a\n\nda`, 'eof-clean', true],
  ['ends its chunks', `${CHUNKED}0\r\n\r\n`, 'eof-clean', true],
  ['closes in a chunk', `${CHUNKED}ff\r\ndata: a\n\n`, 'eof-truncated', true],
  [
    'sends less than it announced',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\ndata: a\n\n',
    'eof-truncated',
    true,
  ],
  ['has a bad chunk size', `${CHUNKED}zz\r\n`, 'http-protocol', true],
  ['has a chunk size of 2^68', `${CHUNKED}100000000000000000\r\n`, 'http-protocol', true],
  [
    'frames its body in two ways',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n',
    'http-protocol',
    false,
  ],
  ['speaks another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'http-protocol', false],
  ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', 'http-protocol', false],
  ['has a head without an end', endlessHead, 'headers-too-large', false],
  ['says stop', 'HTTP/1.1 204 No Content\r\n\r\n', 'server-stop', false],
  ['answers with a page', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>', 'content-type', false],
  ['is busy', 'HTTP/1.1 503 Busy\r\nContent-Type: text/event-stream\r\nRetry-After: 1\r\n\r\n', 'http-status', false],
  ['redirects to itself', 'HTTP/1.1 302 Found\r\nLocation: /events\r\n\r\n', 'redirect-loop', false],
  ['redirects to a file', 'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n', 'redirect-refused', false],
  ['has broken gzip', coded('gzip', Buffer.from('data: a\n\n')), 'decode', true],
  ['ends in the middle of gzip', coded('gzip', gzipSync('data: a\n\n').subarray(0, -4)), 'decode', true],
  ['is no text under an unknown coding', coded('zstd', Buffer.from('28b52ffd0458490000', 'hex')), 'decode', true],
  ['has two codings', coded('gzip, br', Buffer.from('data: a\n\n')), 'decode', false],
  [
    'has a line of 64 MiB in 64 KB of gzip',
    coded('gzip', gzipSync(Buffer.concat([Buffer.from('data: '), Buffer.alloc(64 * 1024 ** 2, 'x')]))),
    'line-limit',
    true,
  ],
  ['has an endless line of data', endless('data: '), 'line-limit', true],
  ['has an endless comment', endless(': '), 'line-limit', true],
  ['has an endless id', endless('id: '), 'line-limit', true],
  ['has an endless event name', endless('event: '), 'line-limit', true],
  ['has an endless reconnection time', endless('retry: ', '1'), 'line-limit', true],
  ['has an endless event', endless('', `data: ${'x'.repeat(500)}\n`), 'event-limit', true],
];

function endlessHead(socket: Socket): void {
  const pump = (): void => {
    let goOn = true;
    while (goOn && !socket.destroyed) goOn = socket.write(`X-Filler: ${'x'.repeat(1000)}\r\n`);
  };
  socket.on('drain', pump);
  socket.write('HTTP/1.1 200 OK\r\n');
  pump();
}

it.each(TROUBLE)(
  'the end of a client whose server %s has the right word, and the client does next what the word says',
  async (_what, does, cause, wasOpen) => {
    const { server, rig } = await serve(does);
    const client = rig.connect();
    await rig.until('the end', () => rig.log.losses.length === 1);
    const { retries } = CAUSES[cause];
    expect(rig.log.losses[0]).toMatchObject({ cause, wasOpen, state: retries ? 'waiting' : 'closed' });
    expect(rig.log.losses[0]?.detail).not.toBe('');
    expect(client).toMatchObject({ lastCause: cause, connection: null, heldBytes: 0 });
    await rig.until('the server is left', () => server.sockets.every((socket) => socket.destroyed));
    const before = server.requests.length;
    rig.pass(RETRY_MS + TICK_MS);
    if (retries) await rig.until('the next attempt', () => server.requests.length > before);
    else await rig.quiet();
    expect(server.requests.length > before).toBe(retries);
  },
);

it('the end of a client whose server is one of all the words there are', () => {
  const elsewhere: Cause[] = [
    // redirect.test.ts
    'dns',
    'tls',
    // subscription.test.ts
    'refused',
    'connect-timeout',
    'headers-timeout',
    'closed-by-us',
    // mcp-sessions.test.ts
    'session-refused',
    // No client of a soak ends a silent stream itself, and our own limits belong to the machine.
    'idle-timeout',
    'client-limit',
  ];
  expect([...new Set([...TROUBLE.map(([, , cause]) => cause), ...elsewhere])].toSorted()).toEqual(
    Object.keys(CAUSES).toSorted(),
  );
});

it('the end of a client whose server answers with any status but 200, 204 and a redirect is that status, for good', async () => {
  const redirects = new Set([301, 302, 303, 307, 308]);
  const statuses = [...Array.from({ length: 399 }, (_, n) => 201 + n), 999].filter(
    (status) => status !== 204 && !redirects.has(status),
  );
  const { server, rig } = await serve(
    ...statuses.map(
      (status) => `HTTP/1.1 ${status} X\r\nContent-Type: text/event-stream\r\nLocation: /\r\n\r\ndata: a\n\n`,
    ),
  );
  for (const [at, status] of statuses.entries()) {
    rig.connect();
    await rig.until(`the end of ${status}`, () => rig.log.losses.length === at + 1);
    expect(rig.log.losses[at]).toEqual({
      client: at,
      cause: 'http-status',
      detail: `status ${status}`,
      wasOpen: false,
      state: 'closed',
    });
  }
  rig.pass(3_600_000);
  await rig.quiet();
  expect(server.requests).toHaveLength(statuses.length);
  expect(rig.log.heard).toEqual([]);
});

const BODY = 'id: 1\ndata: ä\n\ndata: b\n\n';

it.each([
  ['gzip', gzipSync(BODY)],
  ['x-gzip', gzipSync(BODY)],
  ['GZIP', gzipSync(BODY)],
  ['deflate', deflateSync(BODY)],
  ['deflate', deflateRawSync(BODY)],
  ['br', brotliCompressSync(BODY)],
  ['identity', Buffer.from(BODY)],
  ['', Buffer.from(BODY)],
])('a stream in a content coding %s is read like any other', async (coding, body) => {
  const { rig } = await serve(coded(coding, body));
  rig.connect();
  await rig.until('the end', () => rig.log.losses.length === 1);
  expect(rig.log.data()).toEqual(['ä', 'b']);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'eof-clean', wasOpen: true });
});

it('a stream in a content coding gives each event when its flush is in', async () => {
  const whole = gzipSync('data: a\n\n', { finishFlush: constants.Z_SYNC_FLUSH });
  const { rig } = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n');
    socket.write(whole);
  });
  const client = rig.connect();
  await rig.until('the event', () => rig.log.heard.length === 1);
  expect(client.state).toBe('open');
});

it('a client skips a field that nobody knows, however long, and holds nothing of it', async () => {
  const { rig } = await serve(endless('unknown'));
  const client = rig.connect();
  await rig.until('much more than any limit', () => client.receivedBytes > 16 * 1024 ** 2);
  expect(client).toMatchObject({ state: 'open', heldBytes: 0 });
  client.stop('rst');
});

it('a client holds nothing of an unfinished event once its stream has ended', async () => {
  const { rig } = await serve(`${OK}data: ${'x'.repeat(300_000)}`);
  const client = rig.connect();
  await rig.until('the end', () => rig.log.losses.length === 1);
  expect([client.receivedBytes, client.heldBytes, client.parser.heldBytes]).toEqual([300_006, 0, 0]);
});

it('a client whose last id no header can carry comes back without it, and tells', async () => {
  const server = await ScriptedServer.start(`${OK}id: a\u0001\ndata: a\n\n`, { text: OK, after: 'open' });
  closing.push(() => server.close());
  const { port } = server;
  const requests = new Requests(
    { url: new URL(`http://127.0.0.1:${port}/events`), address: '127.0.0.1', port, fillBytes: 0 },
    { method: 'GET', headers: [], body: null },
    null,
    '0.0.0',
  );
  const rig = new ClientRig(port, { requestFor: (client) => requests.for(client) });
  closing.push(() => rig.close());
  const client = rig.connect();
  await rig.until('the end', () => rig.log.losses.length === 1);
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('the next stream', () => client.opened === 2);
  expect(rig.log.calls.filter((call) => call === '0 id-unsendable')).toHaveLength(1);
  expect(client.resumed).toBe(false);
  expect(server.requests[1]).toBe(server.requests[0]);
});

it('a thousand clients of endless events hold no more together than a process may, and those that hold little stay', async () => {
  // A type and not data, which all of them would hold together.
  const begins = Buffer.from('event: ');
  const piece = Buffer.alloc(PIECE, 'x');
  const raw = await RawServer.start((socket) => afterRequest(socket, () => socket.write(OK)));
  closing.push(() => raw.close());
  const rig = new ClientRig(raw.port);
  closing.push(() => rig.close());
  for (let n = 0; n < 1000; n++) rig.connect();
  await rig.until('all streams', () => rig.clients.every(({ state }) => state === 'open'));
  const [modest] = rig.clients;
  if (modest === undefined) throw new Error('there are a thousand');
  const modestPort = modest.connection?.localPort;
  let most = 0;
  const held = (): number => rig.clients.reduce((sum, client) => sum + client.parser.heldBytes, 0);
  // Each gets one piece after the other, in turn, as from a server that sends the same to all.
  for (let round = 1; round <= 20 && rig.log.losses.length === 0; round++) {
    for (const socket of raw.sockets) {
      if (socket.remotePort === modestPort) socket.write(round === 1 ? 'data: little\n' : '');
      else socket.write(round === 1 ? Buffer.concat([begins, piece]) : piece);
    }
    const received = begins.length + round * piece.length;
    await rig.until(`round ${round}`, () => {
      most = Math.max(most, held());
      return rig.clients.every(
        (client) => client === modest || client.state !== 'open' || client.receivedBytes >= received,
      );
    });
  }
  expect(most).toBeGreaterThan(MAX_HELD_BYTES * 0.9);
  expect(most).toBeLessThanOrEqual(MAX_HELD_BYTES + SPARED_BYTES);
  expect(new Set(rig.log.losses.map(({ cause }) => cause))).toEqual(new Set(['event-limit']));
  expect(rig.log.losses[0]?.detail).toContain('while all clients of a load process together hold more');
  expect(rig.log.withoutRoom).toBe(rig.log.losses.length);
  expect(rig.log.losses.length).toBeLessThan(200);
  expect(modest.state).toBe('open');
  rig.close();
  expect(held()).toBe(0);
});
