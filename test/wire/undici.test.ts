import { afterEach, beforeAll, expect, it } from 'vitest';
import { encodeRequest } from '../../src/wire/request.ts';
import { requestFields } from '../../src/wire/request-fields.ts';
import type { Transport } from '../../src/wire/transport.ts';
import { createUndiciTransport } from '../../src/wire/undici.ts';
import { PLAIN_ENDS } from './plain-ends.ts';
import { afterRequest, RawServer } from './raw-server.ts';
import { StreamLog } from './stream-log.ts';
import { until } from './until.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const { bytes } = encodeRequest({ method: 'GET', path: '/events', host: 'test', headers: [], version: '0.0.0' });

let transport: Transport;
const servers: RawServer[] = [];
beforeAll(async () => {
  transport = await createUndiciTransport();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

it.each(PLAIN_ENDS)('how a stream over undici ends %s', async (_title, wire, fin, cause, body) => {
  const server = await RawServer.start((socket) => {
    afterRequest(socket, () => {
      socket.write(wire, 'latin1');
      if (fin) socket.end();
    });
  });
  servers.push(server);
  const log = new StreamLog();
  transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
  expect(await log.ended).toBe(cause);
  expect(log.body.toString()).toBe(body);
  expect(log.detail).not.toBe('');
  await until('the server sees it gone', () => server.sockets.size === 0);
});

/** Answers that undici's parser does not expect; some of them end it with an assertion. */
const UNEXPECTED = [
  ['101 without the connection option', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
  ['101 as if an upgrade had been asked for', 'HTTP/1.1 101 Up\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes'],
  ['101 without a field', 'HTTP/1.1 101 Up\r\n\r\n'],
  ['101 behind an interim response', 'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 101 Up\r\nUpgrade: x\r\n\r\n'],
  ['status 000', `HTTP/1.1 000 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n`],
  ['status 000 with a length', 'HTTP/1.1 000 OK\r\nContent-Length: 3\r\n\r\nabc'],
  ['status 099, chunked', 'HTTP/1.1 099 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
  ['status 1000', 'HTTP/1.1 1000 OK\r\n\r\n'],
] as const;

it.each(UNEXPECTED)('how a stream over undici ends says that the answer is no HTTP of %s', async (_title, wire) => {
  const server = await RawServer.start((socket) => afterRequest(socket, () => socket.end(wire, 'latin1')));
  servers.push(server);
  const log = new StreamLog();
  transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
  expect([await log.ended, log.head], log.detail).toEqual(['http-protocol', undefined]);
  await until('the server sees it gone', () => server.sockets.size === 0);
});

it('how a stream over undici ends says reset of an RST right behind the bytes before it', async () => {
  const server = await RawServer.start((socket) => {
    afterRequest(socket, () => {
      socket.write(`${OK}\r\n${'x'.repeat(5000)}`, () => socket.resetAndDestroy());
    });
  });
  servers.push(server);
  const causes = new Set();
  for (let n = 0; n < 30; n++) {
    const log = new StreamLog();
    transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
    causes.add(await log.ended);
  }
  expect([...causes]).toEqual(['reset']);
});

it.each(['close', 'reset'] as const)(
  'how a stream over undici ends is left by %s() while it is paused in a body that lasts until the close',
  async (how) => {
    const server = await RawServer.start((socket) =>
      afterRequest(socket, () => socket.write(`${OK}\r\n${'x'.repeat(5_000_000)}`)),
    );
    servers.push(server);
    const log = new StreamLog();
    log.goOn = false;
    const connection = transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
    await until('something has come', () => log.bodyBytes > 0);
    const before = log.bodyBytes;
    log.left = true;
    connection[how]();
    await until('the server sees it gone', () => server.sockets.size === 0);
    expect(log.bodyBytes).toBe(before);
  },
);

it('how a stream over undici ends hears FIN behind a pause only when it reads on', async () => {
  const server = await RawServer.start((socket) =>
    afterRequest(socket, () => socket.end(`${OK}\r\n${'x'.repeat(100_000)}`)),
  );
  servers.push(server);
  const log = new StreamLog();
  log.goOn = false;
  const connection = transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
  // To and fro, so that one pause falls between the last byte and FIN.
  while (log.bodyBytes < 100_000) {
    const before = log.bodyBytes;
    connection.resume();
    await until('something has come', () => log.bodyBytes > before);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(log.cause).toBeUndefined();
  log.goOn = true;
  connection.resume();
  expect(await log.ended).toBe('eof-clean');
});

it.each(['the whole', 'the beginning'] as const)(
  'how a stream over undici ends says reset when RST comes while it is paused behind %s of what was sent',
  async (part) => {
    const server = await RawServer.start((socket) => {
      afterRequest(socket, () => socket.write(`${OK}\r\n${'x'.repeat(part === 'the whole' ? 5000 : 5_000_000)}`));
    });
    servers.push(server);
    const log = new StreamLog();
    log.goOn = false;
    const connection = transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
    await until('something has come', () => log.bodyBytes > 0);
    const before = log.bodyBytes;
    for (const socket of server.sockets) socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([log.bodyBytes, log.cause]).toEqual([before, undefined]);
    log.goOn = true;
    connection.resume();
    expect(await log.ended).toBe('reset');
  },
);

it('how a stream over undici ends makes no second connection for a stream whose first was cut', async () => {
  let connections = 0;
  const server = await RawServer.start((socket) => {
    connections += 1;
    afterRequest(socket, () => socket.end());
  });
  servers.push(server);
  const log = new StreamLog();
  transport.open({ host: '127.0.0.1', port: server.port, bytes }, log);
  expect(await log.ended).toBe('eof-truncated');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(connections).toBe(1);
});

it('requestFields reads back what encodeRequest wrote, byte for byte', () => {
  const options = {
    method: 'POST',
    path: '/a?b=c:d',
    host: '[::1]:8080',
    version: '1',
    body: '\r\n\r\n€',
    headers: [
      ['X-A', '1: 2'],
      ['x-a', ' 3 '],
      ['Empty', ''],
    ] as Array<[string, string]>,
    lastEventId: 'ü',
  };
  const encoded = encodeRequest(options).bytes;
  const fields = requestFields(encoded);
  expect(fields).toMatchObject({ method: 'POST', path: '/a?b=c:d', authority: '[::1]:8080' });
  expect(fields.body.toString()).toBe('\r\n\r\n€');
  expect(fields.headers.filter(([name]) => /^(?:x-a|empty|last-event-id|content-length)$/i.test(name))).toEqual([
    ['Content-Length', '7'],
    ['X-A', '1: 2'],
    ['x-a', '3'],
    ['Empty', ''],
    ['Last-Event-ID', Buffer.from('ü').toString('latin1')],
  ]);
  expect(requestFields(encoded)).toBe(fields);
});
