/** Both transports of HTTP/1.1, over real connections: bodies in any coding and framing, sound or spoilt, cut anywhere. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { Http1Transport } from '../../src/wire/http1.ts';
import { encodeRequest } from '../../src/wire/request.ts';
import type { Transport } from '../../src/wire/transport.ts';
import { createUndiciTransport } from '../../src/wire/undici.ts';
import { afterRequest, RawServer } from '../wire/raw-server.ts';
import { cutPlaces, cutsOf } from '../wire/response-arbitrary.ts';
import { StreamLog } from '../wire/stream-log.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

const COMPRESS = {
  identity: (content: Buffer) => content,
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  'raw deflate': deflateRawSync,
  br: brotliCompressSync,
  nobody: (content: Buffer) => content,
} as const;
type Coding = keyof typeof COMPRESS;

let server: RawServer;
let transports: Readonly<Record<'wire' | 'undici', Transport>>;
let reads: readonly Buffer[] = [];
beforeAll(async () => {
  server = await RawServer.start((socket) => {
    afterRequest(socket, () => {
      for (const read of reads) socket.write(read);
      socket.end();
    });
  });
  transports = { wire: new Http1Transport(), undici: await createUndiciTransport() };
});
afterAll(() => server.close());

fuzz({
  name: 'transport',
  holds: 'bodies in any coding and framing end with a cause on both transports, and come whole where they are sound',
  input: fc.record({
    transport: fc.constantFrom('wire' as const, 'undici' as const),
    coding: fc.constantFrom(...(Object.keys(COMPRESS) as Coding[])),
    framing: fc.constantFrom('chunked', 'length', 'close'),
    content: fc.tuple(anyBytes(200), fc.integer({ min: 1, max: 400 })).map(([block, times]) => block.repeat(times)),
    places: cutPlaces,
    /** Null: as it should be. */
    spoilt: fc.option(damaged(fc.constant('.'.repeat(100)), anyBytes(5)), { freq: 3 }),
    leaves: fc.option(fc.constantFrom('close' as const, 'reset' as const), { freq: 8 }),
  }),
  cases: 40,
  async check({ transport, coding, framing, content, places, spoilt, leaves }) {
    const plain = bytesOf(content);
    const sound = responseOf(coding, framing, COMPRESS[coding](plain), places);
    // The damage of a text of dots, done to the response: its places, what is put in and what is taken.
    const bytes = spoilt === null ? sound : spoil(sound, spoilt);
    const ends = [...cutsOf(places, bytes.length), bytes.length];
    reads = ends.map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end));
    const log = new StreamLog();
    const request = encodeRequest({ method: 'GET', path: '/', host: 'localhost', headers: [], version: '0' });
    const connection = transports[transport].open({ host: '127.0.0.1', port: server.port, bytes: request.bytes }, log);
    if (leaves !== null) {
      await new Promise((resolve) => setImmediate(resolve));
      log.left = log.cause === undefined;
      connection[leaves]();
      return;
    }
    await log.ended;
    expect(log.detail).not.toBe('');
    // What a coding that nobody knows holds is read where it looks like a stream.
    if (spoilt !== null || coding === 'nobody') return;
    expect([log.cause, log.body.equals(plain)]).toEqual(['eof-clean', true]);
  },
});

function responseOf(coding: Coding, framing: string, body: Buffer, places: readonly number[]): Buffer {
  const name = coding === 'raw deflate' ? 'deflate' : coding;
  const fields = [
    'HTTP/1.1 200 OK',
    'Content-Type: text/event-stream',
    ...(coding === 'identity' ? [] : [`Content-Encoding: ${name}`]),
    ...(framing === 'chunked' ? ['Transfer-Encoding: chunked'] : []),
    ...(framing === 'length' ? [`Content-Length: ${body.length}`] : []),
    ...(framing === 'close' ? ['Connection: close'] : []),
  ];
  const head = Buffer.from(`${fields.join('\r\n')}\r\n\r\n`);
  if (framing !== 'chunked') return Buffer.concat([head, body]);
  const ends = [...cutsOf(places, body.length), body.length];
  const chunks = ends
    .map((end, n) => body.subarray(ends[n - 1] ?? 0, end))
    .filter((chunk) => chunk.length > 0)
    .flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
  return Buffer.concat([head, ...chunks, Buffer.from('0\r\n\r\n')]);
}

function spoil(sound: Buffer, pattern: string): Buffer {
  const parts: Buffer[] = [];
  const step = sound.length / 100;
  let at = 0;
  for (const character of pattern) {
    if (character === '.') parts.push(sound.subarray(Math.floor(at * step), Math.floor(++at * step)));
    else parts.push(bytesOf(character));
  }
  return Buffer.concat(parts);
}
