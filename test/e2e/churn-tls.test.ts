/** The same as churn.test.ts over TLS and HTTP/2: who comes and goes leaves nothing behind, and 1,000 who are stuck hold nobody up. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import http2 from 'node:http2';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { TLS } from '../server/http2-client.ts';
import { PATIENCE } from '../server/raw-client.ts';
import { OwnServer, type ServerStats } from '../support/own-server.ts';

const CYCLES = 10_000;
const AT_ONCE = 25;
const STREAMS_PER_SESSION = 50;
const STUCK = 1000;
const REQUEST = 'GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-churn-'));
const cert = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');
writeFileSync(cert, TLS.cert);
writeFileSync(key, TLS.key);
afterAll(() => rm(folder, { recursive: true }));

const servers: OwnServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

async function serving(args: readonly string[]): Promise<OwnServer> {
  const server = await OwnServer.start([`--tls-cert=${cert}`, `--tls-key=${key}`, '--http2', ...args]);
  servers.push(server);
  return server;
}

async function stats({ port }: OwnServer): Promise<ServerStats> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/stats', ca: TLS.cert, servername: 'localhost', agent: false };
    https
      .get(options, (response) => {
        let body = '';
        response
          .setEncoding('utf8')
          .on('data', (text: string) => {
            body += text;
          })
          .on('end', () => resolve(JSON.parse(body) as ServerStats));
      })
      .on('error', reject);
  });
}

function secured(port: number): tls.TLSSocket {
  return tls.connect({ host: '127.0.0.1', port, ca: TLS.cert, servername: 'localhost' }).on('error', () => {});
}

/** Each of them resolves when its connection is gone. */
const WAYS_OVER_TLS: readonly ((port: number) => Promise<void>)[] = [
  // In the handshake, behind it, before the head, and in the middle of the events.
  (port) =>
    gone(
      secured(port).once('connect', function left(this: tls.TLSSocket) {
        this.destroy();
      }),
    ),
  (port) =>
    gone(
      secured(port).once('secureConnect', function left(this: tls.TLSSocket) {
        this.end().resume();
      }),
    ),
  (port) =>
    gone(
      secured(port).once('secureConnect', function left(this: tls.TLSSocket) {
        this.write(REQUEST, () => this.destroy());
      }),
    ),
  (port) =>
    gone(
      secured(port).once('secureConnect', function left(this: tls.TLSSocket) {
        this.write(REQUEST);
        this.once('data', () => this.destroy());
      }),
    ),
  (port) =>
    gone(
      secured(port).once('secureConnect', function left(this: tls.TLSSocket) {
        this.write(REQUEST);
        this.once('data', () => this.end().resume());
      }),
    ),
];

/**
 * A session with some streams, left together or with the connection. Not by RST_STREAM for each and GOAWAY behind them while
 * events are written: that ends any HTTP/2 server of Node 20.20 with a segmentation fault, one without code of ours, too.
 */
const WAYS_OVER_HTTP2: readonly ((port: number) => Promise<void>)[] = [
  (port) => inSession(port, (session) => session.destroy()),
  (port) => inSession(port, (_session, socket) => socket.destroy()),
];

async function gone(socket: tls.TLSSocket): Promise<void> {
  await new Promise((resolve) => {
    socket.once('close', resolve);
  });
}

async function inSession(
  port: number,
  leave: (session: http2.ClientHttp2Session, socket: tls.TLSSocket) => void,
): Promise<void> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca: TLS.cert, servername: 'localhost', ALPNProtocols: ['h2'] });
  socket.on('error', () => {});
  const session = http2.connect(`https://localhost:${port}`, { createConnection: () => socket });
  session.on('error', () => {});
  const closed = new Promise((resolve) => {
    session.once('close', resolve);
  });
  const streams = Array.from({ length: STREAMS_PER_SESSION }, (_none, index) => {
    const stream = session.request({ ':path': '/events' });
    stream.on('error', () => {});
    // Half of them are left before their head, the others behind their first event.
    if (index % 2 === 0) stream.resume();
    return stream;
  });
  await Promise.race([
    closed,
    new Promise((resolve) => {
      streams[0]?.once('data', resolve);
    }),
  ]);
  leave(session, socket);
  await closed;
}

async function comeAndGo(
  port: number,
  ways: readonly ((port: number) => Promise<void>)[],
  times: number,
): Promise<void> {
  let begun = 0;
  const oneAfterTheOther = async (): Promise<void> => {
    while (begun < times) await ways[begun++ % ways.length]?.(port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneAfterTheOther));
}

async function atRest(server: OwnServer): Promise<{ files: number; handles: number; heapBytes: number }> {
  await expect.poll(async () => (await stats(server)).clients.connected, PATIENCE).toBe(0);
  await server.collectGarbage();
  const { openHandles, memory } = await stats(server);
  return { files: server.files(), handles: openHandles, heapBytes: memory.heapUsedBytes };
}

describe.runIf(process.platform === 'linux')('10,000 clients over TLS', { tags: ['long'] }, () => {
  it.each([
    ['HTTP/1.1', WAYS_OVER_TLS, CYCLES],
    ['HTTP/2', WAYS_OVER_HTTP2, CYCLES / STREAMS_PER_SESSION],
  ] as const)(
    '10,000 streams over TLS and %s that come and go leave no client, descriptor, handle or memory behind',
    async (_version, ways, times) => {
      const server = await serving(['--rate=200/s', '--event-size=1KiB', '--replay=100', '--max-clients=100000']);
      await comeAndGo(server.port, ways, times / 2);
      const before = await atRest(server);
      await comeAndGo(server.port, ways, times);
      await expect
        .poll(
          async () => {
            const after = await atRest(server);
            return [
              after.files <= before.files,
              after.handles <= before.handles,
              after.heapBytes < 1.1 * before.heapBytes,
            ];
          },
          { ...PATIENCE, interval: 200 },
        )
        .toEqual([true, true, true]);
      expect(server.stderr).toBe('');
    },
    240_000,
  );

  it('1,000 streams over TLS that nobody reads hold a server up no longer than its grace time', async () => {
    const server = await serving([
      '--rate=20/s',
      '--event-size=64KiB',
      '--grace=2s',
      '--evict-after=10m',
      '--max-queue=64MiB',
    ]);
    const stuck: { destroy(): unknown }[] = [];
    for (let count = 0; count < STUCK / 2; count += STREAMS_PER_SESSION) {
      const session = http2.connect(`https://localhost:${server.port}`, {
        ca: TLS.cert,
        lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }] as never, 4),
      });
      session.on('error', () => {});
      stuck.push(session);
      for (let n = 0; n < STREAMS_PER_SESSION; n++)
        session
          .request({ ':path': '/events' })
          .on('error', () => {})
          .pause();
    }
    await Promise.all(
      Array.from({ length: STUCK / 2 }, async () => {
        const socket = secured(server.port);
        stuck.push(socket);
        await new Promise((resolve) => {
          socket.once('secureConnect', resolve);
        });
        socket.write(REQUEST);
        socket.pause();
      }),
    );
    await expect.poll(async () => (await stats(server)).clients.connected, PATIENCE).toBe(STUCK);
    server.child.kill('SIGTERM');
    expect(await server.exit()).toEqual([0, null]);
    for (const one of stuck) one.destroy();
  }, 120_000);

  it('a server over TLS that stood still goes on with all its streams', async () => {
    const server = await serving(['--rate=20/s']);
    const socket = secured(server.port);
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.once('secureConnect', () => socket.write(REQUEST));
    await expect.poll(() => text.includes('event: tick'), PATIENCE).toBe(true);
    server.child.kill('SIGSTOP');
    await new Promise((resolve) => {
      setTimeout(resolve, 3000);
    });
    server.child.kill('SIGCONT');
    const heard = text.length;
    await expect.poll(() => text.length > heard + 1000, PATIENCE).toBe(true);
    expect((await stats(server)).clients.connected).toBe(1);
    socket.destroy();
  });
});
