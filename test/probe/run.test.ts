import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { parseRules } from '../../src/probe/metrics.ts';
import type { CheckResult } from '../../src/findings/check-result.ts';
import type { CheckId, ProbeResult } from '../../src/probe/result.ts';
import { probe } from '../../src/probe/run.ts';
import { loadProbePlan } from '../../src/options/probe-options.ts';
import { probeReach } from '../../src/library/prepared-probe.ts';
import type { FlagValues } from '../../src/options/resolve.ts';
import { Authority, type Identity } from '../wire/certificates.ts';
import { RawServer } from '../wire/raw-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type Answer = (req: IncomingMessage, res: ServerResponse) => void;
const HEAD = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function serve(answer: Answer): Promise<string> {
  const server = createHttpServer(answer);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${await listen(server)}/events`;
}

async function look(url: string, flags: FlagValues = {}, ca?: string): Promise<ProbeResult> {
  const plan = loadProbePlan({ flags });
  const reach = await probeReach(plan, {});
  return probe({
    url: new URL(url),
    plan,
    rules: [...parseRules(plan.warn, 'warn'), ...parseRules(plan.crit, 'crit')],
    bearer: null,
    reach: { ...reach, trust: { ...reach.trust, ...(ca === undefined ? {} : { ca }) } },
    version: '0.0.0',
    signal: new AbortController().signal,
  });
}

function check(result: ProbeResult, id: CheckId): CheckResult {
  return result.checks.find((one) => one.id === id) as CheckResult;
}

/** A stream with an event at once, under these headers. */
const greets =
  (headers: Record<string, string> = {}, text = 'data: hello\n\n'): Answer =>
  (_req, res) => {
    res.writeHead(200, { ...HEAD, ...headers });
    res.write(text);
  };

const SOON = { until: 'event' };

it.each<[string, Record<string, string>, CheckId, CheckResult['status'], RegExp]>([
  ['no cache control', { 'Cache-Control': '' }, 'cache-control', 'warn', /^nothing prevents a cache/],
  ['a public cache', { 'Cache-Control': 'public, max-age=60' }, 'cache-control', 'fail', /^caches may store/],
  ['an age', { Age: '31' }, 'cached', 'fail', /Age: 31/],
  ['a hit', { 'X-Cache': 'HIT from edge' }, 'cached', 'fail', /x-cache: HIT/],
  ['another charset', { 'Content-Type': 'text/event-stream; charset=latin1' }, 'charset', 'warn', /latin1/],
  ['buffering that is asked for', { 'X-Accel-Buffering': 'yes' }, 'proxy-buffering', 'warn', /makes nginx buffer/],
  [
    'any origin with credentials',
    { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' },
    'cors',
    'warn',
    /browsers reject/,
  ],
])('what a head says of %s', async (_name, headers, id, status, title) => {
  expect(check(await look(await serve(greets(headers)), SOON), id)).toMatchObject({
    status,
    title: expect.stringMatching(title) as string,
  });
});

it.each([
  ['allowed', 'https://a.example', 'pass'],
  ['not allowed', 'https://b.example', 'fail'],
])('what a head says of an origin that is %s', async (_name, allowed, status) => {
  const url = await serve(greets({ 'Access-Control-Allow-Origin': allowed, Vary: 'Origin' }));
  expect(check(await look(url, { ...SOON, header: ['Origin: https://a.example'] }), 'cors').status).toBe(status);
});

it.each([
  [204, 'warning', 'warn'],
  [404, 'critical', 'fail'],
  [503, 'critical', 'fail'],
])('what a head says with status %i', async (statusCode, status, of) => {
  const result = await look(await serve((_req, res) => res.writeHead(statusCode).end('sorry')), {});
  expect(result.status).toBe(status);
  expect(check(result, 'status').status).toBe(of);
  expect(check(result, 'framing')).toMatchObject({ status: 'skip', title: 'no event stream' });
});

it('what a head says of another type, in the words of a soak', async () => {
  const result = await look(await serve(greets({ 'Content-Type': 'text/html' })));
  expect(check(result, 'content-type')).toMatchObject({
    status: 'fail',
    title: 'The response is not an event stream but text/html; the response says “data: hello”.',
  });
});

it('what a stream says is held to the format, with the byte at which it deviates', async () => {
  const url = await serve(greets({}, 'data: a\n\nbad: 1\nretry: x\n\ndata: end\n\n'));
  const framing = check(await look(url, { until: 'text:end' }), 'framing');
  expect(framing.status).toBe('fail');
  expect(framing.evidence['first']).toEqual([
    { defect: 'unknown-field', offset: 9, sample: 'bad: 1' },
    { defect: 'bad-retry', offset: 16, sample: 'retry: x' },
  ]);
});

it('what a stream says is over when it says so, and dropped when it does not', async () => {
  const said = await look(await serve((_req, res) => res.writeHead(200, HEAD).end('data: a\n\ndata: [DONE]\n\n')));
  expect(check(said, 'completion').status).toBe('pass');
  const dropped = await look(await serve((_req, res) => res.writeHead(200, HEAD).end('data: a\n\n')));
  expect(check(dropped, 'completion')).toMatchObject({
    status: 'fail',
    evidence: expect.objectContaining({ finding: 'client-dropped' }) as object,
  });
  expect(dropped.endedBy).toBe('stream');
});

it('what a stream says ends the probe with the text that is waited for', async () => {
  const result = await look(await serve(greets({}, 'data: a\n\ndata: all [DONE] now\n\n')), { until: 'text:[DONE]' });
  expect(result).toMatchObject({ status: 'ok', endedBy: 'until' });
  const never = await look(await serve(greets()), { until: 'text:[DONE]', deadline: '300ms' });
  expect(never).toMatchObject({ status: 'critical', endedBy: 'deadline' });
  expect(check(never, 'completion').status).toBe('fail');
});

it('what a stream says ends the probe with the event that is waited for by its name', async () => {
  const says = 'event: step\ndata: done\n\nevent: done\ndata: {}\n\n';
  const result = await look(await serve(greets({}, says)), { until: 'event:done' });
  expect(result).toMatchObject({ status: 'ok', endedBy: 'until' });
  const cut = await look(await serve((_req, res) => res.writeHead(200, HEAD).end('event: step\ndata: done\n\n')), {
    until: 'event:done',
  });
  expect(cut).toMatchObject({ status: 'critical', endedBy: 'stream' });
  expect(check(cut, 'completion')).toMatchObject({ status: 'fail', evidence: { finding: 'client-dropped' } });
});

it('what a stream says may be silent for as long as it is allowed', async () => {
  const url = await serve(greets());
  const result = await look(url, { 'heartbeat-within': '200ms', duration: '1s' });
  expect(check(result, 'silent-gap')).toMatchObject({
    status: 'fail',
    evidence: expect.objectContaining({ finding: 'heartbeat-missing' }) as object,
  });
});

it('what a stream says makes no health check wait that asks for its head only', async () => {
  const result = await look(
    await serve((_req, res) => {
      res.writeHead(200, HEAD).flushHeaders();
    }),
    { until: 'headers' },
  );
  expect(result).toMatchObject({ status: 'ok', endedBy: 'until' });
});

it('what a stream says that never begins is critical at the deadline', async () => {
  const result = await look(await serve(() => {}), { until: 'event', deadline: '300ms' });
  expect(result).toMatchObject({ status: 'critical', endedBy: 'deadline' });
  expect(check(result, 'reachable').status).toBe('pass');
  expect(check(result, 'status').title).toMatch(/no response headers within/);
});

it('others than the main stream find a compressor that holds events back', async () => {
  const url = await serve((req, res) => {
    const isCoded = /gzip/.test(req.headers['accept-encoding'] ?? '');
    res.writeHead(200, { ...HEAD, ...(isCoded ? { 'Content-Encoding': 'gzip' } : {}) }).flushHeaders();
    if (isCoded) res.write(gzipSync('').subarray(0, 10));
    const timer = setInterval(() => {
      if (!isCoded) res.write(`data: ${Date.now()}\n\n`);
    }, 100);
    res.on('close', () => clearInterval(timer));
  });
  expect(check(await look(url, { duration: '4s' }), 'compression')).toMatchObject({
    status: 'fail',
    title: expect.stringContaining('compressor is not flushed') as string,
  });
});

it('others than the main stream find a recording that is played to clients that come later', async () => {
  let past = '';
  let first: ServerResponse | null = null;
  const timer = setInterval(() => {
    const event = `id: ${past.length}\ndata: ${Date.now()}\n\n`;
    if (first !== null) past += event;
    first?.write(event);
  }, 150);
  closing.push(() => clearInterval(timer));
  const url = await serve((_req, res) => {
    res.writeHead(200, HEAD).flushHeaders();
    if (first === null) first = res;
    else res.write(past);
  });
  expect(check(await look(url, { duration: '5s' }), 'cached')).toMatchObject({
    status: 'fail',
    title: expect.stringContaining('no live event') as string,
  });
});

it('others than the main stream see that the stream is open without the token, and what a wrong path gets', async () => {
  const url = await serve((req, res) => {
    if (req.url === '/events') greets()(req, res);
    else res.writeHead(500).end();
  });
  const found = check(await look(url, { header: ['Authorization: Bearer secret'], duration: '1s' }), 'error-status');
  expect(found).toMatchObject({ status: 'warn', evidence: { wrongPath: 500, withoutToken: 200 } });
  expect(found.title).toContain('a request without the token gets a stream as well');
});

it('others than the main stream are not asked where the method is another than GET', async () => {
  let asked = 0;
  const url = await serve((req, res) => {
    asked += 1;
    greets()(req, res);
  });
  const result = await look(url, { method: 'POST', body: '{}', duration: '600ms' });
  expect(asked).toBe(1);
  expect(check(result, 'cached').status).toBe('skip');
});

it.each<[string, (count: number) => string]>([
  ['with ids', (count) => `id: ${count}\ndata: tick\n\n`],
  ['without ids', (count) => `data: ${count}\n\n`],
  ['with numbers in the data', (count) => `data: {"seq":${count}}\n\n`],
  ['that is always the same', () => 'data: tick\n\n'],
  ['with comments', (count) => `id: ${count}\ndata: tick\n\n: ping\n\n`],
])('a server that gives each connection a stream of its own is accused of nothing, %s', async (_name, text) => {
  const url = await serve((_req, res) => {
    res.writeHead(200, HEAD);
    let count = 0;
    const timer = setInterval(() => res.write(text(++count)), 300);
    res.flushHeaders();
    res.on('close', () => clearInterval(timer));
  });
  const { checks } = await look(url, { duration: '7s' });
  expect(checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
});

it('the way there is critical where there is none', async () => {
  const result = await look('http://127.0.0.1:1/');
  expect(result).toMatchObject({ status: 'critical', protocol: null, timingsMs: { headers: null } });
  expect(check(result, 'reachable')).toMatchObject({
    status: 'fail',
    evidence: expect.objectContaining({ cause: 'refused' }) as object,
  });
});

it('the way there follows redirects, and names a circle', async () => {
  const url = await serve((req, res) => {
    if (req.url === '/events') res.writeHead(302, { Location: '/there' }).end();
    else greets()(req, res);
  });
  expect(check(await look(url, SOON), 'redirects')).toMatchObject({
    status: 'pass',
    evidence: expect.objectContaining({ redirects: 1 }) as object,
  });
  const circle = await serve((_req, res) => res.writeHead(302, { Location: '/events' }).end());
  expect(check(await look(circle), 'redirects')).toMatchObject({
    status: 'fail',
    title: expect.stringContaining('in a loop') as string,
  });
});

it('the way there may be another than the name says', async () => {
  const port = new URL(await serve((req, res) => greets({}, `data: ${req.headers.host ?? ''}\n\n`)(req, res))).port;
  const result = await look('http://events.example.com/x', {
    until: 'text:events.example.com',
    'connect-to': `127.0.0.1:${port}`,
  });
  expect(result).toMatchObject({ status: 'ok', endedBy: 'until', timingsMs: { dns: null } });
});

it('the way there goes through TLS: protocol, certificate, and HTTP/1.1 beside HTTP/2', async () => {
  const authority = new Authority();
  const url = await secure(authority.issue({ name: 'sound', dnsNames: ['localhost'] }));
  const result = await look(url, { duration: '3s' }, authority.identity.certificate);
  expect(result.protocol).toBe('h2');
  expect(result.timingsMs.tls).toBeGreaterThan(0);
  expect(check(result, 'tls').status).not.toBe('fail');
  expect(check(result, 'protocol').title).toBe('HTTP/2, and the same stream over HTTP/1.1');
  expect((await look(url, { ...SOON, 'http1.1': true }, authority.identity.certificate)).protocol).toBe('http/1.1');
});

it('the way there ends at a certificate that nobody trusts, unless it is told not to mind', async () => {
  const url = await secure(new Authority().issue({ name: 'unknown', dnsNames: ['localhost'] }));
  const result = await look(url, SOON);
  expect(result.status).toBe('critical');
  expect(check(result, 'tls').status).toBe('fail');
  expect(check(await look(url, { ...SOON, insecure: true }), 'tls').status).toBe('warn');
});

it('the way there is told from a server that is not HTTP at all', async () => {
  const server = await RawServer.start((socket) => socket.end('no http\r\n'));
  closing.push(() => server.close());
  expect(check(await look(`http://127.0.0.1:${server.port}/`), 'status')).toMatchObject({
    status: 'fail',
    evidence: expect.objectContaining({ cause: 'http-protocol' }) as object,
  });
});

it('the outcome follows from thresholds too', async () => {
  const url = await serve(greets());
  const result = await look(url, { ...SOON, warn: ['firstEvent<1us'], crit: ['headers<1h'] });
  expect(result.status).toBe('warning');
  expect(result.thresholds.map(({ status }) => status)).toEqual(['fail', 'pass']);
  expect((await look(url, { ...SOON, crit: ['firstToken<1s'] })).thresholds[0]).toMatchObject({
    status: 'no-data',
    actual: null,
  });
});

it('the outcome leaves out what is to be ignored, and fails on advice that is to count', async () => {
  const url = await serve(greets({ 'Cache-Control': '' }));
  expect((await look(url, SOON)).status).toBe('warning');
  expect((await look(url, { ...SOON, ignore: ['cache-control'] })).status).toBe('ok');
  expect((await look(url, { ...SOON, 'fail-on': ['proxy-buffering'] })).status).toBe('critical');
});

async function secure({ certificate, key }: Identity): Promise<string> {
  const server = createSecureServer({ cert: certificate, key, allowHTTP1: true }, (_req, res) => {
    res.writeHead(200, HEAD);
    res.write('data: hello\n\n');
  });
  closing.push(() => {
    server.close();
  });
  return `https://localhost:${await listen(server)}/events`;
}

it('a probe that is to speak HTTP/2 and nothing else is refused where the URL begins with http://', async () => {
  await expect(look('http://127.0.0.1:1/', { h2: true })).rejects.toMatchObject({
    code: 'usage',
    message: '--h2: the URL begins with http://, and HTTP/2 is spoken over TLS only',
  });
});
