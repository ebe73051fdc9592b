import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { HopResolver, type HopOptions } from '../../src/reach/hop-resolver.ts';
import { firstHop, MAX_REDIRECTS, nextHop, type Hop } from '../../src/reach/redirect.ts';
import type { Refusal } from '../../src/reach/refusal.ts';
import { UsageError } from '../../src/core/errors.ts';
import { Requests, type RequestPlan } from '../../src/soak/load/requests.ts';
import { Http1Transport } from '../../src/wire/http1.ts';
import { encodeRequest } from '../../src/wire/request.ts';
import type { ResponseHead } from '../../src/wire/transport.ts';
import { ClientRig, CONNECT_TIMEOUT_MS, HEADERS_TIMEOUT_MS, RETRY_MS } from '../support/client-rig.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';
import { Authority } from '../wire/certificates.ts';
import { afterRequest } from '../wire/raw-server.ts';

const TICK_MS = 10;
const HOUR_MS = 3_600_000;
const STREAM: Answer = { text: `${OK}data: there\n\n`, after: 'open' };

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(...answers: Answer[]): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(...answers);
  closing.push(() => server.close());
  return server;
}

function to(location: string, status = '302 Found'): string {
  return `HTTP/1.1 ${status}\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
}

function toLoopback(): Promise<{ address: string }> {
  return Promise.resolve({ address: '127.0.0.1' });
}

interface Asking extends Partial<RequestPlan> {
  path?: string;
  userInfo?: string;
  bearer?: string;
  hops?: Partial<HopOptions>;
}

/** Clients that ask as those of a soak do. */
function asking(
  { port }: ScriptedServer,
  { path = '/events', userInfo = '', bearer, hops = {}, ...plan }: Asking = {},
): ClientRig {
  const url = new URL(`http://${userInfo}127.0.0.1:${port}${path}`);
  const full = { method: 'GET' as const, headers: [], body: null, ...plan };
  const requests = new Requests({ url, address: '127.0.0.1', port, fillBytes: 0 }, full, bearer ?? null, '0.0.0');
  const transport = new Http1Transport();
  const rig = new ClientRig(port, {
    requestFor: (client) => requests.for(client),
    hops: new HopResolver({
      start: firstHop(url, full.method, '127.0.0.1'),
      transport,
      openTransport: () => Promise.resolve(new Http1Transport()),
      ...hops,
    }),
  });
  closing.push(() => rig.close());
  return rig;
}

async function heard(rig: ClientRig, times = 1): Promise<void> {
  await rig.until('the event', () => rig.log.heard.length === times);
}

async function lost(rig: ClientRig, times = 1): Promise<void> {
  await rig.until('the end', () => rig.log.losses.length === times);
}

function head(statusCode: number, location?: string): ResponseHead {
  return {
    statusCode,
    statusText: '',
    httpVersion: '1.1',
    headers: new Map(location === undefined ? [] : [['location', location]]),
  };
}

function hop(step: Hop | Refusal): Hop {
  if ('cause' in step) throw new Error(`refused: ${step.detail}`);
  return step;
}

const START = firstHop(new URL('http://sse.example.com/a/events?x=1'), 'GET', '203.0.113.7');

/** As it would go over the wire, or the cause. */
function requestLine(step: Hop | Refusal): string {
  if ('cause' in step) return step.cause;
  const { url, method } = step;
  const { bytes } = encodeRequest({
    method,
    path: `${url.pathname}${url.search}`,
    host: url.host,
    headers: [],
    version: '0',
  });
  return bytes.toString('latin1').split('\r\n')[0] as string;
}

it.each([
  ['/b', 'http://sse.example.com/b'],
  ['b?y=2', 'http://sse.example.com/a/b?y=2'],
  ['?y=2', 'http://sse.example.com/a/events?y=2'],
  ['//other.example.com/c', 'http://other.example.com/c'],
  ['https://sse.example.com/', 'https://sse.example.com/'],
  ['http://SSE.example.COM:80/d', 'http://sse.example.com/d'],
  ['/e#part', 'http://sse.example.com/e'],
  ['/f g', 'http://sse.example.com/f%20g'],
  [Buffer.from('/ä', 'utf8').toString('latin1'), 'http://sse.example.com/%C3%A4'],
  ['http://0x7f.1/', 'http://127.0.0.1/'],
  ['http://[::FFFF:127.0.0.1]:8080/', 'http://[::ffff:7f00:1]:8080/'],
])('a Location %j leads to %s', (location, href) => {
  expect(hop(nextHop(START, head(302, location))).url.href).toBe(href);
});

it.each([
  [undefined, 'status 302 without a Location'],
  ['', 'status 302 without a Location'],
  ['http://', 'is not a URL'],
  ['http://a b/', 'is not a URL'],
  ['http://x:99999/', 'is not a URL'],
  ['file:///etc/passwd', 'leads to file:'],
  ['ftp://sse.example.com/', 'leads to ftp:'],
  ['javascript:alert(1)', 'leads to javascript:'],
  ['data:text/event-stream,data: x', 'leads to data:'],
  ['ws://sse.example.com/', 'leads to ws:'],
  ['http://user@sse.example.com/', 'user info'],
  ['//user:S3CRET@sse.example.com/', 'user info'],
])('a Location %j is refused, and the detail says why', (location, why) => {
  const refusal = nextHop(START, head(302, location));
  expect(refusal).toMatchObject({ cause: 'redirect-refused' });
  expect((refusal as Refusal).detail).toContain(why);
  expect((refusal as Refusal).detail).not.toContain('S3CRET');
});

it('a Location that leads from https down to http is refused', () => {
  const start = firstHop(new URL('https://sse.example.com/'), 'GET', '203.0.113.7');
  expect(nextHop(start, head(302, 'http://sse.example.com/'))).toMatchObject({ cause: 'redirect-refused' });
  expect(hop(nextHop(start, head(302, '/b'))).url.href).toBe('https://sse.example.com/b');
});

it('a Location does not inherit the user info of the URL that was asked for', () => {
  const start = firstHop(new URL('http://user:S3CRET@sse.example.com/a'), 'GET', '203.0.113.7');
  expect(hop(nextHop(start, head(302, '/b'))).url.href).toBe('http://sse.example.com/b');
});

it('a Location of any bytes is refused, or leads to what can be asked', () => {
  const bytes = fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 60,
  });
  const location = fc.oneof(
    bytes,
    bytes.map((text) => `/${text}`),
    bytes.map((text) => `http://${text}`),
    bytes.map((text) => `//h/${text}?${text}#${text}`),
  );
  fc.assert(
    fc.property(location, (written) => {
      expect(requestLine(nextHop(START, head(302, written)))).toMatch(/^(?:GET \/[!-~]* HTTP\/1\.1|redirect-refused)$/);
    }),
    { numRuns: 1000 },
  );
});

it('a Location is quoted without secrets and control characters, and not at any length', () => {
  const refusal = nextHop(START, head(302, `gopher://x/?token=S3CRET&a=\u001b[2J${'x'.repeat(5000)}`)) as Refusal;
  const loop = loopOf(`/x?token=S3CRET${'x'.repeat(5000)}`);
  for (const { detail } of [refusal, loop]) {
    expect(detail).not.toContain('S3CRET');
    expect(detail).not.toContain('\u001b');
    expect(detail.length).toBeLessThan(700);
  }
});

/** Sent from one to the next until it is refused. */
function loopOf(...locations: string[]): Refusal {
  let at = START;
  for (let hops = 0; hops < 100; hops++) {
    const step = nextHop(at, head(302, locations[hops % locations.length]));
    if ('cause' in step) return step;
    at = step;
  }
  throw new Error('redirected a hundred times');
}

it.each([
  [301, 'GET', 'GET', true],
  [301, 'POST', 'GET', false],
  [301, 'PUT', 'PUT', true],
  [302, 'GET', 'GET', true],
  [302, 'POST', 'GET', false],
  [302, 'PATCH', 'PATCH', true],
  [303, 'GET', 'GET', true],
  [303, 'POST', 'GET', false],
  [303, 'PUT', 'GET', false],
  [307, 'POST', 'POST', true],
  [307, 'GET', 'GET', true],
  [308, 'POST', 'POST', true],
  [308, 'PUT', 'PUT', true],
])('the method behind a redirect by %i of a %s is %s (with the body: %s)', (status, asked, method, withBody) => {
  const start = firstHop(new URL('http://sse.example.com/'), asked, '203.0.113.7');
  expect(hop(nextHop(start, head(status, '/b')))).toMatchObject({ method, withBody });
});

it('the method behind a redirect stays GET, and the body stays away, behind a second redirect that would keep them', () => {
  const start = firstHop(new URL('http://sse.example.com/'), 'POST', '203.0.113.7');
  expect(hop(nextHop(hop(nextHop(start, head(303, '/b'))), head(307, '/c')))).toMatchObject({
    method: 'GET',
    withBody: false,
  });
});

it.each([
  ['/b', true],
  ['http://sse.example.com:80/b', true],
  ['//SSE.example.com/b', true],
  ['http://sse.example.com:8080/b', false],
  ['https://sse.example.com/b', false],
  ['http://example.com/b', false],
  ['http://sse.example.com.evil.example/', false],
])('secrets behind a redirect to %s go along: %s', (location, withSecrets) => {
  expect(hop(nextHop(START, head(307, location))).withSecrets).toBe(withSecrets);
});

it('secrets behind a redirect do not come back when a second redirect leads home', () => {
  const away = hop(nextHop(START, head(302, 'http://evil.example/')));
  expect(hop(nextHop(away, head(302, START.url.href))).withSecrets).toBe(false);
});

it(`redirects in a row are ${MAX_REDIRECTS} at most`, () => {
  let at = START;
  for (let n = 1; n <= MAX_REDIRECTS; n++) at = hop(nextHop(at, head(302, `/${n}`)));
  expect(nextHop(at, head(302, '/21'))).toEqual({
    cause: 'redirect-loop',
    detail: 'more than 20 redirects, the last to http://sse.example.com/21',
  });
});

it('redirects in a row in a circle are named', () => {
  expect(loopOf('/b', '/c', '/d').detail).toBe(
    'more than 20 redirects, in a loop: http://sse.example.com/d → http://sse.example.com/b → http://sse.example.com/c → http://sse.example.com/d',
  );
  expect(loopOf('/b').detail).toBe(
    'more than 20 redirects, in a loop: http://sse.example.com/b → http://sse.example.com/b',
  );
  expect(loopOf('/b', '/c', '/d', '/e', '/f', '/g').detail).toContain('→ 2 more →');
});

it.each(['301 Moved', '302 Found', '303 See Other', '307 Temporary', '308 Permanent'])(
  'a client that is redirected with %s opens where it was sent',
  async (status) => {
    const other = await serve(STREAM);
    const server = await serve(to(`http://127.0.0.1:${other.port}/there?q=1`, status));
    const rig = asking(server);
    rig.connect();
    await heard(rig);
    expect(other.requests[0]).toMatch(/^GET \/there\?q=1 HTTP\/1\.1\r\n/);
    expect(other.requests[0]).toContain(`\r\nHost: 127.0.0.1:${other.port}\r\n`);
    expect(other.requests[0]).toContain('\r\nAccept: text/event-stream\r\n');
    expect(rig.log.calls).toEqual(['0 connected', '0 connected', '0 open', '0 event']);
    await rig.until('the first server is left', () => server.sockets[0]?.destroyed === true);
  },
);

it(`a client that is redirected follows ${MAX_REDIRECTS} redirects`, async () => {
  const server = await serve(...Array.from({ length: MAX_REDIRECTS }, (_, n) => to(`/${n}`)), STREAM);
  const rig = asking(server);
  rig.connect();
  await heard(rig);
  expect(server.requests).toHaveLength(MAX_REDIRECTS + 1);
  expect(rig.log.losses).toEqual([]);
});

it('a client that is redirected for ever fails for good, after 20 of them', async () => {
  const server = await serve(
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
    to('/a'),
    to('/b'),
  );
  const rig = asking(server);
  rig.connect();
  await lost(rig);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'redirect-loop', wasOpen: false, state: 'closed' });
  expect(rig.log.losses[0]?.detail).toContain('in a loop');
  expect(server.requests).toHaveLength(MAX_REDIRECTS + 1);
  rig.pass(HOUR_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(MAX_REDIRECTS + 1);
});

it('a client that is redirected to where we do not follow fails for good, in one request', async () => {
  const server = await serve(to('file:///etc/passwd'));
  const rig = asking(server);
  rig.connect();
  await lost(rig);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'redirect-refused', state: 'closed' });
  rig.pass(HOUR_MS);
  await rig.quiet();
  expect(server.requests).toHaveLength(1);
});

it('a client that is redirected begins again at the original URL each time, with its Last-Event-ID on every hop', async () => {
  const other = await serve(`${OK}id: 7 €\ndata: a\n\n`, STREAM);
  const server = await serve(to(`http://127.0.0.1:${other.port}/`));
  const rig = asking(server);
  const client = rig.connect();
  await lost(rig);
  rig.pass(RETRY_MS + TICK_MS);
  await heard(rig, 2);
  expect([server.requests.length, other.requests.length]).toEqual([2, 2]);
  expect([server.lastEventId(0), other.lastEventId(0)]).toEqual([null, null]);
  expect([server.lastEventId(1), other.lastEventId(1)]).toEqual(['7 €', '7 €']);
  expect(client).toMatchObject({ attempts: 2, opened: 2, failures: 0, resumed: true });
});

it('a client that is redirected is told the end of the hop as of any other, and comes back to the original URL', async () => {
  const other = await serve((socket) => socket.resetAndDestroy());
  const server = await serve(to(`http://127.0.0.1:${other.port}/`), STREAM);
  const rig = asking(server);
  const client = rig.connect();
  await lost(rig);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'reset', wasOpen: false, state: 'waiting' });
  rig.pass(RETRY_MS + TICK_MS);
  await heard(rig);
  expect(client).toMatchObject({ hop: null, attempts: 2 });
});

it('a client that is redirected has the time for a head on each hop anew', async () => {
  const server = await serve(to('/b'), { text: '', after: 'open' });
  const rig = asking(server);
  const client = rig.connect();
  await rig.until('the second request', () => server.requests.length === 2 && client.state === 'requesting');
  rig.pass(HEADERS_TIMEOUT_MS - TICK_MS);
  expect(rig.log.losses).toEqual([]);
  rig.pass(TICK_MS);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'headers-timeout', state: 'waiting' });
});

it('a client that is redirected and stops in that moment is not heard of any more', async () => {
  const server = await serve(to('/b'), STREAM);
  const rig = asking(server);
  rig.log.react = (call, client) => {
    if (call === 'connected' && client.hop !== null) client.stop('rst');
  };
  const client = rig.connect();
  await rig.until('its end', () => client.state === 'closed');
  await rig.quiet();
  expect(rig.log.calls).toEqual(['0 connected', '0 connected']);
  expect(client).toMatchObject({ connection: null, wheelSlot: -1 });
});

it('a client that is redirected with a body on its redirect is not kept by it', async () => {
  const server = await serve(
    { text: `HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\ndata: not this\n\n${'x'.repeat(100_000)}`, after: 'open' },
    STREAM,
  );
  const rig = asking(server);
  rig.connect();
  await heard(rig);
  expect(rig.log.data()).toEqual(['there']);
});

const HEADERS = [
  ['Authorization', 'Bearer S3CRET'],
  ['Cookie', 'sid=S3CRET'],
  ['Proxy-Authorization', 'Basic S3CRET'],
  ['X-Api-Key', 'S3CRET'],
  ['X-Trace', 'kept'],
] as const;

it('what goes along with a redirected request to another origin is nothing secret, also with 307 and at each reconnect', async () => {
  const other = await serve(OK, STREAM);
  const server = await serve(to(`http://127.0.0.1:${other.port}/`, '307 Temporary'));
  const rig = asking(server, { headers: HEADERS });
  rig.connect();
  await lost(rig);
  rig.pass(RETRY_MS + TICK_MS);
  await heard(rig);
  expect(other.requests).toHaveLength(2);
  for (const request of other.requests) {
    expect(request).not.toContain('S3CRET');
    expect(request).toContain('\r\nX-Trace: kept\r\n');
  }
  for (const request of server.requests) expect(request.split('S3CRET')).toHaveLength(5);
});

it("what goes along with a redirected request to another origin is neither user info of the URL, nor the bearer token, nor a Host of one's own", async () => {
  const other = await serve(STREAM);
  const server = await serve(to(`http://127.0.0.1:${other.port}/`));
  const rig = asking(server, { userInfo: 'user:S3CRET@', headers: [['Host', 'virtual.example']] });
  rig.connect();
  await heard(rig);
  expect(server.requests[0]).toContain(`Basic ${Buffer.from('user:S3CRET').toString('base64')}`);
  expect(server.requests[0]).toContain('Host: virtual.example');
  expect(other.requests[0]).not.toMatch(/authorization|virtual/i);
});

it('what goes along with a redirected request to the same origin is everything', async () => {
  const server = await serve(to('/b'), STREAM);
  const rig = asking(server, { headers: HEADERS });
  rig.connect();
  await heard(rig);
  expect(server.requests[1]?.replace('/b', '/events')).toBe(server.requests[0]);
});

it('what goes along with a redirected request is no body when POST becomes GET, nor what describes one', async () => {
  const server = await serve(to('/b', '303 See Other'), STREAM);
  const rig = asking(server, {
    method: 'POST',
    body: '{"a":1}',
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Trace', 'kept'],
    ],
  });
  rig.connect();
  await heard(rig);
  expect(server.requests[0]).toMatch(/^POST .*\r\nContent-Length: 7\r\n.*\{"a":1\}$/s);
  expect(server.requests[1]).toMatch(/^GET \/b HTTP/);
  expect(server.requests[1]).not.toMatch(/content-|\{/i);
  expect(server.requests[1]).toContain('X-Trace: kept');
});

it('what goes along with a redirected request is the body, too, with 307 and 308', async () => {
  const server = await serve(to('/b', '308 Permanent'), to('/c', '307 Temporary'), STREAM);
  const rig = asking(server, { method: 'POST', body: '{"a":1}', headers: [['Content-Type', 'application/json']] });
  rig.connect();
  await heard(rig);
  for (const request of server.requests.slice(1))
    expect(request).toMatch(/^POST .*Content-Type: application\/json\r\n.*\{"a":1\}$/s);
});

it('the name in a Location is looked up once for a hundred clients', async () => {
  let lookups = 0;
  const other = await serve(STREAM);
  const server = await serve(to(`http://stream.example:${other.port}/`));
  const rig = asking(server, {
    hops: {
      lookup: async () => {
        lookups += 1;
        return { address: '127.0.0.1' };
      },
    },
  });
  for (let n = 0; n < 100; n++) rig.connect();
  await heard(rig, 100);
  expect(lookups).toBe(1);
  expect(other.requests[0]).toContain(`Host: stream.example:${other.port}`);
});

it('the name in a Location that cannot be resolved is looked up again when the client comes back', async () => {
  let lookups = 0;
  const other = await serve(STREAM);
  const server = await serve(to(`http://stream.example:${other.port}/`));
  const rig = asking(server, {
    hops: {
      lookup: async () => {
        lookups += 1;
        if (lookups === 1) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
        return { address: '127.0.0.1' };
      },
    },
  });
  rig.connect();
  await lost(rig);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'dns', detail: 'stream.example: ENOTFOUND', state: 'waiting' });
  rig.pass(RETRY_MS + TICK_MS);
  await heard(rig);
});

it("the name in a Location of the system's own resolver is a name like any other", async () => {
  const server = await serve(to('http://no-such-host.invalid/'));
  const rig = asking(server);
  rig.connect();
  await lost(rig);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'dns' });
});

it('the name in a Location may take as long as a connection may, and what comes later is not used', async () => {
  const found: ((answer: { address: string }) => void)[] = [];
  const other = await serve(STREAM);
  const server = await serve(to(`http://stream.example:${other.port}/`));
  const rig = asking(server, {
    hops: {
      lookup: () =>
        new Promise((resolve) => {
          found.push(resolve);
        }),
    },
  });
  const client = rig.connect();
  await rig.until('the redirect', () => client.hop !== null);
  rig.pass(CONNECT_TIMEOUT_MS);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'connect-timeout', state: 'waiting' });
  found[0]?.({ address: '127.0.0.1' });
  await rig.quiet();
  expect(other.requests).toEqual([]);
  expect(client).toMatchObject({ state: 'waiting', connection: null });
});

it('the name in a Location is of no interest to a client that has stopped meanwhile', async () => {
  const found: ((answer: { address: string }) => void)[] = [];
  const other = await serve(STREAM);
  const server = await serve(to(`http://stream.example:${other.port}/`));
  const rig = asking(server, {
    hops: {
      lookup: () =>
        new Promise((resolve) => {
          found.push(resolve);
        }),
    },
  });
  const client = rig.connect();
  await rig.until('the redirect', () => client.hop !== null);
  client.stop('fin');
  found[0]?.({ address: '127.0.0.1' });
  await rig.quiet();
  expect(other.requests).toEqual([]);
  expect(client).toMatchObject({ state: 'closed', connection: null, wheelSlot: -1 });
});

/** Whether a client that `from` sends there goes there; nobody is connected to. */
async function resolved(from: string, location: string, more: Partial<HopOptions> = {}): Promise<unknown> {
  const start = firstHop(new URL('http://sse.example.com/'), 'GET', from);
  const transport = new Http1Transport();
  const resolver = new HopResolver({ start, transport, openTransport: () => Promise.resolve(transport), ...more });
  const result = await resolver.resolve(hop(nextHop(start, head(302, location))));
  return 'open' in result ? 'followed' : result.cause;
}

it.each([
  ['127.0.0.1', 'http://127.0.0.2/', 'followed'],
  ['127.0.0.1', 'http://[::1]/', 'followed'],
  ['127.0.0.1', 'http://10.0.0.1/', 'followed'],
  ['127.0.0.1', 'http://1.1.1.1/', 'followed'],
  ['127.0.0.1', 'http://169.254.169.254/', 'redirect-refused'],
  ['10.0.0.1', 'http://192.168.0.1/', 'followed'],
  ['10.0.0.1', 'http://1.1.1.1/', 'followed'],
  ['10.0.0.1', 'http://127.0.0.1/', 'redirect-refused'],
  ['10.0.0.1', 'http://169.254.169.254/', 'redirect-refused'],
  ['169.254.1.1', 'http://169.254.1.2/', 'followed'],
  ['1.1.1.1', 'http://9.9.9.9/', 'followed'],
  ['1.1.1.1', 'http://10.0.0.1/', 'redirect-refused'],
  ['1.1.1.1', 'http://127.0.0.1/', 'redirect-refused'],
  ['1.1.1.1', 'http://0.0.0.0/', 'redirect-refused'],
  ['1.1.1.1', 'http://0x7f.1/', 'redirect-refused'],
  ['1.1.1.1', 'http://[::ffff:127.0.0.1]/', 'redirect-refused'],
  ['1.1.1.1', 'http://[fe80::1]/', 'redirect-refused'],
  ['1.1.1.1', 'http://169.254.169.254/latest/meta-data/', 'redirect-refused'],
])('a redirect across the border of a network from %s to %s is %s', async (from, location, outcome) => {
  expect(await resolved(from, location)).toBe(outcome);
});

it('a redirect across the border of a network is judged by the address that a name resolves to', async () => {
  expect(await resolved('1.1.1.1', 'http://innocent.example/', { lookup: toLoopback })).toBe('redirect-refused');
});

it('a redirect across the border of a network is judged at every hop by the one before', async () => {
  const start = firstHop(new URL('http://localhost/'), 'GET', '127.0.0.1');
  const transport = new Http1Transport();
  const resolver = new HopResolver({ start, transport, openTransport: () => Promise.resolve(transport) });
  const outside = hop(nextHop(start, head(302, 'http://1.1.1.1/')));
  expect(await resolver.resolve(outside)).toBe(transport);
  expect(await resolver.resolve(hop(nextHop(outside, head(302, 'http://127.0.0.1/'))))).toMatchObject({
    cause: 'redirect-refused',
  });
});

it('a redirect across the border of a network is not looked up where a proxy does that, and counts as public', async () => {
  const asked: string[] = [];
  const lookup = (host: string): Promise<{ address: string }> => {
    asked.push(host);
    return toLoopback();
  };
  const start = firstHop(new URL('http://sse.example.com/'), 'GET', 'sse.example.com');
  const transport = new Http1Transport();
  const scopes: string[] = [];
  const resolver = new HopResolver({
    start,
    transport,
    openTransport: () => Promise.resolve(transport),
    lookup,
    proxied: ({ hostname }) => hostname !== 'direct.example',
    refuses: (_url, scope) => {
      scopes.push(scope);
      return null;
    },
  });
  const named = hop(nextHop(start, head(302, 'http://other.example/')));
  expect(await resolver.resolve(named)).toBe(transport);
  expect([named.address, asked, scopes]).toEqual(['other.example', [], ['public']]);
  expect(await resolver.resolve(hop(nextHop(named, head(302, 'http://10.0.0.1/'))))).toMatchObject({
    cause: 'redirect-refused',
  });
  expect(await resolver.resolve(hop(nextHop(named, head(302, 'http://direct.example/'))))).toMatchObject({
    cause: 'redirect-refused',
  });
  expect(asked).toEqual(['direct.example']);
});

it('a redirect across the border of a network is refused with the reason where there is no way for it', async () => {
  const start = firstHop(new URL('http://127.0.0.1/'), 'GET', '127.0.0.1');
  const resolver = new HopResolver({
    start,
    transport: new Http1Transport(),
    openTransport: () => Promise.reject(new UsageError('no HTTP proxy')),
  });
  expect(await resolver.resolve(hop(nextHop(start, head(302, 'http://127.0.0.2/'))))).toEqual({
    cause: 'redirect-refused',
    detail: 'http://127.0.0.2/: no HTTP proxy',
  });
});

it('a redirect across the border of a network is refused where the caller has a rule against it', async () => {
  expect(
    await resolved('127.0.0.1', 'http://1.1.1.1/', { refuses: (url, scope) => `not ${url.host}, it is ${scope}` }),
  ).toBe('redirect-refused');
});

const authority = new Authority();
const { certificate: cert, key } = authority.issue({ name: 'stream.example', dnsNames: ['stream.example'] });

async function tlsServer(): Promise<number> {
  const server = createTlsServer({ cert, key }, (socket) => {
    socket.on('error', () => {});
    afterRequest(socket, () => socket.write(`${OK}data: secret\n\n`));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

it('a redirect to https is followed with the certificate held to the new name', async () => {
  const port = await tlsServer();
  const server = await serve(to(`https://stream.example:${port}/`));
  const names: string[] = [];
  const rig = asking(server, {
    hops: {
      lookup: toLoopback,
      openTransport: async ({ hostname: servername }) => {
        names.push(servername);
        return new Http1Transport({ tls: { servername, ca: authority.identity.certificate } });
      },
    },
  });
  for (let n = 0; n < 5; n++) rig.connect();
  await heard(rig, 5);
  expect(rig.log.data()).toEqual(Array.from({ length: 5 }).fill('secret'));
  expect(names).toEqual(['stream.example']);
});

it('a redirect to https that has no certificate for that name ends with tls', async () => {
  const port = await tlsServer();
  const server = await serve(to(`https://other.example:${port}/`));
  const rig = asking(server, {
    hops: {
      lookup: toLoopback,
      openTransport: async ({ hostname: servername }) =>
        new Http1Transport({ tls: { servername, ca: authority.identity.certificate } }),
    },
  });
  rig.connect();
  await lost(rig);
  expect(rig.log.losses[0]).toMatchObject({ cause: 'tls', wasOpen: false, state: 'waiting' });
});
