import net from 'node:net';
import { expect, it } from 'vitest';
import { ask, connected, serve } from './fixtures.ts';
import { PATIENCE, RawClient } from './raw-client.ts';

for (const [what, id] of [
  ['with an encoded line end', 'a%0d%0aX-Injected: y'],
  ['with a folded line', 'a\r\n b'],
  ['in bytes that are no UTF-8', '\u00ff\u00fe'],
  ['with markup', '<script>alert(1)</script>'],
  ['of 10 kB', 'x'.repeat(10_000)],
] as const) {
  it(`a Last-Event-ID that is none ${what} is never said back, and the client is told that it lost something`, async () => {
    const { port } = await serve();
    const socket = net.connect(port, '127.0.0.1');
    let answer = '';
    socket
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
      });
    socket.write(Buffer.from(`GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: ${id}\r\n\r\n`, 'latin1'));
    // A folded line is refused by the reader of requests itself (RFC 9112, 5.2).
    await expect.poll(() => answer, PATIENCE).toMatch(/unknown-id"\}\n\n\r\n$|^HTTP\/1\.1 400 /);
    expect([answer.includes(id.slice(0, 40)), /injected/i.test(answer)]).toEqual([false, false]);
    socket.destroy();
  });
}

it('a request that wants more than there is with a path of 100 kB is refused, and the next one is served', async () => {
  const { port } = await serve();
  expect((await ask(port, `/${'x'.repeat(100_000)}`)).statusCode).toBe(431);
  expect((await ask(port, '/healthz')).statusCode).toBe(200);
});

it("a request that wants more than there is by another protocol's words gets nothing, and the next one is served", async () => {
  const { port, hub } = await serve({ times: { keepAliveMs: 100 } });
  for (const [bytes, answer] of [
    ['CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n', /^$/],
    ['GET http://evil.example/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 404 /],
    ['GET //evil.example/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 404 /],
    ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 404 /],
    ['GET events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 40[04] /],
    ['GET /events#x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 40[04] /],
    ['GET /events\0 HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['GET /ev\tents HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'GET /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'GET /events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nAccept: text/html\r\n\r\n',
      /^HTTP\/1\.1 406 /,
    ],
    ['GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 417 /],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^HTTP\/1\.1 400 /],
  ] as const) {
    expect([bytes.slice(0, 30), await sent(port, bytes)]).toEqual([bytes.slice(0, 30), expect.stringMatching(answer)]);
  }
  expect([hub.stats().clients.total, (await ask(port, '/healthz')).statusCode]).toEqual([0, 200]);
});

it('a request that wants more than there is with names of the prototype in its query is answered as without', async () => {
  const { port } = await serve();
  expect((await ask(port, '/clients?__proto__=1&constructor=x&hasOwnProperty=')).statusCode).toBe(200);
  expect((await connected({ port, path: '/events?__proto__[x]=1&constructor=1' })).greeting['resumedFrom']).toBeNull();
});

it('a request that wants more than there is for a compressed stream gets a plain one: a compressor would hold events back', async () => {
  const { port, hub } = await serve();
  const one = await connected({ port, headers: { 'Accept-Encoding': 'gzip, br, zstd' } });
  hub.publish({ data: 'at once' });
  await one.untilText('data: at once\n\n');
  expect(one.head).not.toMatch(/^Content-Encoding:/im);
});

it('the places are given back by a client that leaves, before its head, in the middle of it, or after it, and HEAD and OPTIONS take none', async () => {
  const { port, hub } = await serve({ hub: { maxClients: 5 }, ratePerSecond: 200 });
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 5 }, async (_, number) => {
        const one = new RawClient({ port });
        if (number === 0)
          await new Promise((resolve) => {
            one.socket.once('connect', resolve);
          });
        else if (number < 3) await one.untilText('HTTP/1.1');
        else await one.untilConnected();
        if (number % 2 === 0) one.socket.resetAndDestroy();
        else one.destroy();
      }),
    );
    for (const method of ['HEAD', 'OPTIONS']) await ask(port, '/events', { method });
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
  }
  expect(hub.stats().clients.refused).toBe(0);
  await Promise.all(Array.from({ length: 5 }, () => connected({ port })));
  // What a client says of itself buys nothing.
  const refused = await ask(port, '/events', {
    headers: { 'X-Forwarded-For': '10.0.0.1', Forwarded: 'for=10.0.0.1', 'X-Real-IP': '10.0.0.1' },
  });
  expect([refused.statusCode, hub.stats().clients]).toMatchObject([503, { connected: 5, refused: 1 }]);
});

const CHECK = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

it('requests sent ahead of their answers are answered in order while they are few', async () => {
  const { port } = await serve();
  const answer = await sent(
    port,
    `${CHECK}${CHECK}GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n${CHECK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
  );
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});

it('requests sent ahead of their answers end the connection when they are thousands that nobody reads, and cost no memory', async () => {
  const { port, hub } = await serve();
  const seated = await connected({ port });
  const asked = { metrics: 0 };
  for (let round = 0; round < 20; round++) {
    const answer = await sent(port, 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5000));
    asked.metrics += answer.split('HTTP/1.1 ').length - 1;
  }
  // The one in turn and those that may wait behind it, on each connection.
  expect(asked.metrics).toBeLessThanOrEqual(20 * 17);
  hub.publish({ data: 'still here' });
  await seated.untilText('still here');
});

/** What comes back for these bytes until the connection is over. */
function sent(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net
      .connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
      });
    socket.on('close', () => resolve(answer)).write(Buffer.from(bytes, 'latin1'));
  });
}

it('a crowd of 500 that say nothing or one byte at a time is no client and keeps nobody out, and is cut off', async () => {
  const { port, hub } = await serve({ times: { headersMs: 3000 } });
  let openCount = 0;
  const crawling: net.Socket[] = [];
  for (let count = 0; count < 500; count++) {
    const socket = net.connect(port, '127.0.0.1');
    openCount++;
    socket
      .on('error', () => {})
      .on('close', () => {
        openCount--;
      })
      .resume();
    if (count % 2 === 0) crawling.push(socket);
  }
  for (const socket of crawling) socket.write('GET /events HTTP/1.1\r\nHost: x\r\nX: ');
  const crawl = setInterval(() => {
    for (const socket of crawling) if (socket.writable) socket.write('y');
  }, 1000);
  const seated = await Promise.all(Array.from({ length: 20 }, () => connected({ port })));
  expect(hub.stats().clients.total).toBe(20);
  await expect.poll(() => openCount, PATIENCE).toBe(0);
  clearInterval(crawl);
  hub.publish({ data: 'all here' });
  await Promise.all(seated.map((each) => each.untilText('all here')));
  expect(hub.stats().clients).toMatchObject({ connected: 20, total: 20, refused: 0 });
});

it('a crowd of 1,000 at a door for 50 leaves those inside alone, and none of it stays', async () => {
  const { port, hub } = await serve({ hub: { maxClients: 50 } });
  const seated = await Promise.all(Array.from({ length: 50 }, () => connected({ port })));
  const statusCodes = new Set<number>();
  for (let round = 0; round < 10; round++) {
    const wave = Array.from(
      { length: 100 },
      () => new RawClient({ port, headers: { 'X-Forwarded-For': `10.0.0.${round}` } }),
    );
    await Promise.all(wave.map((each) => each.untilClosed()));
    for (const each of wave) statusCodes.add(each.statusCode);
  }
  hub.publish({ data: 'all here' });
  await Promise.all(seated.map((each) => each.untilText('all here')));
  expect([[...statusCodes], hub.stats().clients]).toMatchObject([[503], { connected: 50, total: 50, refused: 1000 }]);
});
