/** The transport of HTTP/2: frames of a sound server, spoilt in any way, over real connections. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:tls';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { encodeRequest } from '../../src/wire/request.ts';
import { createUndiciTransport } from '../../src/wire/undici.ts';
import { CA, LOCALHOST } from '../wire/exchange.ts';
import { StreamLog } from '../wire/stream-log.ts';
import { until } from '../wire/until.ts';
import { anyFrame, frame, literal, STATUS_200 } from './http2-frames.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

const STREAMS = 3;
/** What a server that says nothing more is given until its connection ends. */
const END_AFTER_MS = 5;
/** Long after that: a stream that has not ended by then does not end by itself. */
const SILENT_AFTER_MS = 400;

const server = createServer({ key: LOCALHOST.key, cert: LOCALHOST.certificate, ALPNProtocols: ['h2'] });
const connections: Set<Socket> = new Set();
let answer = '';
beforeAll(async () => {
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    socket.resume();
    socket.write(bytesOf(answer));
    // It may be that the client has left before.
    setTimeout(() => socket.end(), END_AFTER_MS);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});

const sound = fc.constant(
  [
    frame(4, 0, 0, ''),
    frame(4, 1, 0, ''),
    ...Array.from({ length: STREAMS }, (_, n) =>
      frame(1, 4, 1 + 2 * n, STATUS_200 + literal('content-type', 'text/event-stream')),
    ),
    ...Array.from({ length: STREAMS }, (_, n) => frame(0, n % 2, 1 + 2 * n, 'data: x\n\n')),
  ].join(''),
);
const frames = fc
  .tuple(
    fc.constantFrom('', frame(4, 0, 0, ''), frame(4, 0, 0, '') + frame(4, 1, 0, '')),
    fc.array(anyFrame, { maxLength: 10 }),
  )
  .map(([start, some]) => start + some.join(''));

fuzz({
  name: 'http2',
  holds: 'frames of HTTP/2 end each stream with one cause or can be left, keep no connection and never end the process',
  input: fc.record({
    wire: fc.oneof(frames, damaged(sound, fc.oneof(anyFrame, anyBytes(5)))),
    leaves: fc.option(fc.constantFrom('close' as const, 'reset' as const), { freq: 8 }),
  }),
  cases: 15,
  mostMsPerCase: 10_000,
  async check({ wire, leaves }) {
    answer = wire;
    // A transport of its own: what a server says of its limits is remembered.
    const transport = await createUndiciTransport({ tls: { servername: 'localhost', ca: CA }, http2: true });
    const { port } = server.address() as AddressInfo;
    const { bytes } = encodeRequest({ method: 'GET', path: '/', host: 'localhost', headers: [], version: '0' });
    const logs = Array.from({ length: STREAMS }, () => new StreamLog());
    const clients = logs.map((log) => transport.open({ host: '127.0.0.1', port, bytes }, log));
    if (leaves !== null) {
      await delay(END_AFTER_MS);
      const [log] = logs;
      if (log !== undefined && log.cause === undefined) log.left = true;
      clients[0]?.[leaves]();
    }
    const allEnded = Promise.all(logs.filter(({ left }) => !left).map(({ ended }) => ended));
    await Promise.race([allEnded, delay(SILENT_AFTER_MS)]);
    for (const [index, log] of logs.entries()) {
      if (log.bodyBytes > 0) expect(log.head).toBeDefined();
      if (log.left) continue;
      if (log.cause !== undefined) {
        expect(log.detail).not.toBe('');
        continue;
      }
      // Node says nothing of it where nghttp2 gave the connection up (http2-session.ts): its caller's deadline ends it.
      log.left = true;
      clients[index]?.close();
    }
    await until('no connection is left', () => connections.size === 0);
  },
});
