import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SseProbeError, UsageError } from '../../src/core/errors.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import type { FlagValues } from '../../src/options/resolve.ts';
import { PLAIN, type TransportSpec } from '../../src/reach/transport-spec.ts';
import type { Aim } from '../../src/soak/load/aim.ts';
import { shardPlan } from '../../src/soak/load/shard-plan.ts';
import { fromText, toText } from '../../src/workers/message-text.ts';
import { orderFrom } from '../../src/workers/order.ts';
import { checkSecrets, orderFor, secretsIn, type SentOrder } from '../../src/workers/sent-order.ts';
import { runs } from '../sse/recorder.ts';

const MIX = 'healthy=90,slow=5,stalled=5';

interface Asked {
  flags?: FlagValues;
  url?: string;
  transport?: Partial<TransportSpec>;
  bearer?: string | null;
}

function ordered({
  flags = {},
  url = 'http://127.0.0.1:8080/events',
  transport,
  bearer = null,
}: Asked = {}): SentOrder {
  const plan = loadSoakPlan({ flags: { url: [url], mix: MIX, ...flags } });
  const parsed = new URL(url);
  const aim: Aim = {
    url: parsed,
    address: '127.0.0.1',
    port: Number(parsed.port),
    local: false,
    fillBytes: 0,
    transport: { ...PLAIN, ...transport },
  };
  const slice = { index: 0, count: 3 };
  return orderFor(shardPlan(plan, { seed: 7, server: null, slice, vanishingNetwork: null }), aim, bearer, '0.1.0');
}

const RICH: Asked = {
  flags: {
    method: 'POST',
    header: ['X-Tenant: ümlaut', 'Accept: text/event-stream'],
    body: '{"stream":true}',
    until: 'event:done',
    seq: '/n',
    'confirm-target': ['example.org'],
    'max-line': '1MiB',
    'heartbeat-within': '20s',
    'evict-within': '30s',
    profile: 'sse',
  },
  transport: {
    kind: 'undici',
    wanted: null,
    trust: { insecure: true, ca: '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----' },
    proxies: { given: null, environment: { https_proxy: 'http://proxy:3128', NO_PROXY: 'localhost' } },
  },
  bearer: 'token',
};

it.each<[what: string, asked: Asked]>([
  ['a plain feed', {}],
  ['everything that an order can say', RICH],
])('the order of %s comes out at the worker as it was sent', (_what, asked) => {
  const order = ordered(asked);
  expect(orderFrom(fromText(toText(order)))).toStrictEqual(order);
});

it('an order holds the members of a load process and none of the files, variables and programs of a plan', () => {
  const { plan } = ordered({
    flags: {
      ca: '/etc/secret.pem',
      'bearer-env': 'TOKEN',
      report: ['json=/tmp/report.json'],
      threshold: ['latency_p99<1s'],
      proxy: 'http://user:password@proxy:3128',
      transport: 'undici',
    },
  });
  expect(Object.keys(plan).toSorted()).toEqual([
    'body',
    'churnPerSecond',
    'clients',
    'confirmedTargets',
    'connectTimeoutMs',
    'durationMs',
    'evictWithinMs',
    'headers',
    'headersTimeoutMs',
    'heartbeatWithinMs',
    'limits',
    'method',
    'mix',
    'pointers',
    'profile',
    'promisedEvictAfterMs',
    'promisedHeartbeatMs',
    'rampMs',
    'retryMs',
    'seed',
    'seqTrusted',
    'silenceOnly',
    'slice',
    'slowRateBytesPerSecond',
    'soFarEverySamples',
    'until',
    'vanishingNetwork',
  ]);
});

it('members that nobody knows are dropped, also where they are named like something that all objects have', () => {
  const order = ordered();
  const sent = JSON.parse(
    JSON.stringify(order)
      .replace('"plan":{', '"plan":{"caFile":"/etc/passwd","__proto__":{"polluted":1},"reports":[{"file":"/x"}],')
      .replace('"transport":{', '"transport":{"cert":"/etc/passwd","path":"/run/docker.sock",'),
  ) as unknown;
  const read = orderFrom(sent);
  expect(read).toStrictEqual(order);
  expect('polluted' in read.plan).toBe(false);
});

/** The order with another value at a path. */
function changed(path: string, value: unknown): unknown {
  const order = structuredClone(ordered({ flags: { until: 'event:done' } })) as unknown as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() as string;
  let place = order;
  for (const name of names) place = place[name] as Record<string, unknown>;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return order;
}

const LONG = 'x'.repeat(20_000_000);

it.each<[path: string, value: unknown, said: string]>([
  ['plan', undefined, 'plan is not of the type object'],
  ['plan.clients', undefined, 'plan.clients is not of the type number'],
  ['plan.clients', '1000', 'plan.clients is not of the type number'],
  ['plan.clients', 0, 'plan.clients is less than 1'],
  ['plan.clients', 1.5, 'plan.clients is not of the type int'],
  ['plan.clients', 10_000_001, 'plan.clients is more than 10000000'],
  ['plan.clients', Number.NaN, 'plan.clients is not of the type number'],
  ['plan.slice', { index: 3, count: 3 }, 'plan.slice.index is not one of its parts'],
  ['plan.slice', { index: 0, count: 0 }, 'plan.slice.count is less than 1'],
  ['plan.rampMs', Number.POSITIVE_INFINITY, 'plan.rampMs is not of the type number'],
  ['plan.durationMs', -1, 'plan.durationMs is less than 0'],
  ['plan.durationMs', 1e12, 'plan.durationMs is more than 2678400000'],
  ['plan.mix', { healthy: 1 }, 'plan.mix.slow is not of the type number'],
  ['plan.mix.vanished', 1, 'plan.mix.vanished must be 0: a worker has no route on which clients vanish'],
  ['plan.mix.healthy', 2e6, 'plan.mix.healthy is more than 1000000'],
  [
    'plan.mix',
    { healthy: 0, slow: 0, stalled: 0, vanished: 0, abrupt: 0, resuming: 0 },
    'plan.mix has no weight above 0',
  ],
  ['plan.churnPerSecond', 1e9, 'plan.churnPerSecond is more than 100000'],
  ['plan.seed', -1, 'plan.seed is less than 0'],
  ['plan.retryMs', 0, 'plan.retryMs is less than 1'],
  ['plan.connectTimeoutMs', 1e9, 'plan.connectTimeoutMs is more than 600000'],
  ['plan.confirmedTargets', Array.from({ length: 1001 }, () => 'a'), 'plan.confirmedTargets is longer than 1000'],
  ['plan.pointers.seq', 'seq', 'plan.pointers.seq has characters that are not allowed here'],
  ['plan.pointers.sent', `/${LONG}`, 'plan.pointers.sent is longer than 1024'],
  ['plan.limits', { maxLineBytes: 1e12 }, 'plan.limits.maxLineBytes is more than 268435456'],
  ['plan.method', 'GET / HTTP/1.1\r\nX: y', 'plan.method has characters that are not allowed here'],
  ['plan.headers', [['X', 'a\r\nHost: other']], 'plan.headers.0.1 has characters that are not allowed here'],
  ['plan.headers', [['X y', 'a']], 'plan.headers.0.0 has characters that are not allowed here'],
  ['plan.headers', [['X']], 'plan.headers.0 is shorter than 2'],
  ['plan.headers', Array.from({ length: 201 }, () => ['X', 'y']), 'plan.headers is longer than 200'],
  ['plan.headers', [['X', LONG]], 'plan.headers.0.1 is longer than 8192'],
  ['plan.body', LONG, 'plan.body is longer than 16777216'],
  ['plan.vanishingNetwork', '127.66.3.16', 'plan.vanishingNetwork is not of the type null'],
  ['plan.profile', 'graphql', 'plan.profile is none of sse, openai, mcp'],
  ['plan.until', { kind: 'file', path: '/etc/passwd' }, 'plan.until.kind is of no known kind'],
  ['plan.heartbeatWithinMs', '5s', 'plan.heartbeatWithinMs is not of the type number'],
  ['aim.url', 'file:///etc/passwd', 'aim.url is not a URL of http:// or https://'],
  ['aim.url', 'unix:/run/docker.sock', 'aim.url is not a URL of http:// or https://'],
  ['aim.url', 'http://127.0.0.1:0/', 'aim.url is not a URL of http:// or https://'],
  ['aim.url', '/events', 'aim.url is not a URL of http:// or https://'],
  ['aim.url', 'http://127.0.0.1:9090/', 'aim.port is not that of the URL'],
  ['aim.url', 'https://127.0.0.1:8080/', 'aim.transport.tls does not fit the scheme of the URL'],
  ['aim.address', '/run/docker.sock', 'aim.address is neither an IP address nor the host of the URL'],
  ['aim.address', '', 'aim.address is shorter than 1'],
  ['aim.port', 0, 'aim.port is less than 1'],
  ['aim.port', 70_000, 'aim.port is more than 65535'],
  ['aim.fillBytes', 1e15, 'aim.fillBytes is more than 1073741824'],
  ['aim.transport.kind', 'shell', 'aim.transport.kind is none of wire, undici, leanest'],
  ['aim.transport.tls', { ca: 'x' }, 'aim.transport.tls.servername is not of the type string'],
  ['aim.transport.trust', { ca: ['/etc/passwd'] }, 'aim.transport.trust.ca is not of the type string'],
  ['aim.transport.proxy', 'socks5://127.0.0.1', 'aim.transport.proxy is not a URL that begins with http://'],
  [
    'aim.transport.proxies.environment',
    { NODE_OPTIONS: '--require=/tmp/x' },
    'aim.transport.proxies.environment.NODE_OPTIONS has a name that is not allowed here',
  ],
  ['aim.transport.streamsPerConnection', 0, 'aim.transport.streamsPerConnection is less than 1'],
  ['bearer', 7, 'bearer is not of the type string'],
  ['bearer', 'a\nb', 'bearer has characters that are not allowed here'],
  ['version', '0.1.0\r\nX: y', 'version has characters that are not allowed here'],
])('an order with another %s is refused (%#)', (path, value, said) => {
  expect(() => orderFrom(changed(path, value))).toThrow(UsageError);
  expect(() => orderFrom(changed(path, value))).toThrow(`the order for this worker cannot be used: ${said}`);
});

it.each([null, undefined, 'text', 7, [], [[]], new Map()])('what is no order is refused: %j', (value) => {
  expect(() => orderFrom(value)).toThrow(UsageError);
});

it('an order that says anything at any place is read or refused, and never a crash', () => {
  const paths = pathsIn(ordered(RICH));
  expect(paths.length).toBeGreaterThan(40);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.anything({ withNullPrototype: true }), (path, value) => {
      expect(refusal(() => orderFrom(changed(path, value)))).toSatisfy(isExpected);
    }),
    runs(500),
  );
});

/** What it throws; null where it throws nothing. */
function refusal(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

function isExpected(error: unknown): boolean {
  return error === null || error instanceof SseProbeError;
}

/** Every member, as in `plan.slice.index`, of what `changed` changes. */
function pathsIn(value: unknown, before = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    before.startsWith('aim.transport')
      ? [`${before}${name}`]
      : [`${before}${name}`, ...pathsIn(inner, `${before}${name}.`)],
  );
}

it('vanished clients are refused before an order is written, since no worker has their route', () => {
  expect(() => ordered({ flags: { mix: 'healthy=1,vanished=1' } })).toThrow('cannot be spread over workers');
});

it('a key that stands beside the certificates of a CA file does not travel', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----';
  const ca = `-----BEGIN PRIVATE KEY-----\nBB==\n-----END PRIVATE KEY-----\n${certificate}\n# note\n${certificate}\n`;
  const { transport } = ordered({ transport: { trust: { ca }, tls: { servername: 'a', ca, insecure: true } } }).aim;
  expect(transport.trust).toEqual({ ca: `${certificate}\n${certificate}` });
  expect(transport.tls).toEqual({ servername: 'a', insecure: true, ca: `${certificate}\n${certificate}` });
});

const proxied = { given: null, environment: { HTTPS_PROXY: 'http://user:hunter2@proxy:3128' } };

it.each<[what: string, asked: Asked, secrets: string[]]>([
  ['nothing', {}, []],
  ['plain headers', { flags: { header: ['Accept-Language: de', 'X-Tenant: 7', 'Last-Event-ID: 12'] } }, []],
  ['Authorization', { flags: { header: ['authorization: Basic abc'] } }, ['the header authorization']],
  ['a cookie', { flags: { header: ['Cookie: a=b', 'X-Tenant: 7'] } }, ['the header Cookie']],
  [
    'a key in a header',
    { flags: { header: ['X-Api-Key: 1', 'X-Auth: 2'] } },
    ['the header X-Api-Key', 'the header X-Auth'],
  ],
  ['a header sent twice', { flags: { header: ['Cookie: a=b', 'Cookie: c=d'] } }, ['the header Cookie']],
  ['a token under another name', { flags: { header: ['X-Tenant: ghp_0123456789abcdef'] } }, ['the header X-Tenant']],
  ['a bearer token', { bearer: 'x' }, ['the bearer token']],
  ['user info', { url: 'http://user:hunter2@127.0.0.1:8080/' }, ['the user info of the URL']],
  ['a user alone', { url: 'http://sk-token@127.0.0.1:8080/' }, ['the user info of the URL']],
  [
    'a token in the query',
    { url: 'http://127.0.0.1:8080/?topic=a&access_token=b' },
    ['the parameter access_token of the URL'],
  ],
  ['an empty token in the query', { url: 'http://127.0.0.1:8080/?token=' }, []],
  ['a token in the path', { url: 'http://127.0.0.1:8080/ghp_0123456789abcdef' }, ['a token in the URL']],
  ['a plain query', { url: 'http://127.0.0.1:8080/?topic=a&max_tokens=7' }, []],
  [
    'a proxy with a password',
    { transport: { proxy: 'http://user:hunter2@proxy:3128' } },
    ['the password of the proxy'],
  ],
  [
    'a proxy that was given',
    { transport: { proxies: { given: 'http://u:p@proxy', environment: {} } } },
    ['the password of the proxy'],
  ],
  ['a proxy of the environment', { transport: { proxies: proxied } }, ['the password of the proxy']],
  ['a proxy without a password', { transport: { proxy: 'http://proxy:3128' } }, []],
  ['a body', { flags: { body: '{"stream":true,"max_tokens":7,"key":""}' } }, []],
  ['a body with a password', { flags: { body: '{"user":"a","password":"b"}' } }, ['the body of the request']],
  ['a body with a number', { flags: { body: '{"login":[{"pin":1234}]}' } }, ['the body of the request']],
  ['a form with a password', { flags: { body: 'user=a&password=hunter2' } }, ['the body of the request']],
])('the secrets of an order with %s are named', (_what, asked, secrets) => {
  const order = ordered(asked);
  expect(secretsIn(order)).toEqual(secrets);
  expect(() => checkSecrets(order, true)).not.toThrow();
  expect(refusal(() => checkSecrets(order, false)) instanceof UsageError).toBe(secrets.length > 0);
});

it('a secret is not sent without a key, and the refusal says what to do and not what the secret is', () => {
  const hint = expect.stringContaining('Set SSE_PROBE_KEY to the same random value') as unknown;
  const one = ordered({ flags: { header: ['Authorization: Basic aHVudGVyMg=='] } });
  expect(() => checkSecrets(one, false)).toThrow(
    expect.objectContaining({
      message: 'the header Authorization is a secret and would stand in Redis as it is',
      hint,
    }),
  );
  const more = ordered({
    flags: { header: ['Cookie: a=hunter2'] },
    url: 'http://u:p@127.0.0.1:8080/',
    bearer: 'hunter2',
  });
  expect(() => checkSecrets(more, false)).toThrow(
    expect.objectContaining({
      message:
        'the header Cookie, the bearer token and the user info of the URL are secrets and would stand in Redis as they are',
      hint,
    }),
  );
});
