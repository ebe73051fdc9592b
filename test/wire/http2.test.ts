import { once } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { encodeRequest, type RequestOptions } from '../../src/wire/request.ts';
import type { StreamConnection, StreamReceiver, Transport } from '../../src/wire/transport.ts';
import { createUndiciTransport, type UndiciOptions } from '../../src/wire/undici.ts';
import { CA, ExchangeServer, LOCALHOST, type Exchange } from './exchange.ts';
import { StreamLog } from './stream-log.ts';
import { openSockets, until } from './until.ts';

const tls = { servername: 'localhost', ca: CA };

let transport: Transport;
const servers: Array<{ close(): Promise<unknown> }> = [];
beforeAll(async () => {
  transport = await createUndiciTransport({ tls, http2: true, streamsPerConnection: 20 });
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(
  onExchange: (exchange: Exchange, index: number) => void,
  maxConcurrentStreams?: number,
): Promise<ExchangeServer> {
  const settings = maxConcurrentStreams === undefined ? {} : { settings: { maxConcurrentStreams } };
  const server = await ExchangeServer.start('http2', onExchange, settings);
  servers.push(server);
  return server;
}

function open(port: number, receiver: StreamReceiver, request: Partial<RequestOptions> = {}): StreamConnection {
  const { bytes } = encodeRequest({
    method: 'GET',
    path: '/',
    host: 'localhost',
    headers: [],
    version: '0',
    ...request,
  });
  return transport.open({ host: '127.0.0.1', port, bytes }, receiver);
}

function openMany(count: number, port: number): Array<{ log: StreamLog; connection: StreamConnection }> {
  return Array.from({ length: count }, () => {
    const log = new StreamLog();
    return { log, connection: open(port, log) };
  });
}

function sessionOf({ response }: Exchange): ServerHttp2Session {
  return (response as unknown as { stream: { session: ServerHttp2Session } }).stream.session;
}

it('the connections of HTTP/2 are as many as the streams need, and go with the last of them', async () => {
  const before = openSockets();
  const server = await serve((exchange) => void exchange.head().write(': hi\n'));
  const streams = openMany(50, server.port);
  await until('all are open', () => streams.every(({ log }) => log.bodyBytes > 0));
  expect(server.connections.size).toBe(3);
  // Room that became free is used again.
  for (const { log, connection } of streams.splice(0, 20)) {
    log.left = true;
    connection.close();
  }
  const later = openMany(10, server.port);
  await until('the later ones are open', () => later.every(({ log }) => log.bodyBytes > 0));
  expect(server.connections.size).toBeLessThanOrEqual(3);
  for (const { connection } of [...streams, ...later]) connection.reset();
  await until('the server has none', () => server.connections.size === 0);
  await until('no socket of ours is left', () => openSockets() <= before + 1);
});

it('the connections of HTTP/2 carry no more streams than the server allows, so that none waits in silence', async () => {
  const server = await serve((exchange) => void exchange.head().write(': hi\n'), 7);
  const streams = openMany(40, server.port);
  await until('all are open', () => streams.every(({ log }) => log.bodyBytes > 0));
  expect(server.connections.size).toBe(6);
  for (const { connection } of streams) connection.close();
  await until('the server has none', () => server.connections.size === 0);
});

it('the connections of HTTP/2 may carry a thousand', async () => {
  const many = await createUndiciTransport({ tls, http2: true, streamsPerConnection: 1000 });
  const server = await serve((exchange) => void exchange.head().write(': hi\n'));
  const { bytes } = encodeRequest({ method: 'GET', path: '/', host: 'localhost', headers: [], version: '0' });
  const streams = Array.from({ length: 1000 }, () => {
    const log = new StreamLog();
    return { log, connection: many.open({ host: '127.0.0.1', port: server.port, bytes }, log) };
  });
  await until('all are open', () => streams.every(({ log }) => log.bodyBytes > 0));
  expect(server.connections.size).toBe(1);
  for (const { connection } of streams) connection.close();
  await until('the server has none', () => server.connections.size === 0);
});

it('the connections of HTTP/2 go on for the streams they have when the server says GOAWAY, and take no more (RFC 9113, 6.8)', async () => {
  const server = await serve((exchange) => void exchange.head().write(': hi\n'));
  const streams = openMany(3, server.port);
  await until('all are open', () => streams.every(({ log }) => log.bodyBytes > 0));
  sessionOf(server.exchanges[0] as Exchange).close();
  await delay(100);
  const next = new StreamLog();
  open(server.port, next);
  await until('the next is open', () => next.bodyBytes > 0);
  expect(server.connections.size).toBe(2);
  for (const exchange of server.exchanges) exchange.end('data: still here\n\n');
  for (const { log } of [...streams, { log: next }]) {
    expect(await log.ended).toBe('eof-clean');
    expect(log.body.toString()).toBe(': hi\ndata: still here\n\n');
  }
  await until('the server has none', () => server.connections.size === 0);
});

it('the connections of HTTP/2 that the server gives up with an error end their streams with "reset"', async () => {
  const server = await serve((exchange) => void exchange.head().write(': hi\n'));
  const streams = openMany(3, server.port);
  await until('all are open', () => streams.every(({ log }) => log.bodyBytes > 0));
  sessionOf(server.exchanges[0] as Exchange).goaway(11);
  for (const { log } of streams) expect(await log.ended).toBe('reset');
  await until('the server has none', () => server.connections.size === 0);
});

it('the connections of HTTP/2 do not stall because one of their streams does', async () => {
  const content = Buffer.alloc(512 * 1024, 'x');
  const server = await serve((exchange) => exchange.head().end(content));
  const stalled = new StreamLog();
  stalled.goOn = false;
  const connection = open(server.port, stalled);
  await until('it has something', () => stalled.bodyBytes > 0);
  const others = openMany(15, server.port);
  for (const { log } of others) {
    expect(await log.ended).toBe('eof-clean');
    expect(log.bodyBytes).toBe(content.length);
  }
  expect(server.connections.size).toBe(1);
  expect(stalled.bodyBytes).toBeLessThanOrEqual(64 * 1024);
  connection.close();
  await until('the server has none', () => server.connections.size === 0);
});

it('the connections of HTTP/2 of which a server says nothing send no request, until the caller leaves', async () => {
  const server = createServer({ cert: LOCALHOST.certificate, key: LOCALHOST.key, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {}).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push({ close: () => once(server.close(), 'close') });
  let secured = 0;
  server.on('secureConnection', () => secured++);
  const log = new StreamLog();
  const connection = open((server.address() as AddressInfo).port, log);
  await until('the handshake is done', () => secured === 1);
  await delay(100);
  expect(log.calls).toEqual([]);
  log.left = true;
  connection.reset();
});

it('the connections of HTTP/2 that speak something else behind h2 end in "http-protocol"', async () => {
  const server = createServer({ cert: LOCALHOST.certificate, key: LOCALHOST.key, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {}).on('data', () => {});
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push({ close: () => once(server.close(), 'close') });
  const log = new StreamLog();
  open((server.address() as AddressInfo).port, log);
  expect(await log.ended).toBe('http-protocol');
});

it.each([
  ['REFUSED_STREAM', 7, 'refused'],
  ['CANCEL', 8, 'reset'],
  ['INTERNAL_ERROR', 2, 'reset'],
  ['ENHANCE_YOUR_CALM', 11, 'reset'],
  ['PROTOCOL_ERROR', 1, 'http-protocol'],
] as const)('streams of HTTP/2 that the server resets with %s end with the code told', async (name, code, cause) => {
  const server = await serve((exchange) => {
    (exchange.response as unknown as { stream: { close(code: number): void } }).stream.close(code);
  });
  const log = new StreamLog();
  open(server.port, log);
  expect(await log.ended).toBe(cause);
  expect(log.detail).toContain(name);
});

it("streams of HTTP/2 tell no port: a row in the kernel's tables is not theirs alone", async () => {
  const server = await serve((exchange) => void exchange.head().write(': hi\n'));
  const log = new StreamLog();
  const connection = open(server.port, log);
  await until('it is open', () => log.bodyBytes > 0);
  expect([connection.localPort, connection.localAddress]).toEqual([0, '']);
  connection.close();
});

it('streams of HTTP/2 shorter or longer than their declared length end in "http-protocol" (RFC 9113, 8.1.1)', async () => {
  for (const declared of ['2', '20']) {
    const server = await serve((exchange) => exchange.head({ 'content-length': declared }).end('12345678'));
    const log = new StreamLog();
    open(server.port, log);
    expect(await log.ended).toBe('http-protocol');
  }
});

it.each(['Connection', 'keep-alive', 'TE', 'Upgrade', 'Expect', 'Proxy-Connection'])(
  'misuse of HTTP/2: the header %s is refused at once',
  (name) => {
    expect(() => open(1, new StreamLog(), { headers: [[name, 'x']] })).toThrow(UsageError);
  },
);

it.each<[string, UndiciOptions]>([
  ['HTTP/2 without TLS', { http2: true }],
  ['no stream for a connection', { tls, http2: true, streamsPerConnection: 0 }],
  ['half a stream for a connection', { tls, http2: true, streamsPerConnection: 1.5 }],
  ['a proxy that is no URL', { tls, proxy: 'proxy.example:3128' }],
  ['a proxy of another kind', { tls, proxy: 'socks5://proxy.example' }],
])('misuse of HTTP/2: %s is refused', async (_what, options) => {
  await expect(createUndiciTransport(options)).rejects.toThrow(UsageError);
});
