import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, sleep } from './fixtures.ts';
import { IDENTITY, TLS } from './http2-client.ts';
import { PATIENCE } from './raw-client.ts';

const clients: net.Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

interface TlsClient {
  socket: tls.TLSSocket;
  text: string;
  end: string;
}

/** One HTTP/1.1 request over TLS. */
function ask(port: number, path: string, { paused = false, alpn = ['http/1.1'] } = {}): TlsClient {
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    ca: IDENTITY.certificate,
    servername: 'localhost',
    ALPNProtocols: alpn,
  });
  const made: TlsClient = { socket, text: '', end: 'open' };
  clients.push(socket);
  if (!paused)
    socket.setEncoding('utf8').on('data', (text: string) => {
      made.text += text;
    });
  socket
    .on('end', () => {
      made.end = 'fin';
    })
    .on('error', (error: NodeJS.ErrnoException) => {
      made.end = error.code ?? 'error';
    });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return made;
}

/** Rows of the kernel's table that still hold something to be sent from this port. */
function unsentRows(port: number): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .filter((row) => {
      const [, address = '', , , queues = '0:0'] = row.trim().split(/ +/);
      return address.endsWith(local) && Number.parseInt(queues, 16) > 0;
    });
}

for (const http2 of [false, true]) {
  describe(`HTTP/1.1 over TLS${http2 ? ', beside HTTP/2' : ''}`, () => {
    it(`HTTP/1.1 over TLS${http2 ? ', beside HTTP/2' : ''} is the same stream, with a farewell and a clean end`, async () => {
      const server = await serve({ tls: TLS, http2 });
      const one = ask(server.port, '/events');
      await expect
        .poll(() => one.text, PATIENCE)
        .toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n[0-9a-f]+\r\nretry: \d+\nevent: connected\ndata: \{.*\}\n\n\r\n$/);
      expect([
        one.socket.alpnProtocol,
        /^Transfer-Encoding: chunked\r$/m.test(one.text),
        /^X-Accel-Buffering: no\r$/m.test(one.text),
      ]).toEqual(['http/1.1', true, true]);
      server.hub.publish({ data: 'x'.repeat(100_000) });
      server.hub.publish({ data: 'last' });
      await expect.poll(() => one.text.endsWith('data: last\n\n\r\n'), PATIENCE).toBe(true);
      await server.close({ graceMs: 20_000 });
      await expect.poll(() => one.end, PATIENCE).toBe('fin');
      expect(one.text).toMatch(/: shutdown\nretry: \d+\n\n\r\n0\r\n\r\n$/);
    });

    it(`HTTP/1.1 over TLS${http2 ? ', beside HTTP/2' : ''} is there for clients that choose nothing, and refuses those that speak no TLS`, async () => {
      const { port, hub } = await serve({ tls: TLS, http2 });
      const one = ask(port, '/events', { alpn: [] });
      await expect.poll(() => one.text, PATIENCE).toContain('event: connected');
      const plain = new net.Socket().on('error', () => {}).connect(port, '127.0.0.1');
      plain.resume().write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await new Promise((resolve) => plain.once('close', resolve));
      expect(hub.stats().clients.total).toBe(1);
    });

    it.runIf(existsSync('/proc/net/tcp'))(
      `HTTP/1.1 over TLS${http2 ? ', beside HTTP/2' : ''} a client that reads nothing is reset: not even the kernel keeps what waited for it`,
      async () => {
        const { port, hub } = await serve({ tls: TLS, http2, hub: { evictAfterMs: 500, maxQueueBytes: 1024 ** 3 } });
        const stuck = ask(port, '/events', { paused: true });
        await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
        for (let count = 0; count < 200; count++) hub.publish({ data: '.'.repeat(64 * 1024) });
        await expect
          .poll(() => hub.stats(), PATIENCE)
          .toMatchObject({ clients: { connected: 0 }, evicted: { stalled: 1 }, queuedBytes: 0 });
        expect(unsentRows(port)).toEqual([]);
        stuck.socket.resume();
        await expect.poll(() => stuck.end, PATIENCE).not.toBe('open');
      },
    );

    it.runIf(existsSync('/proc/net/tcp'))(
      `HTTP/1.1 over TLS${http2 ? ', beside HTTP/2' : ''} a client that is slow but reads is not evicted`,
      async () => {
        const { port, hub } = await serve({ tls: TLS, http2, hub: { evictAfterMs: 400, maxQueueBytes: 1024 ** 3 } });
        const slow = ask(port, '/events', { paused: true });
        await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
        for (let count = 0; count < 300; count++) hub.publish({ data: '.'.repeat(64 * 1024) });
        for (let round = 0; round < 30; round++) {
          slow.socket.read();
          await sleep(50);
        }
        expect(hub.stats()).toMatchObject({ clients: { connected: 1 }, evicted: { stalled: 0, unacknowledged: 0 } });
        expect(hub.stats().queuedBytes).toBeGreaterThan(0);
      },
    );

    it(`HTTP/1.1 over TLS${http2 ? ', beside HTTP/2' : ''} connections that never ask for anything are cut off`, async () => {
      const { port, hub } = await serve({ tls: TLS, http2, times: { headersMs: 500 } });
      const silent = new net.Socket().connect(port, '127.0.0.1');
      const crawler = tls.connect({
        port,
        host: '127.0.0.1',
        ca: IDENTITY.certificate,
        servername: 'localhost',
        ALPNProtocols: ['http/1.1'],
      });
      crawler.write('GET /events HTTP/1.1\r\nHo');
      await Promise.all(
        [silent, crawler].map(
          (socket) =>
            new Promise((resolve) =>
              socket
                .on('error', () => {})
                .once('close', resolve)
                .resume(),
            ),
        ),
      );
      expect(hub.stats().clients.total).toBe(0);
    });
  });
}
