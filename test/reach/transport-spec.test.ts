import { afterEach, expect, it } from 'vitest';
import { openTransport, transportSpec, type Reach } from '../../src/reach/transport-spec.ts';
import { Http1Transport } from '../../src/wire/http1.ts';
import { CA, ExchangeServer, type ServerKind } from '../wire/exchange.ts';
import { RawServer } from '../wire/raw-server.ts';
import { until } from '../wire/until.ts';

const PROXY = 'http://192.0.2.8:3128';
const REACH: Reach = {
  kind: 'undici',
  trust: { ca: CA },
  wanted: null,
  streamsPerConnection: 100,
  proxies: { given: null, environment: {} },
  connectTimeoutMs: null,
};

const servers: Array<{ close(): Promise<unknown> }> = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(kind: ServerKind): Promise<ExchangeServer> {
  const server = await ExchangeServer.start(kind, () => {});
  servers.push(server);
  return server;
}

async function protocolOf(port: number, reach: Partial<Reach> = {}, signal?: AbortSignal): Promise<string> {
  const url = new URL(`https://localhost:${port}/`);
  return (await transportSpec(url, '127.0.0.1', { ...REACH, ...reach }, signal)).protocol;
}

it('what is spoken is HTTP/2 to a server that offers it, and HTTP/1.1 to one that does not, and to nobody', async () => {
  const both = await serve('http2');
  const old = await serve('https');
  expect(await protocolOf(both.port)).toBe('h2');
  expect(await protocolOf(old.port)).toBe('http/1.1');
  await until('both are left', () => both.connections.size + old.connections.size === 0);
  await old.close();
  servers.pop();
  expect(await protocolOf(old.port)).toBe('http/1.1');
});

it('what is spoken is what the plan wants, without asking the server', async () => {
  const server = await serve('http2');
  expect(await protocolOf(server.port, { wanted: 'http/1.1' })).toBe('http/1.1');
  expect(await protocolOf(server.port, { wanted: 'h2' })).toBe('h2');
  expect(server.connections.size).toBe(0);
});

it('what is spoken is HTTP/1.1 over plain TCP, whatever is wanted', async () => {
  const spec = await transportSpec(new URL('http://localhost:1/'), '127.0.0.1', { ...REACH, wanted: 'h2' });
  expect(spec).toMatchObject({ tls: null, protocol: 'http/1.1' });
});

it('what is spoken is HTTP/1.1 when the signal ends the wait for an answer', async () => {
  const silent = await RawServer.start((socket) => void socket.resume());
  servers.push(silent);
  const controller = new AbortController();
  const answer = protocolOf(silent.port, {}, controller.signal);
  await until('it stands', () => silent.sockets.size === 1);
  controller.abort();
  expect(await answer).toBe('http/1.1');
  await until('it is left', () => silent.sockets.size === 0);
  expect(await protocolOf(silent.port, {}, AbortSignal.abort())).toBe('http/1.1');
});

it('what is spoken is HTTP/1.1 when no answer has come within the time for a connection', async () => {
  const silent = await RawServer.start((socket) => void socket.resume());
  servers.push(silent);
  expect(await protocolOf(silent.port, { connectTimeoutMs: 20 })).toBe('http/1.1');
  await until('it is left', () => silent.sockets.size === 0);
});

it.each<[string, string, Partial<Reach>, boolean]>([
  ['wire: the lean one', 'https://192.0.2.7/', { kind: 'wire', wanted: 'http/1.1' }, true],
  ['undici: not the lean one', 'https://192.0.2.7/', { kind: 'undici', wanted: 'http/1.1' }, false],
  ['leanest: the lean one for plain TCP', 'http://192.0.2.7/', { kind: 'leanest' }, true],
  ['leanest: the lean one for HTTP/1.1', 'https://192.0.2.7/', { kind: 'leanest', wanted: 'http/1.1' }, true],
  ['leanest: not the lean one for HTTP/2', 'https://192.0.2.7/', { kind: 'leanest', wanted: 'h2' }, false],
  [
    'leanest: not the lean one through a proxy',
    'http://192.0.2.7/',
    { kind: 'leanest', proxies: { given: PROXY, environment: {} } },
    false,
  ],
])('the engine for %s', async (_what, url, reach, isLean) => {
  const spec = await transportSpec(new URL(url), '192.0.2.7', { ...REACH, ...reach });
  expect((await openTransport(spec)) instanceof Http1Transport).toBe(isLean);
});
