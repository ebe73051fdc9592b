import { expect, it } from 'vitest';
import { ChunkReader, LAST_CHUNK, SharedChunks } from '../../../src/server/faults/chunks.ts';

const BODIES = ['id: 1\ndata: a\n\n', ': ping\n\n', '豆腐\r\n0\r\n\r\n', 'x'.repeat(300)].map((text) =>
  Buffer.from(text),
);

it('chunks are read as they were written, at whatever byte they are cut', () => {
  const shared = new SharedChunks();
  const wire = Buffer.concat([...BODIES.map((body) => shared.chunkOf(body)), LAST_CHUNK]);
  for (let at = 1; at < wire.length; at++) {
    const reader = new ChunkReader(shared);
    const read = [...reader.read(wire.subarray(0, at)), ...reader.read(wire.subarray(at))];
    expect(read.map((body) => body?.toString('utf8') ?? null)).toEqual([...BODIES.map(String), null]);
  }
});

it('chunks that are one buffer for all clients have one body for all, and one frame again', () => {
  const shared = new SharedChunks();
  const chunk = Buffer.from('3\r\nabc\r\n');
  const [one, other] = [new ChunkReader(shared), new ChunkReader(shared)].map((reader) => reader.read(chunk)[0]);
  expect(other).toBe(one);
  expect(shared.chunkOf(one as Buffer)).toBe(shared.chunkOf(other as Buffer));
  expect(shared.chunkOf(one as Buffer)).toEqual(chunk);
});
