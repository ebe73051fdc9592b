import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { proxyFor, proxyFromEnvironment, proxyVariables } from '../../src/wire/proxy.ts';
import { encodeRequest } from '../../src/wire/request.ts';
import { createUndiciTransport, type UndiciOptions } from '../../src/wire/undici.ts';
import { ProxyServer } from '../support/proxy-server.ts';
import { Authority } from './certificates.ts';
import { ExchangeServer, type ServerKind } from './exchange.ts';
import { RawServer } from './raw-server.ts';
import { StreamLog } from './stream-log.ts';
import { openSockets, until } from './until.ts';

const HOST = 'stream.example';
const authority = new Authority();
const { certificate, key } = authority.issue({ name: HOST, dnsNames: [HOST] });
const tls = { servername: HOST, ca: authority.identity.certificate };

const servers: Array<{ close(): Promise<unknown> }> = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startProxy(): Promise<ProxyServer> {
  const proxy = await ProxyServer.start();
  servers.push(proxy);
  return proxy;
}

async function serve(kind: ServerKind): Promise<ExchangeServer> {
  const server = await ExchangeServer.start(kind, (exchange) => void exchange.head().write('data: 1\n\n'), {
    cert: certificate,
    key,
  });
  servers.push(server);
  return server;
}

async function openVia(
  options: UndiciOptions,
  port: number,
  host = HOST,
): Promise<{ log: StreamLog; leave: () => void }> {
  const transport = await createUndiciTransport(options);
  const { bytes } = encodeRequest({
    method: 'GET',
    path: '/events',
    host: `${HOST}:${port}`,
    headers: [['X-Token', 't']],
    version: '0',
  });
  const log = new StreamLog();
  const connection = transport.open({ host, port, bytes }, log);
  return { log, leave: () => connection.close() };
}

it('through a proxy http goes in absolute form, with credentials for the proxy', async () => {
  const before = openSockets();
  const proxy = await startProxy();
  const server = await serve('http');
  const { log, leave } = await openVia({ proxy: `http://me:p%40ss@127.0.0.1:${proxy.port}` }, server.port);
  await until('an event came', () => log.body.toString() === 'data: 1\n\n');
  expect(proxy.asked[0]?.method).toBe('GET');
  expect(proxy.asked[0]?.url).toBe(`http://${HOST}:${server.port}/events`);
  expect(proxy.asked[0]?.headers).toMatchObject({
    host: `${HOST}:${server.port}`,
    'x-token': 't',
    'proxy-authorization': `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
  });
  leave();
  await until('the server sees it gone', () => server.connections.size === 0);
  await until('no socket of ours is left', () => openSockets() <= before + 2);
});

it.each([
  ['https', false],
  ['http2', true],
] as const)('through a proxy %s goes through a tunnel, which sees nothing of it', async (kind, http2) => {
  const proxy = await startProxy();
  const server = await serve(kind);
  const { log, leave } = await openVia({ tls, http2, proxy: `http://me:secret@127.0.0.1:${proxy.port}` }, server.port);
  await until('an event came', () => log.body.toString() === 'data: 1\n\n');
  expect(log.head?.httpVersion).toBe(http2 ? '2' : '1.1');
  expect(proxy.lines).toEqual([`CONNECT ${HOST}:${server.port}`]);
  expect(proxy.asked[0]?.headers['x-token']).toBeUndefined();
  expect(server.exchanges[0]?.request.headers['x-token']).toBe('t');
  expect(server.exchanges[0]?.request.headers['proxy-authorization']).toBeUndefined();
  leave();
  await until('the server sees it gone', () => server.connections.size === 0);
});

it.each(['localhost', '127.0.0.1', 'events.localhost'])('through a proxy never goes %s', async (host) => {
  const proxy = await startProxy();
  const server = await serve('http');
  const { log, leave } = await openVia({ proxy: `http://127.0.0.1:${proxy.port}` }, server.port, host);
  await until('it came to something', () => log.bodyBytes > 0 || log.cause === 'dns');
  expect(proxy.asked).toEqual([]);
  leave();
});

it.each([
  [
    'wants a password',
    'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
    false,
    'refused',
    /407 Proxy Auth/,
  ],
  ['does not reach the target', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', false, 'refused', /502/],
  [
    'speaks before its turn',
    'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\ndata: x\n\n',
    false,
    'http-protocol',
    /after its response/,
  ],
  ['is none', '220 mail.example ESMTP\r\n', false, 'http-protocol', /HTTP/],
  ['hangs up', 'HTTP/1.1 200', true, 'eof-truncated', /proxy closed/],
  ['has an endless head', `HTTP/1.1 200 OK\r\n${'X-Filler: y\r\n'.repeat(6000)}`, false, 'headers-too-large', /proxy/],
] as const)('a proxy that %s ends the stream with what was wrong', async (_what, answer, fin, cause, detail) => {
  const proxy = await RawServer.start((socket) => {
    socket.once('data', () => {
      socket.write(answer);
      if (fin) socket.end();
    });
  });
  servers.push(proxy);
  const { log } = await openVia({ tls, proxy: `http://me:hush@127.0.0.1:${proxy.port}` }, 443);
  expect(await log.ended).toBe(cause);
  expect(log.detail).toMatch(detail);
  expect(log.detail).not.toContain('hush');
  expect(log.calls).toEqual(['end']);
  await until('the proxy sees it gone', () => proxy.sockets.size === 0);
});

it('a proxy that is not there is told from a target that is not', async () => {
  const proxy = await RawServer.start(() => {});
  await proxy.close();
  for (const http2 of [false, true]) {
    const { log } = await openVia({ tls, http2, proxy: `http://127.0.0.1:${proxy.port}` }, 443);
    expect(await log.ended).toBe('refused');
    expect(log.detail).toContain(`proxy 127.0.0.1:${proxy.port}`);
  }
});

it('a proxy that accepts and says nothing is left by the caller, with nothing behind', async () => {
  const proxy = await RawServer.start((socket) => void socket.resume());
  servers.push(proxy);
  const { log, leave } = await openVia({ tls, proxy: `http://127.0.0.1:${proxy.port}` }, 443);
  await until('it stands', () => proxy.sockets.size === 1);
  log.left = true;
  leave();
  await until('the proxy sees it gone', () => proxy.sockets.size === 0);
  expect(log.calls).toEqual([]);
});

const PROXY = 'http://proxy.example:3128';

it.each<[url: string, env: Record<string, string>, proxy: string | undefined]>([
  ['http://a.example/', { http_proxy: PROXY }, PROXY],
  ['https://a.example/', { https_proxy: PROXY }, PROXY],
  ['https://a.example/', { HTTPS_PROXY: PROXY }, PROXY],
  ['https://a.example/', { http_proxy: PROXY }, undefined],
  // A header `Proxy:` becomes HTTP_PROXY in CGI.
  ['http://a.example/', { HTTP_PROXY: PROXY }, undefined],
  ['http://a.example/', { ALL_PROXY: PROXY }, PROXY],
  ['http://a.example/', { all_proxy: 'http://other', http_proxy: PROXY }, PROXY],
  ['http://a.example/', { http_proxy: '' }, undefined],
  ['http://a.example/', {}, undefined],
  ['http://a.example/', { http_proxy: PROXY, no_proxy: '*' }, undefined],
  ['http://a.example/', { http_proxy: PROXY, no_proxy: 'b.example, a.example' }, undefined],
  ['http://x.a.example/', { http_proxy: PROXY, NO_PROXY: 'a.example' }, undefined],
  ['http://x.a.example/', { http_proxy: PROXY, no_proxy: '.A.example' }, undefined],
  ['http://ba.example/', { http_proxy: PROXY, no_proxy: 'a.example' }, PROXY],
  ['http://a.example/', { http_proxy: PROXY, no_proxy: 'a.example:80' }, undefined],
  ['http://a.example:81/', { http_proxy: PROXY, no_proxy: 'a.example:80' }, PROXY],
  ['http://10.0.0.1/', { http_proxy: PROXY, no_proxy: '10.0.0.1' }, undefined],
  ['http://10.0.0.1/', { http_proxy: PROXY, no_proxy: '0.0.1' }, PROXY],
  ['http://[2001:db8::1]:8080/', { http_proxy: PROXY, no_proxy: '2001:db8::1' }, undefined],
  ['http://[2001:db8::1]:8080/', { http_proxy: PROXY, no_proxy: '[2001:db8::1]:8080' }, undefined],
  ['http://a.example/', { http_proxy: PROXY, no_proxy: ' , ,' }, PROXY],
])('proxyFromEnvironment for %s with %o is %s', (url, env, proxy) => {
  expect(proxyFromEnvironment(new URL(url), env)?.value).toBe(proxy);
});

describe('the proxy for a URL', () => {
  const PROXY = 'http://proxy.example:3128';

  it.each<[url: string, given: string | null, env: Record<string, string>, proxy: string | null]>([
    ['http://a.example/', null, {}, null],
    ['http://a.example/', PROXY, {}, PROXY],
    ['http://a.example/', null, { http_proxy: PROXY }, PROXY],
    ['http://a.example/', PROXY, { http_proxy: 'http://other:1', no_proxy: '*' }, PROXY],
    ['https://a.example/', null, { https_proxy: 'proxy.example:3128' }, PROXY],
    ['http://localhost:1/', PROXY, { http_proxy: PROXY }, null],
    ['http://127.0.0.1:1/', PROXY, { http_proxy: PROXY }, null],
    ['https://[::1]/', PROXY, { all_proxy: 'socks5://other:1' }, null],
    ['http://a.example/', null, { all_proxy: 'socks5://other:1', no_proxy: 'a.example' }, null],
  ])('the proxy for a URL for %s, with --proxy %s and %o, is %s', (url, given, environment, proxy) => {
    expect(proxyFor(new URL(url), { given, environment })).toBe(proxy);
  });

  it.each(['socks5://me:S3CRET@other:1080', 'https://me:S3CRET@other', 'http://me:S3CRET@:1:1'])(
    'the proxy for a URL that is no HTTP proxy is refused, by the name of the variable and not its value: %s',
    (value) => {
      let error: unknown;
      try {
        proxyFor(new URL('https://a.example/'), { given: null, environment: { ALL_PROXY: value } });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(UsageError);
      const { message, hint } = error as UsageError;
      expect(message).toContain('ALL_PROXY');
      expect(message + String(hint)).not.toContain('S3CRET');
    },
  );

  it('the proxy for a URL needs of the environment what speaks of proxies, and nothing else', () => {
    const env = {
      http_proxy: '1',
      https_proxy: '2',
      HTTPS_PROXY: '3',
      all_proxy: '4',
      ALL_PROXY: '5',
      no_proxy: '6',
      NO_PROXY: '7',
    };
    expect(proxyVariables({ ...env, PATH: '/bin', AWS_SECRET: 'x', my_http_proxy: 'x' })).toEqual(env);
  });
});
