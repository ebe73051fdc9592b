import type { RequestListener } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { type ConnectionTimes, createListener } from '../../src/server/acceptor.ts';
import { client, connected, serve, sleep } from './fixtures.ts';
import { Http2Client, http2Session, IDENTITY, TLS } from './http2-client.ts';
import { PATIENCE } from './raw-client.ts';

const SHORT: ConnectionTimes = { headersMs: 1000, requestMs: 1000, keepAliveMs: 200, idleMs: 1500 };
const ANSWER_BYTES = 32 * 1024 * 1024;
interface Way {
  tls: typeof TLS | undefined;
  http2: boolean;
}
const WAYS: readonly Way[] = [
  { tls: undefined, http2: false },
  { tls: TLS, http2: false },
  { tls: TLS, http2: true },
];

const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Asker {
  socket: net.Socket;
  text: string;
  closed: boolean;
}

/** One HTTP/1.1 request, over TLS or without. */
function ask(port: number, secure: boolean, request: string, { paused = false } = {}): Asker {
  const options = {
    port,
    host: '127.0.0.1',
    ca: IDENTITY.certificate,
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
  };
  const socket = secure ? tls.connect(options) : net.connect(options);
  const asker: Asker = { socket, text: '', closed: false };
  cleanups.push(() => socket.destroy());
  socket
    .on('error', () => {})
    .on('close', () => {
      asker.closed = true;
    });
  if (!paused)
    socket.setEncoding('utf8').on('data', (text: string) => {
      asker.text += text;
    });
  socket.write(request);
  return asker;
}

async function listen(way: Way, onRequest: RequestListener): Promise<number> {
  const listener = await createListener({ tls: way.tls ?? null, http2: way.http2, times: SHORT }, onRequest);
  cleanups.push(async () => {
    const stopped = listener.stopAccepting();
    listener.hangUp();
    await stopped;
  });
  return listener.listen('127.0.0.1', 0);
}

function serveShort(way: Way): ReturnType<typeof serve> {
  return serve({ ...way, times: SHORT, hub: { heartbeatKind: 'none' } });
}

async function onEachWay(check: (way: Way, secure: boolean) => Promise<void>): Promise<void> {
  await Promise.all(WAYS.map((way) => check(way, way.tls !== undefined)));
}

it('over HTTP, over TLS, and over TLS beside HTTP/2 no time-out ends a stream, though nothing is said on it for many times as long', () =>
  onEachWay(async (way, secure) => {
    const { port, hub } = await serveShort(way);
    const one = ask(port, secure, 'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => one.text, PATIENCE).toContain('event: connected');
    await sleep(4000);
    hub.publish({ data: 'still here' });
    await expect.poll(() => one.text, PATIENCE).toContain('data: still here\n\n');
    expect(hub.stats().clients).toMatchObject({ connected: 1, total: 1 });
  }));

it('over HTTP, over TLS, and over TLS beside HTTP/2 a connection that asks for nothing more is let go', () =>
  onEachWay(async (way, secure) => {
    const { port } = await serveShort(way);
    const one = ask(port, secure, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => one.closed, PATIENCE).toBe(true);
    expect(one.text).toMatch(/^HTTP\/1\.1 200 /);
  }));

it('over HTTP, over TLS, and over TLS beside HTTP/2 a client that does not read its answer is cut off', () =>
  onEachWay(async (way, secure) => {
    const port = await listen(way, (_req, res) => {
      res.end(Buffer.alloc(ANSWER_BYTES, 46));
    });
    const stuck = ask(port, secure, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', { paused: true });
    await sleep(3 * SHORT.idleMs);
    let readBytes = 0;
    stuck.socket.on('data', (chunk: Buffer) => {
      readBytes += chunk.length;
    });
    await expect.poll(() => stuck.closed, PATIENCE).toBe(true);
    expect(readBytes).toBeGreaterThan(0);
    expect(readBytes).toBeLessThan(ANSWER_BYTES);
  }));

it('a request that does not end is told 408 when its head is slow, and so is one that has not begun', async () => {
  const { port, hub } = await serve({ times: { headersMs: 500 } });
  const crawler = ask(port, false, 'GET /events HTTP/1.1\r\nHo');
  const crawl = setInterval(() => crawler.socket.writable && crawler.socket.write('o'), 50);
  const silent = ask(port, false, '');
  await expect.poll(() => [crawler.closed, silent.closed], PATIENCE).toEqual([true, true]);
  clearInterval(crawl);
  expect(
    [crawler.text, silent.text].map((text) => text.startsWith('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n')),
  ).toEqual([true, true]);
  expect(hub.stats().clients.total).toBe(0);
});

it('a request that does not end because its body is announced and never sent keeps no place', async () => {
  const { port, hub } = await serve({ times: SHORT });
  const one = client({ port, headers: { 'Content-Length': '1000' } });
  one.socket.write('x');
  await one.untilConnected();
  const other = await connected({ port });
  await one.untilClosed();
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  expect(other.closed).toBe(false);
});

it('an HTTP/2 session without traffic is told to go, and its streams go on', async () => {
  const { port, hub } = await serve({ tls: TLS, http2: true, times: SHORT, hub: { heartbeatKind: 'none' } });
  const idle = http2Session(port);
  const busy = http2Session(port);
  const one = new Http2Client(busy);
  await one.untilText('}\n\n');
  await expect.poll(() => idle.closed, PATIENCE).toBe(true);
  await sleep(SHORT.idleMs);
  hub.publish({ data: 'still here' });
  await one.untilText('data: still here\n\n');
});
