import net from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import { client, connected, serve } from '../server/fixtures.ts';
import { PATIENCE, type RawClient } from '../server/raw-client.ts';

/** The sizes that stand before its chunks, and the chunks. */
function chunksOf({ bytes }: RawClient): Array<[size: number, data: string]> {
  const chunks: Array<[number, string]> = [];
  for (let at = bytes.indexOf('\r\n\r\n') + 4; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    chunks.push([size, bytes.toString('utf8', lineEnd + 2, lineEnd + 2 + size)]);
    at = lineEnd + 2 + size + 2;
  }
  return chunks;
}

it('a chunked stream has a chunk for each event, counted in bytes and not in characters', async () => {
  const { port, hub } = await serve();
  const one = await connected({ port });
  for (const data of ['plain', '豆腐 😀', 'x'.repeat(70_000)]) hub.publish({ data });
  await one.untilText('xxx\n\n');
  const chunks = chunksOf(one);
  expect(chunks.map(([size, data]) => size - Buffer.byteLength(data))).toEqual(chunks.map(() => 0));
  expect(chunks.map(([, data]) => /^(?:retry|id|data): .{0,5}/m.exec(data)?.[0].split(':')[0])).toEqual([
    'retry',
    'id',
    'id',
    'id',
  ]);
});

it('a chunked stream has heartbeats, messages to one client, notices and what is replayed in chunks too', async () => {
  const { port, hub } = await serve({ hub: { heartbeatMs: 50, replayEvents: 2, maxQueueBytes: 1 } });
  const [first = ''] = Array.from({ length: 5 }, (_, count) => hub.publish({ data: `kept ${count}` }));
  const { greeting } = await connected({ port });
  const id = String(greeting['clientId']);
  expect((hub as SseHub).send(id, { data: 'for one' })).toBe(true);
  const back = await connected({ port, headers: { 'Last-Event-ID': first } });
  await back.untilText(': ping\n\n');
  expect(
    chunksOf(back)
      .map(([, data]) => data)
      .join(''),
  ).toBe(back.body);
});

for (const [how, end] of [
  ['the server shuts down', (hub: SseHub): unknown => hub.close()],
  ['the client is removed', (hub: SseHub): unknown => [...hub.clients.keys()].map((id) => hub.remove(id))],
] as const) {
  it(`a chunked stream has its last chunk when ${how}`, async () => {
    const { port, hub } = await serve();
    const one = await connected({ port });
    await end(hub as SseHub);
    await one.untilClosed();
    expect([one.ended, one.isWhole]).toEqual(['fin', true]);
  });
}

it('a chunked stream has its last chunk at its maximal age', async () => {
  const { port } = await serve({ hub: { maxAgeMs: 200 } });
  const one = await connected({ port });
  await one.untilClosed();
  expect([one.ended, one.isWhole]).toEqual(['fin', true]);
  expect(one.body).toMatch(/\n\n: max-age\nretry: \d+\n\n$/);
});

it('a chunked stream of a client that is evicted breaks off without its last chunk', async () => {
  const { port, hub } = await serve({ hub: { evictAfterMs: 400, maxQueueBytes: 1024 ** 3 } });
  const stuck = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let count = 0; count < 200; count++) hub.publish({ data: '.'.repeat(64 * 1024) });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
  stuck.read();
  await stuck.untilClosed();
  expect(stuck.isWhole).toBe(false);
});

for (const [what, field] of [
  ['', ''],
  [' that says it takes chunks', 'TE: chunked\r\n'],
] as const) {
  it(`a client of HTTP/1.0${what} gets a stream without chunks, which ends by closing`, async () => {
    const { port, hub } = await serve();
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.write(`GET /events HTTP/1.0\r\n${field}\r\n`);
    await expect.poll(() => text, PATIENCE).toContain('event: connected\n');
    hub.publish({ data: 'hello' });
    await hub.close({ graceMs: 5000 });
    await once(socket, 'close');
    const [head, body] = text.split('\r\n\r\n');
    expect(head).not.toMatch(/Transfer-Encoding/i);
    expect(body).toMatch(
      /^retry: \d+\nevent: connected\ndata: .+\n\nid: .+\ndata: hello\n\n: shutdown\nretry: \d+\n\n$/,
    );
  });
}
