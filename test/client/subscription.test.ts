import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Subscription } from '../../src/client/subscription.ts';
import { ClientRig, CONNECT_TIMEOUT_MS, HEADERS_TIMEOUT_MS, RETRY_MS } from '../support/client-rig.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';

const HOUR_MS = 3_600_000;
const TICK_MS = 10;
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(...answers: Answer[]): Promise<{ server: ScriptedServer; rig: ClientRig }> {
  const server = await ScriptedServer.start(...answers);
  closing.push(() => server.close());
  return { server, rig: rigFor(server.port) };
}

function rigFor(port: number): ClientRig {
  const rig = new ClientRig(port);
  closing.push(() => rig.close());
  return rig;
}

function headOf(status: string, ...fields: string[]): string {
  return [`HTTP/1.1 ${status}`, ...fields, '', ''].join('\r\n');
}

function typed(contentType: string): string {
  return headOf('200 OK', `Content-Type: ${contentType}`);
}

function open(text: string): Answer {
  return { text, after: 'open' };
}

async function lost(rig: ClientRig, times: number): Promise<void> {
  await rig.until(`loss ${times}`, () => rig.log.losses.length === times);
}

/** Lets the reconnection time pass, to the tick, and waits for the request that follows. */
async function comeBack(rig: ClientRig, server: ScriptedServer, retryMs = RETRY_MS): Promise<void> {
  const { length } = server.requests;
  rig.pass(retryMs + TICK_MS);
  await rig.until(`request ${length + 1}`, () => server.requests.length === length + 1);
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('an event source opens before its first message', async () => {
  const { rig } = await serve(open(`${OK}data: data\n\n\n`));
  const client = rig.connect();
  expect(client.state).toBe('connecting');
  await rig.until('an event', () => rig.log.heard.length === 1);
  expect(client.state).toBe('open');
  expect(rig.log.calls).toEqual(['0 connected', '0 open', '0 event']);
  expect(rig.log.heard).toEqual([{ client: 0, type: 'message', data: 'data', lastEventId: '' }]);
});

it('an event source asks for an event stream, uncached, the first time and again', async () => {
  const { server, rig } = await serve(OK);
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  for (const request of server.requests) {
    expect(request).toMatch(/^GET \/events HTTP\/1\.1\r\n/);
    expect(request).toContain('\r\nAccept: text/event-stream\r\n');
    expect(request).toContain('\r\nCache-Control: no-cache\r\n');
  }
});

it('an event source tells comments from events as soon as their line ends', async () => {
  const { rig } = await serve(open(`${OK}: ping\n`));
  rig.connect();
  await rig.until('a comment', () => rig.log.comments.length === 1);
  expect(rig.log.comments).toEqual(['ping']);
  expect(rig.log.heard).toEqual([]);
});

it('an event source waits on an open stream for as long as it is silent', async () => {
  const { rig } = await serve(open(OK));
  const client = rig.connect();
  await rig.until('the stream', () => client.state === 'open');
  expect(client.wheelSlot).toBe(-1);
  for (let n = 0; n < 20; n++) rig.pass(HOUR_MS);
  await rig.quiet();
  expect(rig.log.calls).toEqual(['0 connected', '0 open']);
});

it('an event source keeps account of what it received and of its longest silence', async () => {
  let socket: Socket | undefined;
  const { rig } = await serve((accepted) => {
    socket = accepted;
    accepted.write(OK);
  });
  const client = rig.connect();
  await rig.until('the stream', () => client.state === 'open');
  for (const silenceMs of [10, 700, 20]) {
    rig.pass(silenceMs);
    const { receivedBytes } = client;
    socket?.write(':\n');
    await rig.until('a comment', () => client.receivedBytes === receivedBytes + 2);
  }
  expect(client).toMatchObject({
    receivedBytes: 6,
    longestSilenceMs: 700,
    attempts: 1,
    opened: 1,
    failures: 0,
    lastByteMs: rig.clock.nowMs(),
  });
});

it.each<[string, Answer, string, string[]]>([
  ['cleanly', `${OK}data: a\n\n`, 'eof-clean', ['a']],
  ['cleanly, by its last chunk', `${CHUNKED}9\r\ndata: a\n\n\r\n0\r\n\r\n`, 'eof-clean', ['a']],
  ['inside a chunk', `${CHUNKED}20\r\ndata: a\n\n`, 'eof-truncated', ['a']],
  ['without its last chunk', `${CHUNKED}9\r\ndata: a\n\n\r\n`, 'eof-truncated', ['a']],
  [
    'short of its length',
    `${headOf('200 OK', 'Content-Type: text/event-stream', 'Content-Length: 99')}data: a\n\n`,
    'eof-truncated',
    ['a'],
  ],
  ['with a reset', { text: `${OK}data: a\n\n`, after: 'reset' }, 'reset', ['a']],
  ['with nonsense for a chunk', `${CHUNKED}9\r\ndata: a\n\n\r\nxyz\r\n`, 'http-protocol', ['a']],
  ['with a line that has no end', open(`${OK}data: a\n\ndata: ${'x'.repeat(16 * 1024 * 1024)}`), 'line-limit', ['a']],
])(
  'an event source whose stream ends %s comes back once, after its reconnection time',
  async (_how, answer, cause, heard) => {
    const { server, rig } = await serve(answer, open(`${OK}data: again\n\n`));
    const client = rig.connect();
    await lost(rig, 1);
    expect(rig.log.losses[0]).toMatchObject({ client: 0, cause, wasOpen: true, state: 'waiting' });
    expect(client).toMatchObject({ lastCause: cause, attempts: 1, opened: 1, failures: 0, connection: null });
    rig.pass(RETRY_MS - TICK_MS);
    await rig.quiet();
    expect(server.requests).toHaveLength(1);
    await comeBack(rig, server, TICK_MS);
    await rig.until('the event', () => rig.log.heard.length === heard.length + 1);
    expect(rig.log.data()).toEqual([...heard, 'again']);
    rig.pass(HOUR_MS);
    await rig.quiet();
    expect(server.requests).toHaveLength(2);
    expect(rig.log.losses).toHaveLength(1);
  },
);

it.each<[string, Answer, string]>([
  ['is closed before the head', '', 'eof-truncated'],
  ['is closed inside the head', 'HTTP/1.1 200 OK\r\nContent-', 'eof-truncated'],
  ['is reset before the head', (socket) => socket.resetAndDestroy(), 'reset'],
  ['is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'http-protocol'],
  ['has a head without an end', open(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`), 'headers-too-large'],
  ['is coded twice', headOf('200 OK', 'Content-Type: text/event-stream', 'Content-Encoding: gzip, br'), 'decode'],
])(
  'an event source whose stream ends before it began, since the answer %s, comes back',
  async (_why, answer, cause) => {
    const { server, rig } = await serve(answer, open(`${OK}data: a\n\n`));
    rig.connect();
    await lost(rig, 1);
    expect(rig.log.losses[0]).toMatchObject({ cause, wasOpen: false, state: 'waiting' });
    expect(rig.log.calls).not.toContain('0 open');
    await comeBack(rig, server);
    await rig.until('the event', () => rig.log.heard.length === 1);
    expect(rig.clients[0]).toMatchObject({ attempts: 2, opened: 1, failures: 0 });
  },
);

it('an event source whose stream ends opened, reconnected, and is told to stop by 204 (WPT eventsource-close)', async () => {
  const { server, rig } = await serve(
    `${OK}retry: 2\ndata: opened\n\n`,
    `${OK}data: reconnected\n\n`,
    headOf('204 No Content'),
  );
  const client = rig.connect();
  for (const times of [1, 2]) {
    await lost(rig, times);
    await comeBack(rig, server, 100);
  }
  await lost(rig, 3);
  expect(rig.log.losses.map(({ cause, state }) => `${state} ${cause}`)).toEqual([
    'waiting eof-clean',
    'waiting eof-clean',
    'closed server-stop',
  ]);
  expect(rig.log.data()).toEqual(['opened', 'reconnected']);
  rig.pass(HOUR_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(3);
  expect(client.state).toBe('closed');
});

it('an event source whose stream ends comes back to a stream that had no event yet (WPT eventsource-reconnect)', async () => {
  const { server, rig } = await serve(`${OK}retry: 2\n`, open(`${OK}data: data\n\n`));
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server, 100);
  await rig.until('the event', () => rig.log.heard.length === 1);
  expect(rig.log.data()).toEqual(['data']);
});

it('an event source whose stream ends does not deliver the event that was cut off, nor glue its beginning to the next stream', async () => {
  const { server, rig } = await serve(`${OK}data: a\n\nevent: half\ndata: lost`, open(`${OK}data: b\n\n`));
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  await rig.until('the event', () => rig.log.heard.length === 2);
  expect(rig.log.heard.map(({ type, data }) => [type, data])).toEqual([
    ['message', 'a'],
    ['message', 'b'],
  ]);
});

it('an event source whose stream ends drops a BOM at the start of each connection', async () => {
  const { server, rig } = await serve(`${OK}\uFEFFdata: a\n\n`, open(`${OK}\uFEFFdata: b\n\n`));
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  await rig.until('the event', () => rig.log.heard.length === 2);
  expect(rig.log.data()).toEqual(['a', 'b']);
});

it('an event source whose stream ends gives way longer each time nobody answers, to 30 s, and not at all once somebody did', async () => {
  const port = await deadPort();
  const rig = rigFor(port);
  const client = rig.connect();
  for (const waitMs of [
    1000, 1500, 2250, 3375, 5062.5, 7593.75, 11_390.625, 17_085.9375, 25_628.90625, 30_000, 30_000,
  ]) {
    const { attempts } = client;
    await rig.until('the refusal', () => client.state === 'waiting');
    rig.pass(waitMs - TICK_MS);
    expect(client.attempts).toBe(attempts);
    rig.pass(2 * TICK_MS);
    expect(client.attempts).toBe(attempts + 1);
  }
  await rig.until('the refusal', () => client.state === 'waiting');
  expect(new Set(rig.log.losses.map(({ cause, wasOpen }) => `${cause} ${wasOpen}`))).toEqual(
    new Set(['refused false']),
  );
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end(`${OK}data: a\n\n`),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closing.unshift(() => new Promise<void>((resolve) => server.close(() => resolve())));
  rig.pass(30_000 + TICK_MS);
  await rig.until('the event', () => rig.log.heard.length === 1);
  await rig.until('its end', () => client.state === 'waiting');
  const { attempts } = client;
  rig.pass(RETRY_MS + TICK_MS);
  expect(client.attempts).toBe(attempts + 1);
});

it.each([
  '204 No Content',
  '205 Reset',
  '206 Partial Content',
  '210 HAHAHAHA',
  '299 HAHAHAHA',
  '300 Choices',
  '304 Not Modified',
  '401 Unauthorized',
  '403 Forbidden',
  '404 HAHAHAHA',
  '410 Gone',
  '429 Too Many',
  '500 HAHAHAHA',
  '502 Bad',
  '503 HAHAHAHA',
  '504 Late',
  '999 Odd',
])('an event source that is refused with %s fails for good, without a message', async (status) => {
  const { server, rig } = await serve(
    `${headOf(status, 'Content-Type: text/event-stream', 'Location: /elsewhere')}data: data\n\n`,
  );
  const client = rig.connect();
  await lost(rig, 1);
  const code = status.slice(0, 3);
  const cause = code === '204' ? 'server-stop' : 'http-status';
  expect(rig.log.losses).toEqual([{ client: 0, cause, detail: `status ${code}`, wasOpen: false, state: 'closed' }]);
  rig.pass(HOUR_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(1);
  expect(rig.log.calls).toEqual(['0 connected', '0 lost']);
  expect(client).toMatchObject({ state: 'closed', lastCause: cause, opened: 0, connection: null });
  await rig.until('the server is left', () => server.sockets[0]?.destroyed === true);
});

it.each([
  'x bogus',
  'text/x-bogus',
  'text/html',
  'text/event-streamx',
  'text/event-stream, text/html',
  'xtext/event-stream',
  'text/event',
  'text /event-stream',
  'application/json; text/event-stream',
  '*/*',
  'x="text/event-stream"',
  ';text/event-stream',
  '',
  'text/event-stream charset=utf-8',
])('an event source that is refused with the type "%s" fails for good, and quotes it', async (contentType) => {
  const { server, rig } = await serve(`${typed(contentType)}data: data\n\n`);
  rig.connect();
  await lost(rig, 1);
  expect(rig.log.losses).toEqual([
    { client: 0, cause: 'content-type', detail: contentType || 'no content-type', wasOpen: false, state: 'closed' },
  ]);
  rig.pass(HOUR_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(1);
  expect(rig.log.heard).toEqual([]);
});

it('an event source that is refused without any type fails for good', async () => {
  const { rig } = await serve(`${headOf('200 OK')}data: data\n\n`);
  rig.connect();
  await lost(rig, 1);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'content-type', state: 'closed' });
});

it('an event source that is refused is not: a page that comes back with another answer', async () => {
  const { server, rig } = await serve(`${OK}data: a\n\n`, headOf('503 Busy', 'Retry-After: 1'));
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  await lost(rig, 2);
  expect(rig.log.losses.at(-1)).toMatchObject({ cause: 'http-status', wasOpen: false, state: 'closed' });
});

it.each([
  'text/event-stream;',
  'Text/Event-Stream',
  'TEXT/EVENT-STREAM ; charset=x',
  'text/event-stream;charset=windows-1252',
  '  text/event-stream  ',
  'text/event-stream\t;a=b',
  'text/event-stream; charset="utf-8"; x=";"',
  'text/event-stream; x="a, text/html"',
  'text/event-stream, text/event-stream',
  'text/html, text/event-stream',
  'text/event-stream, nonsense',
  'text/event-stream, */*',
])('an event source that is refused is not, with the type "%s", and reads UTF-8', async (contentType) => {
  const { rig } = await serve(open(`${typed(contentType)}data: €\n\n`));
  rig.connect();
  await rig.until('the event', () => rig.log.heard.length === 1);
  expect(rig.log.data()).toEqual(['€']);
});

it('an event source that is refused is not by an interim answer before the real one', async () => {
  const { rig } = await serve(open(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${OK}data: a\n\n`));
  rig.connect();
  await rig.until('the event', () => rig.log.heard.length === 1);
  expect(rig.log.calls).toEqual(['0 connected', '0 open', '0 event']);
});

it.each([
  ['3000', 3000],
  ['0', 100],
  ['2', 100],
  ['99', 100],
  ['100', 100],
  ['101', 101],
  ['007', 100],
  ['3600000', HOUR_MS],
  ['3600001', HOUR_MS],
  ['2147483648', HOUR_MS],
  ['9007199254740993', HOUR_MS],
  ['99999999999999999999', HOUR_MS],
  ['9'.repeat(400), HOUR_MS],
  ['', RETRY_MS],
  ['-1', RETRY_MS],
  ['1.5', RETRY_MS],
  ['2000x', RETRY_MS],
  ['1e3', RETRY_MS],
  ['Infinity', RETRY_MS],
  ['٣', RETRY_MS],
  [' 5000', RETRY_MS],
])('the reconnection time that is given as "%s" is %i ms', async (written, retryMs) => {
  const { server, rig } = await serve(`${OK}retry: ${written}\n`);
  const client = rig.connect();
  await lost(rig, 1);
  expect(client.retryMs).toBe(retryMs);
  rig.pass(retryMs - TICK_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(1);
  await comeBack(rig, server, TICK_MS);
});

it('the reconnection time that is held at its floor or ceiling is told, and not again while it stays there', async () => {
  const { rig } = await serve(
    `${OK}retry: 0\n\nretry: 5\n\nretry: 100\n\nretry: 200\n\nretry: 7200000\n\nretry: 3600000\n\nretry: 1\n\n`,
  );
  rig.connect();
  await lost(rig, 1);
  expect(rig.log.calls.filter((call) => call === '0 retry-clamped')).toHaveLength(3);
});

it('the reconnection time lasts over connections that do not set it', async () => {
  const { server, rig } = await serve(`${OK}retry: 5000\n\n`, OK);
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server, 5000);
  await lost(rig, 2);
  rig.pass(4990);
  await rig.quiet();
  expect(server.requests).toHaveLength(2);
  await comeBack(rig, server, TICK_MS);
});

it.each([
  ['abc'],
  ['1'],
  ['0'],
  ['a'.repeat(255)],
  ['e5p3n<3k0k0s'],
  ['…'],
  ['€ 豆腐 👩‍👩‍👧'],
  ['"quoted"; a=b, c'],
  [' two  spaces '],
  ['a\tb'],
  ['\u0085\u2028'],
  ['x'.repeat(9000)],
  ['id: 2'],
  ['__proto__'],
])('Last-Event-ID is the last id, byte for byte: %j', async (id) => {
  const { server, rig } = await serve(`${OK}id: 1\ndata: a\n\nid: ${id}\ndata: b\n\n`);
  const client = rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  expect(server.lastEventId(0)).toBeNull();
  expect(server.lastEventId(1)).toBe(id);
  expect(client.resumed).toBe(true);
  // And a third time, though the second stream did not name one.
  await lost(rig, 2);
  await comeBack(rig, server);
  expect(server.lastEventId(2)).toBe(id);
});

it.each([['\u0001'], ['a\u001b[2Jb'], ['\u007f'], ['a\u0000b\u0007'.replace('\0', '\u0002')]])(
  'Last-Event-ID is not sent when a header cannot carry it, and nothing else happens: %j',
  async (id) => {
    const { server, rig } = await serve(`${OK}id: ${id}\ndata: a\n\n`, open(`${OK}data: b\n\n`));
    const client = rig.connect();
    await lost(rig, 1);
    expect(client.parser.lastEventId).toBe(id);
    await comeBack(rig, server);
    await rig.until('the next event', () => rig.log.heard.length === 2);
    expect(server.lastEventId(1)).toBeNull();
    expect(server.requests[1]).toBe(server.requests[0]);
  },
);

it.each([
  ['there never was one', 'data: a\n\n'],
  ['it was reset', 'id: 5\ndata: a\n\nid\ndata: b\n\n'],
  ['it was reset by an empty value', 'id: 5\ndata: a\n\nid:\n\n'],
  ['its block was never finished', 'data: a\n\nid: 5\ndata: b\n'],
  ['its line was never finished', 'data: a\n\nid: 5'],
  ['it contained NUL', 'id: 5\0\ndata: a\n\n'],
])('Last-Event-ID is absent when %s', async (_why, stream) => {
  const { server, rig } = await serve(`${OK}${stream}`);
  const client = rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  expect(server.requests[1]).not.toMatch(/last-event-id/i);
  expect(client.resumed).toBe(false);
});

it.each<[string, string, Answer]>([
  ['of a block that was cut off by the end', '1', `${OK}id: 1\ndata: a\n\nid: 2\ndata: b`],
  ['of a block that was cut off by a reset', '1', { text: `${OK}id: 1\ndata: a\n\nid: 2\ndata: b\n`, after: 'reset' }],
  ['with NUL, which the one before outlives', '1', `${OK}id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n`],
])('Last-Event-ID is not the one %s', async (_which, id, answer) => {
  const { server, rig } = await serve(answer);
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  expect(server.lastEventId(1)).toBe(id);
});

it('Last-Event-ID is the one of a block without data, too', async () => {
  const { server, rig } = await serve(`${OK}id: 1\ndata: a\n\nid: 2\n\n`);
  rig.connect();
  await lost(rig, 1);
  await comeBack(rig, server);
  expect(server.lastEventId(1)).toBe('2');
});

it('Last-Event-ID outlives attempts that fail', async () => {
  const { server, rig } = await serve(`${OK}id: 7\ndata: a\n\n`, '', 'nonsense\r\n\r\n', open(OK));
  const client = rig.connect();
  for (const [times, retryMs] of [
    [1, 1000],
    [2, 1000],
    [3, 1500],
  ] as const) {
    await lost(rig, times);
    await comeBack(rig, server, retryMs);
  }
  expect([1, 2, 3].map((request) => server.lastEventId(request))).toEqual(['7', '7', '7']);
  await rig.until('the stream', () => client.state === 'open');
  expect(client.resumed).toBe(true);
});

it("Last-Event-ID is each client's own, though they read the same blocks", async () => {
  const { server, rig } = await serve(
    `${OK}id: 7\ndata: own\n\ndata: x\n\n`,
    `${OK}data: x\n\n`,
    `${OK}id: 8\ndata: own\n\ndata: x\n\n`,
    open(OK),
  );
  for (const times of [1, 2, 3]) {
    rig.connect();
    await lost(rig, times);
  }
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('all of them again', () => server.requests.length === 6);
  expect([3, 4, 5].map((request) => server.lastEventId(request)).toSorted()).toEqual(['7', '8', null]);
});

it('a deadline ends an attempt to connect that takes too long', async () => {
  const { server, rig } = await serve(open(`${OK}data: a\n\n`));
  const client = rig.connect();
  // Within one turn of the event loop no connection can have been made.
  rig.pass(CONNECT_TIMEOUT_MS - TICK_MS);
  expect(rig.log.losses).toEqual([]);
  rig.pass(TICK_MS);
  expect(rig.log.losses).toEqual([
    { client: 0, cause: 'connect-timeout', detail: 'the TCP connection timed out', wasOpen: false, state: 'waiting' },
  ]);
  expect(client).toMatchObject({ failures: 1, connection: null });
  await rig.quiet();
  expect(rig.log.calls).toEqual(['0 lost']);
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('the event', () => rig.log.heard.length === 1);
  expect(server.requests).toHaveLength(1);
});

it.each<[string, Answer]>([
  ['never comes', open('')],
  [
    'comes in drops',
    (socket) => {
      const head = [...'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n'];
      const timer = setInterval(() => socket.write(head.shift() ?? 'X'), 1);
      socket.on('close', () => clearInterval(timer));
    },
  ],
])('a deadline ends the wait for a head that %s', async (_how, answer) => {
  const { server, rig } = await serve(answer, open(OK));
  const client = rig.connect();
  await rig.until('the request', () => server.requests.length === 1 && client.state === 'requesting');
  for (let ms = 0; ms < HEADERS_TIMEOUT_MS - TICK_MS; ms += 499) {
    rig.pass(Math.min(499, HEADERS_TIMEOUT_MS - TICK_MS - ms));
    await rig.quiet();
  }
  expect(rig.log.losses).toEqual([]);
  rig.pass(TICK_MS);
  expect(rig.log.losses).toEqual([
    {
      client: 0,
      cause: 'headers-timeout',
      detail: 'the response headers were not complete in time',
      wasOpen: false,
      state: 'waiting',
    },
  ]);
  await rig.until('the server is left', () => server.sockets[0]?.destroyed === true);
  await comeBack(rig, server);
  await rig.until('the stream', () => client.state === 'open');
});

it('a deadline counts anew for each attempt and each phase', async () => {
  const { rig } = await serve(open(''));
  const client = rig.connect();
  for (let attempt = 1; attempt <= 3; attempt++) {
    rig.pass(CONNECT_TIMEOUT_MS - 2 * TICK_MS);
    await rig.until('a connection', () => client.state === 'requesting');
    rig.pass(HEADERS_TIMEOUT_MS - TICK_MS);
    expect(rig.log.losses).toHaveLength(attempt - 1);
    rig.pass(TICK_MS);
    expect(rig.log.losses).toHaveLength(attempt);
    rig.pass(RETRY_MS * 1.5 ** (attempt - 1) + TICK_MS);
    expect(client.state).toBe('connecting');
  }
});

/** Nothing more happens, whatever time passes. */
async function isSilent(rig: ClientRig, server: ScriptedServer, client: Subscription): Promise<void> {
  const before = [...rig.log.calls];
  // No deadline of before is left either.
  expect(client.wheelSlot).toBe(-1);
  const { length } = server.requests;
  await rig.quiet();
  rig.pass(HOUR_MS);
  await rig.quiet();
  rig.pass(HOUR_MS);
  expect(rig.log.calls).toEqual(before);
  expect(server.requests).toHaveLength(length);
  expect(client).toMatchObject({ state: 'closed', connection: null });
}

it.each(['fin', 'rst'] as const)(
  'an event source that is stopped while it connects is never heard of (%s)',
  async (how) => {
    const { server, rig } = await serve(`${OK}data: a\n\n`);
    const client = rig.connect();
    client.stop(how);
    await isSilent(rig, server, client);
    expect(rig.log.calls).toEqual([]);
    expect(client.lastCause).toBe('closed-by-us');
  },
);

it.each(['fin', 'rst'] as const)(
  'an event source that is stopped while it waits for the head leaves by %s',
  async (how) => {
    const { server, rig } = await serve(open(''));
    const client = rig.connect();
    await rig.until('the request', () => server.requests.length === 1);
    client.stop(how);
    await rig.until('the server sees it', () => server.left.length === 1);
    expect(server.left).toEqual([how]);
    await isSilent(rig, server, client);
    expect(rig.log.calls).toEqual(['0 connected']);
  },
);

it.each(['fin', 'rst'] as const)(
  'an event source that is stopped while it is open leaves by %s, and says so once',
  async (how) => {
    const { server, rig } = await serve(open(`${OK}data: a\n\n`));
    const client = rig.connect();
    await rig.until('the event', () => rig.log.heard.length === 1);
    client.stop(how);
    client.stop(how);
    await rig.until('the server sees it', () => server.left.length === 1);
    expect(server.left).toEqual([how]);
    await isSilent(rig, server, client);
    expect(rig.log.calls).toEqual(['0 connected', '0 open', '0 event', '0 left']);
  },
);

it('an event source that is stopped while it waits to reconnect does not', async () => {
  const { server, rig } = await serve(OK);
  const client = rig.connect();
  await lost(rig, 1);
  client.stop('fin');
  await isSilent(rig, server, client);
  expect(rig.log.losses).toHaveLength(1);
});

it.each(['connected', 'open', 'event', 'comment', 'lost'] as const)(
  'an event source that is stopped in the moment when "%s" is reported stays stopped',
  async (when) => {
    const { server, rig } = await serve(`${OK}: c\n\ndata: a\n\ndata: b\n\n: d\n\ndata: c\n\n`);
    rig.log.react = (call, client) => {
      if (call === when) client.stop('rst');
    };
    const client = rig.connect();
    await rig.until(when, () => rig.log.calls.includes(`0 ${when}`));
    // Its request is on its way when it is connected: the server may read it before the reset, or not.
    await rig.until(
      'the server has seen its end',
      () => server.left.length === 1 || server.sockets[0]?.destroyed === true,
    );
    await isSilent(rig, server, client);
    expect(rig.log.calls.filter((call) => call === `0 ${when}`)).toHaveLength(1);
    expect(rig.log.calls.at(-1)).toBe(['open', 'event', 'comment'].includes(when) ? '0 left' : `0 ${when}`);
  },
);

it('an event source that is stopped in the moment of an event that it knows from its neighbour stays stopped', async () => {
  const { server, rig } = await serve(open(`${OK}data: a\n\ndata: b\n\ndata: c\n\n`));
  rig.connect();
  await rig.until('the events', () => rig.log.heard.length === 3);
  rig.log.react = (call, client) => {
    if (call === 'event') client.stop('rst');
  };
  const second = rig.connect();
  await rig.until('its end', () => second.state === 'closed');
  await isSilent(rig, server, second);
  // The first bytes of a stream go through the parser, since a BOM may come: so it is also the parser that stops.
  expect(rig.log.data(1)).toEqual(['a']);
});

it('an event source that is stopped or leaves and returns, in the moment of an event: the rest of the old stream is not heard', async () => {
  const { server, rig } = await serve(open(`${OK}id: 1\ndata: a\n\nid: 2\ndata: b\n\n`), open(`${OK}data: c\n\n`));
  rig.log.react = (call, client) => {
    if (call === 'event' && client.opened === 1) client.leaveAndReturn('fin');
  };
  const client = rig.connect();
  await rig.until('its leaving', () => client.state === 'waiting');
  rig.pass(300);
  expect(client.endedMs).toBe(rig.clock.nowMs() - 300);
  await comeBack(rig, server);
  await rig.until('the next stream', () => rig.log.heard.length >= 2);
  expect(server.lastEventId(1)).toBe('1');
  expect(rig.log.data()).toEqual(['a', 'c']);
  expect(rig.log.calls.slice(0, 4)).toEqual(['0 connected', '0 open', '0 event', '0 left']);
  expect(rig.log.losses).toEqual([]);
});

it('many event sources that lose their streams all at once come back, each once', async () => {
  const { server, rig } = await serve(...Array.from({ length: 50 }, () => open(OK)), open(`${OK}data: again\n\n`));
  for (let n = 0; n < 50; n++) rig.connect();
  await rig.until('all streams', () => rig.clients.every(({ state }) => state === 'open'));
  for (const [n, socket] of server.sockets.entries()) {
    if (n % 2 === 0) socket.end();
    else socket.resetAndDestroy();
  }
  await lost(rig, 50);
  rig.pass(RETRY_MS + TICK_MS);
  await rig.until('all streams again', () => rig.log.heard.length === 50);
  rig.pass(HOUR_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(100);
  expect(rig.log.losses).toHaveLength(50);
});
