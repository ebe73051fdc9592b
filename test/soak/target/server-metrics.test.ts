import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { UnreachableError, UsageError } from '../../../src/core/errors.ts';
import { ServerMetrics } from '../../../src/soak/target/server-metrics.ts';

const servers: Server[] = [];
const watches: ServerMetrics[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function open(url: string, selector = 'rss'): Promise<ServerMetrics> {
  const watch = await ServerMetrics.open({ url, selector }, {});
  watches.push(watch);
  return watch;
}

it('a server that tells its memory is asked for the form that is meant, for no coding, with the user and the password of the URL', async () => {
  const asked: (string | undefined)[][] = [];
  const url = await serve((req, res) => {
    asked.push([req.url, req.headers.accept, req.headers['accept-encoding'] as string, req.headers.authorization]);
    res.end(req.url === '/json' ? '{"rss":100000}' : 'rss 200000\n');
  });
  const json = await open(`${url}json`, '/rss');
  const text = await open(url.replace('//', '//user:p%40ss@'));
  expect([(await json.sample(5))?.rssBytes, (await text.sample(6))?.rssBytes]).toEqual([100_000, 200_000]);
  expect(asked[0]).toEqual(['/json', 'application/json', 'identity', undefined]);
  expect(asked[1]).toEqual([
    '/',
    'text/plain;version=0.0.4',
    'identity',
    `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
  ]);
  expect([text.origin, text.down()]).toEqual([{ source: 'metrics', memory: 'metric', queueLimits: null }, null]);
});

it('a server that tells its memory has a gap while it does not tell, and goes on afterwards', async () => {
  const answers: [number, string, Record<string, string>?][] = [
    [200, 'rss 100000\n'],
    [200, 'rss 300000\n'],
    [500, 'rss 1\n'],
    [302, '', { Location: '/' }],
    [200, 'other 1\n'],
    [200, 'rss 0\n'],
    [200, 'rss NaN\n'],
    [200, 'rss -5\n'],
    [200, 'rss 1\n'.repeat(200_000)],
    [200, 'rss 9\n', { 'Content-Encoding': 'gzip' }],
    [200, 'rss 400000\n'],
  ];
  const url = await serve((_req, res) => {
    const [status, text, headers] = answers.shift() ?? [404, ''];
    res.writeHead(status, headers).end(text);
  });
  const watch = await open(url);
  const seen: (number | null)[] = [];
  for (let tMs = 0; tMs < 10; tMs++) seen.push((await watch.sample(tMs))?.rssBytes ?? null);
  expect(seen).toEqual([300_000, null, null, null, null, null, null, null, null, 400_000]);
  expect(answers).toEqual([]);
});

it('a server that tells its memory has a gap while it resets, and while it is gone', async () => {
  let mode: 'tell' | 'reset' = 'tell';
  const url = await serve((req, res) => {
    if (mode === 'reset') req.socket.resetAndDestroy();
    else res.end('rss 100000\n');
  });
  const watch = await open(url);
  mode = 'reset';
  expect(await watch.sample(1)).toBeNull();
  mode = 'tell';
  expect((await watch.sample(2))?.rssBytes).toBe(100_000);
  servers[0]?.closeAllConnections();
  servers[0]?.close();
  expect(await watch.sample(3)).toBeNull();
});

it('a server that tells its memory is asked once at a time, and an answer after three seconds is none', async () => {
  let asked = 0;
  const url = await serve((_req, res) => {
    asked += 1;
    if (asked !== 2) res.end('rss 100000\n');
  });
  const watch = await open(url);
  expect(await Promise.all([watch.sample(1), watch.sample(2), watch.sample(3)])).toEqual([null, null, null]);
  expect(asked).toBe(2);
  expect((await watch.sample(4))?.tMs).toBe(4);
});

it('a server that tells its memory shows another life by its start time', async () => {
  let start = 5;
  const url = await serve((_req, res) =>
    res.end(`rss 100000\nprocess_start_time_seconds ${start}\nprocess_cpu_seconds_total 2.5\n`),
  );
  const watch = await open(url);
  const before = await watch.sample(1);
  start = 6;
  expect([before?.life, before?.cpuSeconds, (await watch.sample(2))?.life]).toEqual(['5', 2.5, '6']);
});

it.each<[string, RequestListener, string]>([
  ['with a status', (_req, res) => res.writeHead(404).end(), 'returns status 404'],
  [
    'with a redirect',
    (_req, res) => res.writeHead(307, { Location: '/x' }).end(),
    'a redirect (307), which is not followed',
  ],
  ['with too much', (_req, res) => res.end('#'.repeat(1024 * 1024 + 1)), 'more than 1048576 bytes'],
  [
    'with a coding',
    (_req, res) => res.writeHead(200, { 'Content-Encoding': 'br' }).end('x'),
    'a content coding that was not requested',
  ],
  ['with nothing', (req) => req.socket.destroy(), 'cannot be read (UND_ERR_SOCKET)'],
])('a server that does not tell its memory before the run %s is not reached', async (_how, listener, why) => {
  const url = await serve(listener);
  await expect(open(url)).rejects.toThrow(UnreachableError);
  await expect(open(url)).rejects.toThrow(why);
});

it('a server that does not tell its memory before the run with other figures was asked for the wrong one', async () => {
  const url = await serve((_req, res) => res.end('rss 84\nrss_bytes 84000000\n'));
  await expect(open(url)).rejects.toThrow(UsageError);
  await expect(open(url)).rejects.toThrow('has the value 84, which is not the memory of a server in bytes');
  await expect(open(url, 'rss_byte')).rejects.toMatchObject({
    message: expect.stringContaining('has no rss_byte') as string,
    hint: 'It contains: rss_bytes, rss.',
  });
});

it('a server that does not tell its memory before the run is named without the secrets of its URL', async () => {
  const url = (await serve((_req, res) => res.writeHead(401).end())).replace('//', '//user:hunter2@');
  await expect(open(`${url}?token=hunter3`)).rejects.toMatchObject({
    message: expect.not.stringMatching(/hunter/) as string,
  });
});
