import { DEFAULT_MAX_EVENT_BYTES, DEFAULT_MAX_LINE_BYTES } from '../../src/sse/handlers.ts';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { entriesOf } from '../../src/options/given-object.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { complaintOf, complaintOrNull, scenarioFiles } from './scenario-file.ts';

const { scenarioFile } = scenarioFiles();

function checkThreshold(expression: string): void {
  parseThreshold(expression);
}

function thresholdsOf(yaml: string): readonly string[] {
  return loadSoakPlan({ flags: {}, file: scenarioFile(yaml), checkThreshold }).thresholds;
}

function complaintOfStdin(text: string): string {
  return complaintOf(() => loadSoakPlan({ file: '-', stdin: Buffer.from(text) }));
}

it('the plan of a soak has the defaults of the contract when nothing is given', () => {
  expect(loadSoakPlan({ flags: {} })).toEqual({
    urls: [],
    processes: null,
    redis: null,
    redisEnv: null,
    shards: null,
    waitForWorkersMs: 30_000,
    serverProcesses: null,
    incidents: [],
    allowDegraded: false,
    transport: 'wire',
    streamsPerConnection: 100,
    insecure: false,
    caFile: null,
    proxy: null,
    confirmedTargets: [],
    profile: 'sse',
    method: 'GET',
    headers: [],
    body: null,
    bearerEnv: null,
    waitMs: 0,
    connectTimeoutMs: 10_000,
    headersTimeoutMs: 10_000,
    serverArgs: [],
    faults: [],
    clients: 1000,
    rampMs: 5000,
    durationMs: 30_000,
    settleMs: 10_000,
    mix: { healthy: 94, slow: 2, stalled: 2, vanished: 0, abrupt: 1, resuming: 1 },
    slowRateBytesPerSecond: 256,
    churnPerSecond: 0,
    retryMs: 3000,
    seed: null,
    seqPointer: 'auto',
    sentAtPointer: 'auto',
    maxLineBytes: DEFAULT_MAX_LINE_BYTES,
    maxEventBytes: DEFAULT_MAX_EVENT_BYTES,
    heartbeatWithinMs: null,
    evictWithinMs: null,
    until: null,
    serverPid: null,
    serverMetrics: null,
    serverClients: null,
    thresholds: [],
    failOn: [],
    ignore: [],
    dryRun: false,
    reports: [],
    json: false,
    metrics: null,
    ui: false,
    quiet: false,
    noColor: false,
    noBuffer: false,
  });
});

it('the plan of a soak takes a flag before the file and the file before the default', () => {
  const file = scenarioFile('clients: 20\nramp: 1s\n');
  const plan = loadSoakPlan({ file, flags: { clients: '30' } });
  expect([plan.clients, plan.rampMs, plan.durationMs]).toEqual([30, 1000, 30_000]);
});

it('the plan of a soak says the same by every key of a file and by every flag', () => {
  const byFile = loadSoakPlan({
    flags: {},
    file: scenarioFile(`
url: http://127.0.0.1:3000/events
method: POST
header: ["X-One: 1", "X-Two: a: b"]
body: '{"stream":true}'
bearer-env: TOKEN
connect-timeout: 1s
headers-timeout: 2s
clients: 7
ramp: 0s
duration: 1s
settle: 0s
mix: { healthy: 1, slow: 0.5 }
slow-rate: 1KiB/s
churn: 6/m
retry: 1s
seed: 42
seq: /a~1b/0
sent-at: /t
heartbeat-within: 5s
evict-within: 1m
until: event:done
threshold:
  - latency.p99<250ms
fail-on: [no-event-ids]
ignore: [late-headers]
report: [json=out.json]
json: true
quiet: true
no-color: true
`),
  });
  const byFlags = loadSoakPlan({
    flags: {
      url: 'http://127.0.0.1:3000/events',
      method: 'POST',
      header: ['X-One: 1', 'X-Two: a: b'],
      body: '{"stream":true}',
      'bearer-env': 'TOKEN',
      'connect-timeout': '1s',
      'headers-timeout': '2s',
      clients: '7',
      ramp: '0s',
      duration: '1s',
      settle: '0s',
      mix: 'healthy=1,slow=0.5',
      'slow-rate': '1KiB/s',
      churn: '6/m',
      retry: '1s',
      seed: '42',
      seq: '/a~1b/0',
      'sent-at': '/t',
      'heartbeat-within': '5s',
      'evict-within': '1m',
      until: 'event:done',
      threshold: ['latency.p99<250ms'],
      'fail-on': ['no-event-ids'],
      ignore: ['late-headers'],
      report: ['json=out.json'],
      json: true,
      quiet: true,
      'no-color': true,
    },
  });
  expect(byFile).toEqual(byFlags);
  expect(byFile).toMatchObject({
    headers: [
      ['X-One', '1'],
      ['X-Two', 'a: b'],
      ['Content-Type', 'application/json'],
    ],
    churnPerSecond: 0.1,
    until: { kind: 'event-name', name: 'done' },
    slowRateBytesPerSecond: 1024,
    mix: { healthy: 1, slow: 0.5, stalled: 0 },
    reports: [{ format: 'json', file: 'out.json' }],
    noColor: true,
  });
});

it('the plan of a soak takes a threshold as one text or as a map of its parts, in a list or alone', () => {
  expect(
    thresholdsOf(`
threshold:
  - events.lost==0
  - { expression: latency.p99<250ms, abortOnFail: true, delay: 10s }
  - expression: clients.dropped==0
    abortOnFail: true
  - { expression: latency.p50<1s, abortOnFail: false }
  - latency.p90<1s abort after 5s
`),
  ).toEqual([
    'events.lost==0',
    'latency.p99<250ms abort after 10s',
    'clients.dropped==0 abort',
    'latency.p50<1s',
    'latency.p90<1s abort after 5s',
  ]);
  expect(thresholdsOf('threshold: { expression: events.lost==0, abortOnFail: true }\n')).toEqual([
    'events.lost==0 abort',
  ]);
  expect(thresholdsOf('threshold: events.lost==0 abort\n')).toEqual(
    loadSoakPlan({ flags: { threshold: ['events.lost==0 abort'] } }).thresholds,
  );
});

it.each([
  [
    '  - { expresion: events.lost==0 }',
    'FILE:2:5: threshold: unknown key "expresion"; write { expression: latency.p99<250ms, abortOnFail: true, delay: 10s }',
  ],
  [
    '  - { abortOnFail: true }',
    'FILE:2:5: threshold: has no expression; write { expression: latency.p99<250ms, abortOnFail: true, delay: 10s }',
  ],
  ['  - { expression: events.lost==0, delay: 10s }', 'FILE:2:5: threshold: a delay needs abortOnFail: true'],
  ['  - { expression: events.lost==0, abortOnFail: yes }', 'FILE:2:5: threshold: "yes" is neither true nor false'],
  [
    '  - { expression: events.lost==0, abortOnFail: true, delay: 10 }',
    'FILE:2:5: threshold: "10" has no unit; add ms, s, m or h (for example 250ms, 15s, 2m)',
  ],
  ['  - { expression: events.lost==0, expression: x }', 'FILE:2:35: threshold: "expression" is given twice'],
  ['  - { expression: [a] }', 'FILE:2:19: threshold: "expression" takes one value'],
  [
    '  - events.lost==0\n  - latency.p99<1s abort after soon',
    'FILE:3:5: threshold: "soon" is not a duration; write it like 250ms, 15s, 2m',
  ],
  [
    '  - { expression: latenzy.p99<1s, abortOnFail: true }',
    'FILE:2:5: threshold: "latenzy.p99" is not a metric; did you mean "latency.p99"?',
  ],
  [
    '  - { expression: server.clients.leaked==0, abortOnFail: true }',
    'FILE:2:5: threshold: server.clients.leaked is known only after the run, so it cannot end the run',
  ],
])('the plan of a soak refuses a threshold like %s and says where', (yaml, complaint) => {
  const file = scenarioFile(`threshold:\n${yaml}\n`);
  expect(complaintOf(() => loadSoakPlan({ file, flags: {}, checkThreshold }), file)).toBe(complaint);
});

it('the plan of a soak has the list of the command line in the place of the list of the file, and that of a program too', () => {
  const file = scenarioFile('threshold: [events.lost==0, latency.p99<1s]\nheader: ["A: 1"]\nignore: [idle-cut]\n');
  const flags = { threshold: ['clients.dropped==0'], header: ['B: 2', 'C: 3'] };
  const wanted = {
    thresholds: ['clients.dropped==0'],
    headers: [
      ['B', '2'],
      ['C', '3'],
    ],
    ignore: ['idle-cut'],
  };
  expect(loadSoakPlan({ file, flags })).toMatchObject(wanted);
  expect(loadSoakPlan({ file, entries: entriesOf('soak()', flags) })).toMatchObject(wanted);
});

it('the plan of a soak leaves out what a file says of a server of its own where a URL is given beside the file, and names it', () => {
  const file = scenarioFile('server-arg: [--heartbeat=1s]\nclients: 5\nfault: naive\nserver-processes: 2\n');
  const leftOut: string[] = [];
  const onLeftOut = (keys: readonly string[]): void => void leftOut.push(...keys);
  const url = 'http://127.0.0.1:3000/events';
  const wanted = { urls: [url], serverArgs: [], faults: [], serverProcesses: null, clients: 5 };
  expect(loadSoakPlan({ file, flags: { url: [url] }, onLeftOut })).toMatchObject(wanted);
  expect(leftOut).toEqual(['server-arg', 'fault', 'server-processes']);
  expect(loadSoakPlan({ file, entries: entriesOf('soak()', { url }) })).toMatchObject(wanted);
  expect(loadSoakPlan({ file, onLeftOut }).faults).toEqual(['naive']);
  expect(leftOut).toHaveLength(3);
});

it.each([
  ['a wrong value of a key that is left out', 'server-arg: [5s]\n', {}, 'FILE:1:14: server-arg: "5s" is not'],
  ['a flag for a server of its own', 'clients: 5\n', { fault: ['naive'] }, '--fault: applies to the built-in server,'],
  [
    'a file that names a URL and a server of its own',
    'url: http://127.0.0.1:1/\nfault: naive\n',
    {},
    'FILE:2:8: fault: applies to the built-in server,',
  ],
])('the plan of a soak with --url refuses %s', (_, yaml, flags, complaint) => {
  const file = scenarioFile(yaml);
  expect(complaintOf(() => loadSoakPlan({ file, flags: { url: ['http://127.0.0.1:2/'], ...flags } }), file)).toContain(
    complaint,
  );
});

it('the plan of a soak is read from stdin where the file is "-", and complaints call it so', () => {
  const stdin = Buffer.from('clients: 7\nramp: 1s\n');
  expect(loadSoakPlan({ file: '-', stdin })).toMatchObject({ clients: 7, rampMs: 1000 });
  expect(complaintOfStdin('clients: 7\n\nramp: 5\n')).toMatch(/^<stdin>:3:7: ramp: "5" has no unit/);
  expect(complaintOfStdin('clients: [\n')).toMatch(/^<stdin>:\d+:\d+: is not YAML/);
  expect(complaintOfStdin('a\0')).toMatch(/^<stdin>:1:2: contains a NUL byte;/);
});

it('the plan of a soak is frozen to the bottom', () => {
  const plan = loadSoakPlan({ flags: { header: ['A: b'], report: ['json=x'] } });
  const inner: unknown[] = [
    plan,
    plan.mix,
    plan.headers,
    plan.headers[0],
    plan.reports,
    plan.reports[0],
    plan.thresholds,
  ];
  expect(inner.every((value) => Object.isFrozen(value))).toBe(true);
});

it('the plan of a soak replaces the mix wholly by the one that is given', () => {
  const none = { healthy: 0, slow: 0, stalled: 0, vanished: 0, abrupt: 0, resuming: 0 };
  expect(loadSoakPlan({ flags: { mix: 'stalled=3' } }).mix).toEqual({ ...none, stalled: 3 });
  expect(loadSoakPlan({ flags: {}, file: scenarioFile('mix:\n  resuming: 1\n') }).mix).toEqual({
    ...none,
    resuming: 1,
  });
});

it('the plan of a soak takes an empty file, a byte order mark, CRLF, comments and a document start for what they are', () => {
  expect(loadSoakPlan({ flags: {}, file: scenarioFile('') }).clients).toBe(1000);
  expect(loadSoakPlan({ flags: {}, file: scenarioFile('# nothing\n') }).clients).toBe(1000);
  expect(
    loadSoakPlan({ flags: {}, file: scenarioFile('\ufeff---\r\n# five\r\nclients: 5\r\nramp: "1s"\r\n') }),
  ).toMatchObject({ clients: 5, rampMs: 1000 });
});

it.each<[string, Record<string, string | string[]>, RegExp]>([
  [
    'a number without a unit',
    { ramp: '5' },
    /^--ramp: "5" has no unit; add ms, s, m or h \(for example 250ms, 15s, 2m\)$/,
  ],
  ['a negative duration', { ramp: '-5s' }, /^--ramp: "-5s" is negative/],
  ['an absurd duration', { duration: '9999999h' }, /^--duration: "9999999h" is too large; the most is 31d$/],
  ['too short a duration', { duration: '10ms' }, /^--duration: "10ms" is too small; the least is 1s$/],
  ['a billion clients', { clients: '1000000000' }, /^--clients: "1000000000" is too large; the most is 10000000$/],
  ['no clients', { clients: '0' }, /^--clients: "0" is too small; the least is 1$/],
  ['minus one client', { clients: '-1' }, /^--clients: "-1" is negative/],
  ['half a client', { clients: '1.5' }, /^--clients: "1\.5" is not a whole number/],
  ['an octal number', { clients: '012' }, /^--clients: "012" has a leading zero/],
  ['NaN clients', { clients: 'NaN' }, /^--clients: "NaN" is not a whole number/],
  ['a rate of a size', { 'slow-rate': '256B' }, /^--slow-rate: "256B" is not a rate in bytes/],
  ['a ramp longer than the duration', { ramp: '2m' }, /^--ramp: a ramp of 2m is longer than the duration of 30s$/],
  ['a mix of nothing', { mix: 'healthy=0' }, /^--mix: all weights are 0/],
  [
    'an unknown kind of client',
    { mix: 'helthy=1' },
    /^--mix: "helthy" is not a kind of client; did you mean "healthy"\?$/,
  ],
  ['a kind of client given twice', { mix: 'slow=1,slow=2' }, /^--mix: slow is given twice$/],
  ['a negative weight', { mix: 'slow=-1' }, /^--mix: slow: "-1" is not a weight/],
  ['a mix without weights', { mix: 'healthy' }, /^--mix: "healthy" is not KIND=WEIGHT/],
  ['a prototype key as a kind', { mix: '__proto__=1' }, /^--mix: "__proto__" is not a kind of client/],
  ['a URL that is none', { url: 'http://this is invalid/' }, /^--url: "http:\/\/this is invalid\/" is not a URL/],
  ['one word as a URL', { url: 'events' }, /^--url: "events" is not a URL/],
  ['another scheme', { url: 'ftp://example.test/' }, /^--url: "ftp:\/\/example\.test\/" begins with "ftp:"/],
  ['port 0', { url: 'http://127.0.0.1:0/' }, /^--url: "http:\/\/127\.0\.0\.1:0\/" has port 0/],
  ['a port that does not exist', { url: 'localhost:99999' }, /^--url: "localhost:99999" is not a URL/],
  ['a header without a colon', { header: ['X'] }, /^--header: the value is not "Name: value"$/],
  ['a header that splits', { header: ['X: a\r\nY: b'] }, /^--header: the value of X contains a control character$/],
  ['a header name with a space', { header: ['X Y: a'] }, /^--header: "X Y" is not a header name/],
  ['a pointer without its slash', { seq: 'seq' }, /^--seq: "seq" is not a JSON pointer such as \/seq/],
  [
    'an unknown finding',
    { ignore: ['client-droped'] },
    /^--ignore: "client-droped" is not known; did you mean "client-dropped"\?$/,
  ],
  ['a report format that does not exist', { report: ['pdf=x.pdf'] }, /^--report: "pdf" is none of json, /],
  ['a report without a file', { report: ['json='] }, /^--report: "json=" has no file name/],
  [
    'two reports to one file',
    { report: ['json=a', 'json=a'] },
    /^--report: two reports have the same target: the same file$/,
  ],
  [
    'an unknown server flag',
    { 'server-arg': ['--evict=5s'] },
    /^--server-arg: --evict is not a flag of "sse-probe serve"$/,
  ],
  ['a mistyped server flag', { 'server-arg': ['--heartbeet=5s'] }, /did you mean --heartbeat\?$/],
  [
    'a server flag without a unit',
    { 'server-arg': ['--evict-after=5'] },
    /^--server-arg: --evict-after: "5" has no unit/,
  ],
  ['a server argument that is no flag', { 'server-arg': ['5s'] }, /^--server-arg: "5s" is not --flag=value/],
  [
    'a server argument without its sign',
    { 'server-arg': ['--evict-after 5s'] },
    /^--server-arg: --evict-after is not --/,
  ],
  ['a token in the place of one', { 'server-arg': ['my-S3CRET'] }, /^--server-arg: is not --flag=value/],
  [
    'a token behind its flag',
    { 'server-arg': ['--publish-token S3CRET'] },
    /^--server-arg: --publish-token is not [^S]*$/,
  ],
  [
    'a fault for a remote server',
    { url: 'http://127.0.0.1:1/', fault: ['naive'] },
    /^--fault: applies to the built-in server/,
  ],
  [
    'server flags for a remote server',
    { url: 'http://127.0.0.1:1/', 'server-arg': ['--retry=1s'] },
    /^--server-arg: applies to the built-in server,/,
  ],
  [
    'server processes for a remote server',
    { url: 'http://127.0.0.1:1/', 'server-processes': '2' },
    /^--server-processes: applies to the built-in server, but/,
  ],
  ['a body with GET', { body: 'x', method: 'GET' }, /^--body: a GET request has no body/],
  [
    'a body that curl would read from a file',
    { body: '@body.json' },
    /^--body: "@body\.json" is curl's syntax for a file,/,
  ],
  [
    'a method in small letters',
    { method: 'post' },
    /^--method: "post" must be written "POST": methods are case-sensitive/,
  ],
  ['a method that is none', { method: 'GET /' }, /^--method: "GET \/" is not a method/],
  ['a method without a body', { method: 'HEAD' }, /^--method: "HEAD" cannot open a stream: its answer has no body/],
  [
    'a token beside a header with one',
    { 'bearer-env': 'T', header: ['authorization: x'] },
    /^--bearer-env: a bearer token and an Authorization header/,
  ],
  [
    'a finding to fail on and to ignore',
    { ignore: ['idle-cut'], 'fail-on': ['idle-cut'] },
    /^--ignore: idle-cut is also among/,
  ],
  ['an unknown flag', { clientz: '1' }, /^--clientz: unknown flag; did you mean --clients\?$/],
  [
    'a hundred and one headers',
    { header: Array.from({ length: 101 }, () => 'A: b') },
    /^--header: has 101 values; the limit is 100/,
  ],
])('the plan of a soak refuses %s as a flag and names the flag', (_, flags, complaint) => {
  expect(complaintOf(() => loadSoakPlan({ flags }))).toMatch(complaint);
});

it.each([
  [{ body: '{}' }, 'POST'],
  [{ body: '{}', method: 'PUT' }, 'PUT'],
  [{ method: 'QUERY' }, 'QUERY'],
  [{ method: 'M-SEARCH' }, 'M-SEARCH'],
  [{}, 'GET'],
])('the plan of a soak from %j asks with %s', (flags, method) => {
  expect(loadSoakPlan({ flags }).method).toBe(method);
});

it('the plan of a soak refuses --json beside a JSON report on stdout', () => {
  expect(complaintOf(() => loadSoakPlan({ flags: { json: true, report: ['json=-'] } }))).toBe(
    '--report: two reports have the same target: stdout',
  );
});

it('the plan of a soak never repeats what may be a secret', () => {
  for (const flags of [
    { 'bearer-env': 'sk-S3CRET' },
    { url: 'htp://u:S3CRET@host/' },
    { url: 'http://u:S3CRET@ho st/' },
    { url: 'htp//u:S3CRET@host/' },
    { url: 'ht tp://u:S3CRET@host/' },
    { url: 'http://host:99999/?token=S3CRET' },
    { proxy: 'htps://u:S3CRET@host/' },
    { header: ['X Y: S3CRET'] },
    { header: ['X: S3CRET\u0001'] },
  ]) {
    expect(complaintOf(() => loadSoakPlan({ flags }))).not.toContain('S3CRET');
  }
});

it('the plan of a soak asks about thresholds before the run and says where a wrong one stands', () => {
  const file = scenarioFile('clients: 5\nthreshold:\n  - events.lost==0\n  - latenzy.p99<1s\n');
  expect(complaintOf(() => loadSoakPlan({ file, flags: {}, checkThreshold }), file)).toBe(
    'FILE:4:5: threshold: "latenzy.p99" is not a metric; did you mean "latency.p99"?',
  );
  expect(complaintOf(() => loadSoakPlan({ flags: { threshold: ['events.lost<1s'] }, checkThreshold }))).toMatch(
    /^--threshold: events\.lost: "1s" is not a whole number/,
  );
});

it('the plan of a soak names the line of the file when the file is what makes no sense together', () => {
  const file = scenarioFile('clients: 5\nramp: 2m\n');
  expect(complaintOf(() => loadSoakPlan({ file, flags: {} }), file)).toBe(
    'FILE:2:7: ramp: a ramp of 2m is longer than the duration of 30s',
  );
});

it('the plan of a soak has a ramp as short as the duration where none was asked for', () => {
  expect(loadSoakPlan({ flags: { duration: '2s' } })).toMatchObject({ rampMs: 2000, durationMs: 2000 });
  expect(loadSoakPlan({ flags: { duration: '1m' } }).rampMs).toBe(5000);
});

it.each([
  [{ clients: '10k' }, { clients: 10_000 }],
  [
    { clients: '0.5K', duration: '1h30m' },
    { clients: 500, durationMs: 5_400_000 },
  ],
  [
    { churn: '30/min', 'slow-rate': '6KB/min' },
    { churnPerSecond: 0.5, slowRateBytesPerSecond: 100 },
  ],
])('the plan of a soak reads %j', (flags, plan) => {
  expect(loadSoakPlan({ flags })).toMatchObject(plan);
});

it.each([
  [{ clients: '1.0005k' }, /^--clients: "1\.0005k" is not a whole number; write it like 1500, 10k or 1\.5M$/],
  [{ clients: '11M' }, /^--clients: "11M" is too large; the most is 10000000$/],
  [{ clients: 'k' }, /^--clients: "k" is not a whole number/],
  [{ seed: '1k' }, /^--seed: "1k" is not a whole number in plain digits/],
])('the plan of a soak refuses %j as a number', (flags, why) => {
  expect(complaintOf(() => loadSoakPlan({ flags }))).toMatch(why);
});

it('the plan of a soak reads short counts and long durations in a file too', () => {
  const file = scenarioFile('clients: 1.5k\nduration: 1m30s\n');
  expect(loadSoakPlan({ file, flags: {} })).toMatchObject({ clients: 1500, durationMs: 90_000 });
});

it('the plan of a soak gives a plan or a one-line complaint for any values of any flags', () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('5', '5s', '1e9', '-1', '10/s', '1KiB', 'healthy=1', '/a', 'json=x', '', '\0', 'true'),
  );
  const flag = fc.constantFrom(
    'clients',
    'ramp',
    'duration',
    'mix',
    'url',
    'slow-rate',
    'churn',
    'seed',
    'seq',
    'method',
    'header',
    'report',
    'server-arg',
    'threshold',
    'fault',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.dictionary(flag, value, { maxKeys: 4 }), (flags) => {
      expect(complaintOrNull(() => loadSoakPlan({ flags })) ?? '--a: plan').toMatch(/^--[a-z_-]+: [^\n\r]+$/);
    }),
  );
});

const folder = fileURLToPath(new URL('../../scenarios/', import.meta.url));

it.each(readdirSync(folder))('the scenarios that come with it %s is a plan whose thresholds all make sense', (name) => {
  const plan = loadSoakPlan({ file: `${folder}${name}`, flags: {}, checkThreshold });
  expect(plan.urls).toEqual([]);
  expect(plan.serverArgs).toContain('--heartbeat=1s');
});

it.each(readdirSync(folder))(
  'the scenarios that come with it %s is a plan for a server of somebody else with --url',
  (name) => {
    const url = 'http://127.0.0.1:3000/events';
    const plan = loadSoakPlan({ file: `${folder}${name}`, flags: { url: [url] }, checkThreshold });
    expect(plan).toMatchObject({ urls: [url], serverArgs: [] });
  },
);

it('the scenarios that come with it are quick, ci and bad-clients', () => {
  expect(readdirSync(folder).toSorted()).toEqual(['bad-clients.yaml', 'ci.yaml', 'quick.yaml']);
});
