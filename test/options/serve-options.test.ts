import { expect, it } from 'vitest';
import { loadServePlan } from '../../src/options/serve-options.ts';
import { complaintOf } from './scenario-file.ts';

it('the plan of a server has the defaults of the contract when nothing is given, and is frozen', () => {
  const plan = loadServePlan({ flags: {} });
  expect(plan).toEqual({
    host: '127.0.0.1',
    port: 8787,
    path: '/events',
    heartbeatMs: 15_000,
    heartbeatKind: 'comment',
    evictAfterMs: 90_000,
    maxQueueBytes: 262_144,
    overflow: 'evict',
    maxClients: 10_000,
    ratePerSecond: 1,
    eventSizeBytes: 128,
    replayEvents: 1000,
    retryMs: 2000,
    graceMs: 5000,
    faults: [],
    maxFillBytes: 0,
    maxAgeMs: null,
    tlsCert: null,
    tlsKey: null,
    http2: false,
    publishToken: null,
    publishTokenEnv: null,
    replayBytes: 16_777_216,
    allowedHosts: [],
    corsOrigins: [],
  });
  expect(Object.isFrozen(plan) && Object.isFrozen(plan.faults)).toBe(true);
});

it('the plan of a server takes every flag', () => {
  expect(
    loadServePlan({
      flags: {
        host: '::1',
        port: '0',
        path: '/a/b',
        heartbeat: '1s',
        'heartbeat-kind': 'none',
        'evict-after': '5s',
        'max-queue': '64KiB',
        overflow: 'drop-oldest',
        'max-clients': '5',
        rate: '0/s',
        'event-size': '1KB',
        replay: '0',
        'replay-bytes': '64KiB',
        retry: '500ms',
        grace: '0s',
        'max-fill': '1MiB',
        'max-age': '1h',
        'tls-cert': 'c.pem',
        'tls-key': 'k.pem',
        http2: true,
        'publish-token': 'abc.~+/-_1=',
        'allow-host': ['sse.example.com'],
        cors: ['https://app.example.com', 'HTTPS://Other.Example:443/'],
      },
    }),
  ).toEqual({
    host: '::1',
    port: 0,
    path: '/a/b',
    heartbeatMs: 1000,
    heartbeatKind: 'none',
    evictAfterMs: 5000,
    maxQueueBytes: 65_536,
    overflow: 'drop-oldest',
    maxClients: 5,
    ratePerSecond: 0,
    eventSizeBytes: 1000,
    replayEvents: 0,
    retryMs: 500,
    graceMs: 0,
    faults: [],
    maxFillBytes: 1_048_576,
    maxAgeMs: 3_600_000,
    tlsCert: 'c.pem',
    tlsKey: 'k.pem',
    http2: true,
    publishToken: 'abc.~+/-_1=',
    publishTokenEnv: null,
    replayBytes: 65_536,
    allowedHosts: ['sse.example.com'],
    corsOrigins: ['https://app.example.com', 'https://other.example'],
  });
});

it.each<[string, Record<string, string | boolean | string[]>, RegExp]>([
  ['a heartbeat of nothing', { heartbeat: '0s' }, /^--heartbeat: "0s" is too small; the least is 10ms$/],
  ['a queue without a unit', { 'max-queue': '262144' }, /^--max-queue: "262144" has no unit; add B, KiB/],
  ['a rate without a unit', { rate: '10' }, /^--rate: "10" has no unit; add \/s/],
  ['an absurd rate', { rate: '1000000/s' }, /^--rate: "1000000\/s" is too large; the most is 100000\/s$/],
  ['a fault that cannot be a name', { fault: ['../naive'] }, /^--fault: "\.\.\/naive" is not the name of a fault/],
  ['a path with a query', { path: '/events?x' }, /^--path: "\/events\?x" is not a path/],
  ['a path under an endpoint', { path: '/clients/1' }, /^--path: "\/clients\/1" is one of the server's own endpoints/],
  [
    'a path of the dashboard',
    { path: '/dashboard/events' },
    /^--path: "\/dashboard\/events" is one of the server's own endpoints/,
  ],
  ['a certificate without its key', { 'tls-cert': 'c.pem' }, /^--tls-cert: needs --tls-key too$/],
  ['a key without its certificate', { 'tls-key': 'k.pem' }, /^--tls-key: needs --tls-cert too$/],
  ['HTTP/2 without TLS', { http2: true }, /^--http2: needs --tls-cert and --tls-key/],
  [
    'a defect over HTTP/2',
    { http2: true, 'tls-cert': 'c', 'tls-key': 'k', fault: ['naive'] },
    /^--http2: cannot be combined with --fault/,
  ],
  ['an unknown flag', { 'publish-key': 'x' }, /^--publish-key: unknown flag/],
  [
    'a token that no header carries, without repeating it',
    { 'publish-token': 'my secret' },
    /^--publish-token: is not a bearer token: letters, digits and -\._~\+\/ with = at the end$/,
  ],
  [
    'a token given twice',
    { 'publish-token': 'abc', 'publish-token-env': 'TOKEN' },
    /^--publish-token-env: cannot be combined with --publish-token$/,
  ],
  [
    'a token where its variable is asked for',
    { 'publish-token-env': 'abc-def' },
    /^--publish-token-env: takes the name of an environment variable that holds the token, not the token$/,
  ],
  ['any origin at all', { cors: ['*'] }, /^--cors: "\*" is not an origin; name each/],
  ['the origin of nobody', { cors: ['null'] }, /^--cors: "null" is not an origin;/],
  [
    'an origin with a path',
    { cors: ['https://a.example/x'] },
    /^--cors: "https:\/\/a\.example\/x" is not an origin such as/,
  ],
  ['an origin without a scheme', { cors: ['a.example'] }, /^--cors: "a\.example" is not an origin/],
  [
    'an allowed host with a port',
    { 'allow-host': ['a.example:80'] },
    /^--allow-host: "a\.example:80" is not a host name/,
  ],
])('the plan of a server refuses %s', (_, flags, complaint) => {
  expect(complaintOf(() => loadServePlan({ flags }))).toMatch(complaint);
});
