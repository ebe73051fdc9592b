import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeRequest, type RequestOptions } from '../../src/wire/request.ts';
import type { StreamConnection, StreamReceiver, StreamRequest, Transport } from '../../src/wire/transport.ts';
import { ExchangeServer, type Exchange, type ServerKind } from './exchange.ts';
import { RawServer } from './raw-server.ts';
import { StreamLog } from './stream-log.ts';
import { openSockets, until } from './until.ts';

export interface Subject {
  title: string;
  server: ServerKind;
  httpVersion: '1.1' | '2';
  create(): Transport | Promise<Transport>;
}

const CONTENT = randomBytes(3 * 1024 * 1024);

function sha(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function gone(server: ExchangeServer): Promise<void> {
  await until('the server sees all connections gone', () => server.connections.size === 0);
}

/** In the server's words. Unread bytes make a FIN of HTTP/1.1 an RST, sooner or later. */
function wayOfLeaving(httpVersion: Subject['httpVersion'], how: 'close' | 'reset', goOn: boolean): RegExp {
  if (httpVersion === '2') return /^RST_STREAM 8$/;
  if (how === 'reset') return /^ECONNRESET$/;
  return goOn ? /^FIN$/ : /^(?:FIN|ECONNRESET|EPIPE)$/;
}

/** What every transport promises to its callers, held against real servers of Node's. */
export function describeTransport({ title, server: kind, httpVersion, create }: Subject): void {
  describe(`${title}`, () => {
    const servers: Array<{ close(): Promise<void> }> = [];
    let transport: Transport;

    beforeAll(async () => {
      transport = await create();
    });

    afterEach(async () => {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function serve(onExchange: (exchange: Exchange, index: number) => void): Promise<ExchangeServer> {
      const server = await ExchangeServer.start(kind, onExchange);
      servers.push(server);
      return server;
    }

    function open(
      port: number,
      receiver: StreamReceiver,
      request: Partial<RequestOptions> = {},
      more: Partial<StreamRequest> = {},
    ): StreamConnection {
      const { bytes } = encodeRequest({
        method: 'GET',
        path: '/events',
        host: `localhost:${port}`,
        headers: [],
        version: '1.2.3',
        ...request,
      });
      return transport.open({ host: '127.0.0.1', port, bytes, ...more }, receiver);
    }

    describe('a response', () => {
      it('arrives with its head and its exact bytes, in the order connect, head, body, end', async () => {
        const server = await serve((exchange) => {
          exchange
            .head({ 'content-length': String(CONTENT.length), 'x-one': 'a', 'set-cookie': ['b=1', 'c=2'] })
            .end(CONTENT);
        });
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.calls).toEqual(['connect', 'head', 'body', 'end']);
        expect(log.head?.statusCode).toBe(200);
        expect(log.head?.httpVersion).toBe(httpVersion);
        expect(log.head?.headers.get('content-type')).toBe('text/event-stream');
        expect(log.head?.headers.get('set-cookie')).toBe('b=1, c=2');
        expect(
          [...(log.head?.headers.keys() ?? [])].filter((name) => name !== name.toLowerCase() || name.startsWith(':')),
        ).toEqual([]);
        expect(sha(log.body)).toBe(sha(CONTENT));
        await gone(server);
      });

      it.each([204, 301, 404, 503])('with status %s is handed on as it is', async (statusCode) => {
        const server = await serve((exchange) => exchange.head({ location: '/other' }, statusCode).end());
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.head?.statusCode).toBe(statusCode);
        expect(log.head?.headers.get('location')).toBe('/other');
        expect(log.bodyBytes).toBe(0);
      });

      it('has only its final head when interim ones came before', async () => {
        const server = await serve((exchange) => {
          (exchange.response as { writeEarlyHints(hints: Record<string, string>): void }).writeEarlyHints({
            link: '</a.css>; rel=preload',
          });
          exchange.head().end('x');
        });
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.calls).toEqual(['connect', 'head', 'body', 'end']);
        expect(log.head?.headers.has('link')).toBe(false);
      });

      it('is told piece by piece, each as soon as it was written', async () => {
        const server = await serve((exchange) => void exchange.head());
        const log = new StreamLog();
        open(server.port, log);
        await until('the head is there', () => log.head !== undefined);
        for (let n = 0; n < 5; n++) {
          server.exchanges[0]?.write(`data: ${n}\n\n`);
          await until('the event is there', () => log.body.toString().endsWith(`data: ${n}\n\n`));
        }
        server.exchanges[0]?.end();
        expect(await log.ended).toBe('eof-clean');
      });

      it('comes to nothing with "headers-too-large" when its head does not end', async () => {
        const server = await serve((exchange) => {
          exchange.head(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x-filler-${n}`, 'y'.repeat(1000)])));
        });
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('headers-too-large');
        expect(log.calls).toEqual(['connect', 'end']);
        await gone(server);
      });
    });

    describe('a request', () => {
      it('arrives as it was encoded, with its body, and with an id in UTF-8 as its bytes', async () => {
        let received = Buffer.alloc(0);
        const server = await serve((exchange) => {
          exchange.request.on('data', (chunk: Buffer) => {
            received = Buffer.concat([received, chunk]);
          });
          exchange.request.on('end', () => exchange.head().end('ok'));
        });
        const log = new StreamLog();
        open(server.port, log, {
          method: 'POST',
          path: '/events?a=b%20c',
          body: '{"q":"ü"}',
          lastEventId: 'größe-7',
          headers: [
            ['X-Token', 's3cret'],
            ['Accept-Encoding', 'gzip'],
          ],
        });
        expect(await log.ended).toBe('eof-clean');
        const { method, url, headers } = (server.exchanges[0] as Exchange).request;
        expect([method, url]).toEqual(['POST', '/events?a=b%20c']);
        expect(received.toString()).toBe('{"q":"ü"}');
        expect(headers['last-event-id']).toBe(Buffer.from('größe-7').toString('latin1'));
        expect(headers).toMatchObject({
          accept: 'text/event-stream',
          'x-token': 's3cret',
          'accept-encoding': 'gzip',
          'user-agent': 'sse-probe/1.2.3',
          'content-length': '10',
        });
        expect(headers.host ?? headers[':authority']).toBe(`localhost:${server.port}`);
      });

      it('comes from the source address that it names', async () => {
        const server = await serve((exchange) => exchange.head().end(exchange.request.socket.remoteAddress ?? ''));
        const log = new StreamLog();
        open(server.port, log, {}, { localAddress: '127.0.0.9' });
        expect(await log.ended).toBe('eof-clean');
        expect(log.body.toString()).toBe('127.0.0.9');
      });
    });

    describe('pausing', () => {
      it('stops the server, and loses no byte', async () => {
        let refused = false;
        const server = await serve((exchange) => {
          exchange.head();
          refused = !exchange.write(CONTENT);
          exchange.end();
        });
        const log = new StreamLog();
        log.goOn = false;
        const connection = open(server.port, log);
        await until('something has come', () => log.bodyBytes > 0);
        await delay(100);
        const received = log.bodyBytes;
        await delay(100);
        expect(log.bodyBytes).toBe(received);
        expect(received).toBeLessThan(256 * 1024);
        expect(refused).toBe(true);
        log.goOn = true;
        connection.resume();
        expect(await log.ended).toBe('eof-clean');
        expect(sha(log.body)).toBe(sha(CONTENT));
      });

      it('again and again gives the same bytes', async () => {
        const content = CONTENT.subarray(0, 256 * 1024);
        const server = await serve((exchange) => exchange.head().end(content));
        const log = new StreamLog();
        log.goOn = false;
        const connection = open(server.port, log);
        while (log.cause === undefined) {
          connection.resume();
          await delay(1);
        }
        expect(log.cause).toBe('eof-clean');
        expect(sha(log.body)).toBe(sha(content));
      });

      it.each(['end', 'reset', 'cut'] as const)('does not hear of the %s of a stream before resume()', async (how) => {
        const server = await serve((exchange) => {
          exchange.head().write(': hi\n');
          setTimeout(() => exchange[how](), 50);
        });
        const log = new StreamLog();
        log.goOn = false;
        const connection = open(server.port, log);
        await until('something has come', () => log.bodyBytes > 0);
        await delay(200);
        expect(log.cause).toBeUndefined();
        log.goOn = true;
        connection.resume();
        expect(log.cause).toBeUndefined();
        expect(await log.ended).toBe({ end: 'eof-clean', reset: 'reset', cut: 'eof-truncated' }[how]);
        expect(log.body.toString()).toBe(': hi\n');
        await gone(server);
      });
    });

    describe('the end', () => {
      it.each(['before the head', 'after the head', 'behind a piece of the body'] as const)(
        'is "reset" when the server resets %s',
        async (when) => {
          const server = await serve((exchange) => {
            if (when !== 'before the head') exchange.head();
            if (when === 'behind a piece of the body') exchange.write('data: x');
            setTimeout(() => exchange.reset(), 30);
          });
          const log = new StreamLog();
          open(server.port, log);
          expect(await log.ended).toBe('reset');
          expect(log.body.toString()).toBe(when === 'behind a piece of the body' ? 'data: x' : '');
          await gone(server);
        },
      );

      it.each(['before the head', 'behind a piece of the body'] as const)(
        'is "eof-truncated" when the connection ends %s',
        async (when) => {
          const server = await serve((exchange) => {
            if (when !== 'before the head') exchange.head().write('data: x');
            setTimeout(() => exchange.cut(), 30);
          });
          const log = new StreamLog();
          open(server.port, log);
          expect(await log.ended).toBe('eof-truncated');
          expect(log.detail).not.toBe('');
          await gone(server);
        },
      );

      it('is "refused" where nobody listens', async () => {
        const server = await RawServer.start(() => {});
        await server.close();
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('refused');
        expect(log.calls).toEqual(['end']);
      });

      it('is "dns" for a name that does not exist', async () => {
        const log = new StreamLog();
        open(443, log, {}, { host: 'no-such-host.invalid' });
        expect(await log.ended).toBe('dns');
      });

      it('is "client-limit" for a source address that this machine does not have', async () => {
        const log = new StreamLog();
        open(443, log, {}, { localAddress: '192.0.2.1' });
        expect(await log.ended).toBe('client-limit');
      });

      it("never comes by itself from a server that accepts and says nothing: deadlines are the caller's", async () => {
        const server = await RawServer.start(() => {});
        servers.push(server);
        const before = openSockets();
        const log = new StreamLog();
        const connection = open(server.port, log);
        await until('the connection stands', () => server.sockets.size === 1);
        await delay(200);
        expect(log.cause).toBeUndefined();
        log.left = true;
        connection.reset();
        await until('the server sees it gone', () => server.sockets.size === 0);
        expect(openSockets()).toBeLessThanOrEqual(before + 1);
      });
    });

    describe('leaving', () => {
      it.each([
        ['close', true],
        ['close', false],
        ['reset', true],
        ['reset', false],
      ] as const)('by %s() while reading is %s reaches the server', async (how, goOn) => {
        const server = await serve((exchange) => {
          exchange.head().write(goOn ? ': hi\n' : CONTENT);
        });
        const log = new StreamLog();
        log.goOn = goOn;
        const connection = open(server.port, log);
        await until('something has come', () => log.bodyBytes > 0);
        await delay(50);
        log.left = true;
        connection[how]();
        connection[how]();
        connection.resume();
        await until('the server sees it', () => server.exchanges[0]?.left !== undefined);
        expect((server.exchanges[0] as Exchange).left).toMatch(wayOfLeaving(httpVersion, how, goOn));
        await gone(server);
      });

      it.each(['onConnect', 'onHead', 'onBody'] as const)('from within %s is followed by no call', async (call) => {
        for (const how of ['close', 'reset'] as const) {
          const server = await serve((exchange) => exchange.head().end('data: x\n\n'));
          const log = new StreamLog();
          const original = log[call].bind(log) as (...args: unknown[]) => unknown;
          log[call] = (...args: unknown[]): never => {
            const answer = original(...args);
            connection[how]();
            log.left = true;
            return answer as never;
          };
          const connection = open(server.port, log);
          await until('it was left', () => log.left);
          await delay(30);
          await gone(server);
          expect(log.calls.at(-1)).toBe(call.slice(2).toLowerCase());
        }
      });

      it('before anything happened is followed by no call', async () => {
        const server = await serve((exchange) => void exchange.head());
        for (const how of ['close', 'reset'] as const) {
          const log = new StreamLog();
          const connection = open(server.port, log);
          expect(log.calls).toEqual([]);
          connection[how]();
          log.left = true;
          const soon = new StreamLog();
          const second = open(server.port, soon);
          await delay(2);
          second[how]();
          soon.left = true;
        }
        await delay(100);
        await gone(server);
      });

      it('after the end does nothing', async () => {
        const server = await serve((exchange) => exchange.head().end('x'));
        const log = new StreamLog();
        const connection = open(server.port, log);
        await log.ended;
        connection.resume();
        connection.close();
        connection.reset();
        await delay(30);
        expect(log.calls).toEqual(['connect', 'head', 'body', 'end']);
      });

      it('can be followed by the next stream from within onEnd', async () => {
        const server = await serve((exchange) => exchange.head().end('x'));
        const first = new StreamLog();
        const next = new StreamLog();
        const original = first.onEnd.bind(first);
        first.onEnd = (cause, detail) => {
          original(cause, detail);
          open(server.port, next);
        };
        open(server.port, first);
        expect(await next.ended).toBe('eof-clean');
        expect(next.body.toString()).toBe('x');
        await gone(server);
      });
    });

    describe('200 streams at once', () => {
      it('each get their own bytes, whatever the others do, and leave nothing behind', async () => {
        const before = openSockets();
        const server = await serve((exchange) => {
          const n = Number(exchange.request.url?.slice(1));
          exchange.head();
          let turn = 0;
          const timer = setInterval(() => {
            exchange.write(`data: ${n}/${turn}/${'x'.repeat(n)}\n\n`);
            turn += 1;
            if (turn < 20) return;
            clearInterval(timer);
            exchange.end();
          }, 5);
        });
        const leavers: StreamConnection[] = [];
        const logs = Array.from({ length: 200 }, (_, n) => {
          const log = new StreamLog();
          // Every tenth never reads, every tenth leaves early.
          if (n % 10 === 3) log.goOn = false;
          const connection = open(server.port, log, { path: `/${n}` });
          if (n % 10 === 3 || n % 10 === 7) leavers.push(connection);
          return log;
        });
        const readers = logs.filter((_, n) => n % 10 !== 3 && n % 10 !== 7);
        await until('all have begun', () => logs.every((log) => log.bodyBytes > 0));
        for (const [index, connection] of leavers.entries()) connection[index % 4 < 2 ? 'close' : 'reset']();
        for (const [n, log] of logs.entries()) if (n % 10 === 3 || n % 10 === 7) log.left = true;
        expect(new Set(await Promise.all(readers.map((log) => log.ended)))).toEqual(new Set(['eof-clean']));
        for (const [n, log] of logs.entries()) {
          if (n % 10 === 3 || n % 10 === 7) continue;
          expect(log.body.toString()).toBe(
            Array.from({ length: 20 }, (_, turn) => `data: ${n}/${turn}/${'x'.repeat(n)}\n\n`).join(''),
          );
        }
        await gone(server);
        await until('no socket of ours is left', () => openSockets() <= before + 1);
      });
    });

    describe('a content coding', () => {
      const codings = [
        ['gzip', gzipSync, (): NodeJS.ReadWriteStream => createGzip()],
        ['x-gzip', gzipSync, (): NodeJS.ReadWriteStream => createGzip()],
        ['deflate', deflateSync, (): NodeJS.ReadWriteStream => createDeflate()],
        ['deflate', deflateRawSync, (): NodeJS.ReadWriteStream => createDeflateRaw()],
        ['br', brotliCompressSync, (): NodeJS.ReadWriteStream => createBrotliCompress()],
      ] as const;

      it.each(codings)('%s is decoded, byte for byte', async (coding, compress) => {
        const text = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `id: ${n}\ndata: ${n * 7919}\n\n`).join(''));
        const server = await serve((exchange) =>
          exchange.head({ 'content-encoding': coding.toUpperCase() }).end(compress(text)),
        );
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(sha(log.body)).toBe(sha(text));
        await gone(server);
      });

      it.each(codings)(
        '%s gives each event when it was flushed, not later',
        async (coding, _compress, createCompressor) => {
          const server = await serve((exchange) => void exchange.head({ 'content-encoding': coding }));
          const log = new StreamLog();
          open(server.port, log);
          await until('the head is there', () => log.head !== undefined);
          const compressor = createCompressor() as ReturnType<typeof createGzip>;
          compressor.on('data', (chunk: Buffer) => server.exchanges[0]?.write(chunk));
          compressor.on('end', () => server.exchanges[0]?.end());
          for (let n = 0; n < 5; n++) {
            compressor.write(`data: ${n}\n\n`);
            compressor.flush();
            // The next is not written before this one has arrived.
            await until('the event is there', () => log.body.toString().endsWith(`data: ${n}\n\n`));
          }
          compressor.end();
          expect(await log.ended).toBe('eof-clean');
        },
      );

      it.each(codings)(
        '%s that is cut off is "decode" behind what could be decoded',
        async (coding, _compress, createCompressor) => {
          const server = await serve((exchange) => {
            exchange.head({ 'content-encoding': coding });
            const compressor = createCompressor() as ReturnType<typeof createGzip>;
            const parts: Buffer[] = [];
            compressor.on('data', (chunk: Buffer) => parts.push(chunk));
            compressor.write('data: 1\n\n');
            compressor.flush(() => exchange.end(Buffer.concat(parts)));
          });
          const log = new StreamLog();
          open(server.port, log);
          expect(await log.ended).toBe('decode');
          expect(log.body.toString()).toBe('data: 1\n\n');
          await gone(server);
        },
      );

      it.each([['gzip'], ['deflate'], ['br']])('%s that is none is "decode", and no byte of it', async (coding) => {
        const server = await serve((exchange) => {
          exchange
            .head({ 'content-encoding': coding })
            .write(Buffer.from('data: this was never compressed\n\n'.repeat(20)));
        });
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('decode');
        expect(log.body.toString()).not.toContain('data');
        await gone(server);
      });

      it.each(['gzip, br', 'zstd, gzip', 'x-"evil", none'])('%s is "decode" with the head told', async (coding) => {
        const server = await serve((exchange) => void exchange.head({ 'content-encoding': coding }));
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('decode');
        expect(log.calls).toEqual(['connect', 'head', 'end']);
        await gone(server);
      });

      it.each(['none', 'compress', 'x-"evil"'])('%s, which nobody knows, leaves text as it is', async (coding) => {
        const server = await serve((exchange) => exchange.head({ 'content-encoding': coding }).end('data: x\n\n'));
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.body.toString()).toBe('data: x\n\n');
      });

      it('a coding that nobody knows whose bytes are no text is "decode"', async () => {
        const zstd = Buffer.from('28b52ffd0458490000', 'hex');
        const server = await serve((exchange) => exchange.head({ 'content-encoding': 'zstd' }).end(zstd));
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('decode');
        expect(log.body).toHaveLength(0);
      });

      it('identity is none', async () => {
        const server = await serve((exchange) => exchange.head({ 'content-encoding': 'identity' }).end('data: x\n\n'));
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.body.toString()).toBe('data: x\n\n');
      });

      it('of an empty body is no trouble', async () => {
        const server = await serve((exchange) => exchange.head({ 'content-encoding': 'gzip' }).end());
        const log = new StreamLog();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.bodyBytes).toBe(0);
      });

      it('does not hide how the connection ended', async () => {
        for (const how of ['reset', 'cut'] as const) {
          const server = await serve((exchange) => {
            exchange.head({ 'content-encoding': 'gzip' });
            const compressor = createGzip();
            compressor.on('data', (chunk: Buffer) => exchange.write(chunk));
            compressor.write('data: 1\n\n');
            compressor.flush(() => setTimeout(() => exchange[how](), 50));
          });
          const log = new StreamLog();
          open(server.port, log);
          expect(await log.ended).toBe(how === 'cut' ? 'eof-truncated' : 'reset');
          expect(log.body.toString()).toBe('data: 1\n\n');
        }
      });

      it('keeps to pauses, loses nothing, and stops the server', async () => {
        // More than the kernels take, also when compressed.
        const text = Buffer.concat(Array.from({ length: 5 }, () => CONTENT));
        const server = await serve((exchange) =>
          exchange.head({ 'content-encoding': 'gzip' }).end(gzipSync(text, { level: 0 })),
        );
        const log = new StreamLog();
        log.goOn = false;
        const connection = open(server.port, log);
        await until('something has come', () => log.bodyBytes > 0);
        await delay(100);
        expect(log.parts.length).toBe(1);
        connection.resume();
        await until('the next piece', () => log.parts.length === 2);
        await delay(50);
        expect(log.parts.length).toBe(2);
        expect((server.exchanges[0] as Exchange).response.writableFinished).toBe(false);
        log.goOn = true;
        connection.resume();
        expect(await log.ended).toBe('eof-clean');
        expect(sha(log.body)).toBe(sha(text));
      });

      it.each(['close', 'reset'] as const)(
        'is left by %s() behind the end of the connection with no further call',
        async (how) => {
          const content = gzipSync(Buffer.alloc(1024 * 1024, 'data: x\n'));
          const server = await serve((exchange) =>
            exchange.head({ 'content-encoding': 'gzip', 'content-length': String(content.length) }).end(content),
          );
          const log = new StreamLog();
          log.goOn = false;
          const connection = open(server.port, log);
          await until('something has come', () => log.bodyBytes > 0);
          await delay(50);
          expect(log.cause).toBeUndefined();
          log.left = true;
          connection[how]();
          connection.resume();
          await delay(50);
          await gone(server);
          expect(log.parts.length).toBe(1);
        },
      );

      it.each(['close', 'reset'] as const)(
        'is left by %s() in the middle of a piece with no further call',
        async (how) => {
          const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'data: x\n'));
          const server = await serve((exchange) => void exchange.head({ 'content-encoding': 'gzip' }).write(bomb));
          const log = new StreamLog();
          const original = log.onBody.bind(log);
          log.onBody = (bytes, start, end) => {
            const goOn = original(bytes, start, end);
            if (log.bodyBytes > 1024 * 1024) {
              connection[how]();
              log.left = true;
            }
            return goOn;
          };
          const connection = open(server.port, log);
          await until('it was left', () => log.left);
          await gone(server);
          expect(log.bodyBytes).toBeLessThan(1024 * 1024 + 32 * 1024);
        },
      );

      it('of 256 MiB in one piece is inflated in small ones', async () => {
        // One flush of 16 MiB of zeros, 16 times over: 256 MiB out of 256 KiB.
        const block = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
        const server = await serve((exchange) => {
          exchange
            .head({ 'content-encoding': 'deflate' })
            .end(Buffer.concat([...Array.from({ length: 16 }, () => block), Buffer.from([3, 0])]));
        });
        const log = new StreamLog();
        let peakBytes = 0;
        log.onBody = (_bytes, start, end) => {
          log.bodyBytes += end - start;
          log.largestRead = Math.max(log.largestRead, end - start);
          if (log.bodyBytes % (16 * 1024 * 1024) === 0) peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
          return true;
        };
        const before = process.memoryUsage.rss();
        open(server.port, log);
        expect(await log.ended).toBe('eof-clean');
        expect(log.bodyBytes).toBe(256 * 1024 * 1024);
        expect(log.largestRead).toBeLessThanOrEqual(16 * 1024);
        // Far below the content: garbage in pieces of 16 KiB, and the noise of a process.
        expect(peakBytes - before).toBeLessThan(100 * 1024 * 1024);
      });
    });
  });
}
