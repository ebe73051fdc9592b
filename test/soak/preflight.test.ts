import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { GeneratorLimitError, UsageError } from '../../src/core/errors.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import {
  checkDescriptors,
  checkMemory,
  checkSourcePorts,
  descriptorLimit,
  neededMemoryBytes,
  sourcePorts,
  type MemoryPlan,
} from '../../src/soak/capacity.ts';
import { checkConfirmed, unconfirmed } from '../../src/reach/confirm-target.ts';
import { checkLoad, openOnce, type Refused } from '../../src/soak/preflight.ts';
import { processCount } from '../../src/soak/load/start-generator.ts';
import { shardPlan } from '../../src/soak/load/shard-plan.ts';
import { serverProcessCount } from '../../src/soak/target/server-flags.ts';
import { remoteTarget } from '../../src/soak/target/target.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';

const NOWHERE_SPECIAL = { proxyEnvironment: {}, signal: new AbortController().signal };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function errorOf(run: () => void): { message: string; hint: string | undefined; name: string } | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof GeneratorLimitError || error instanceof UsageError)
      return { message: error.message, hint: error.hint, name: error.name };
    throw error;
  }
}

it.each([
  [1000, 1064, true],
  [1000, 1063, false],
  [1, null, true],
  [200_000, null, true],
  [1, 0, false],
])('the descriptors of a soak: for %i clients, %s of them at most, are enough: %s', (clients, limit, enough) => {
  expect(errorOf(() => checkDescriptors(clients, limit)) === null).toBe(enough);
});

it.each([
  [1000, 74, 100, true],
  [1000, 73, 100, false],
  [1001, 74, 100, false],
  [99, 65, 100, true],
])(
  'the descriptors of a soak: for %i clients, with %i of them and %i clients on a connection, are enough: %s',
  (clients, limit, perConnection, enough) => {
    expect(errorOf(() => checkDescriptors(clients, limit, perConnection)) === null).toBe(enough);
  },
);

it('the descriptors of a soak: that are too few for shared connections are said with how many clients have room', () => {
  const error = errorOf(() => checkDescriptors(100_000, 164, 100));
  expect(error?.message).toBe('100,000 clients need 1,064 open files, but the limit of this process is 164');
  expect(error?.hint).toContain('at most 10000 clients');
});

it('the descriptors of a soak: that are too few are said with how many to ask for', () => {
  expect(errorOf(() => checkDescriptors(2000, 1024))).toEqual({
    name: 'GeneratorLimitError',
    message: '2,000 clients need 2,064 open files, but the limit of this process is 1,024',
    hint: 'Raise the limit first (ulimit -n 2064), or use at most 960 clients.',
  });
});

it.runIf(process.platform === 'linux')('the descriptors of a soak: are told by Linux', async () => {
  expect(await descriptorLimit()).toBeGreaterThan(63);
});

it.each([
  [27_232, '10.0.0.1', 28_232, true],
  [27_233, '10.0.0.1', 28_232, false],
  [200_000, '127.0.0.1', 28_232, true],
  [200_000, '127.0.0.1', 10_999, false],
  [9999, '127.0.0.1', 10_999, true],
  [28_000, '::1', 28_232, false],
  [50, '10.0.0.1', 100, false],
  [1, '127.0.0.1', 100, false],
  [200_000, '10.0.0.1', null, true],
])('source ports for %i connections to %s, of a range of %s, are enough: %s', (connections, address, ports, enough) => {
  expect(errorOf(() => checkSourcePorts(connections, address, ports)) === null).toBe(enough);
});

it('source ports that are too few are said with what to do', () => {
  const error = errorOf(() => checkSourcePorts(30_000, '192.0.2.1', 28_232));
  expect(error?.message).toContain('30,000 connections to 192.0.2.1');
  expect(error?.hint).toMatch(/ip_local_port_range.*at most 27,232 clients/);
});

it.runIf(process.platform === 'linux')('source ports are told by Linux', async () => {
  const ports = await sourcePorts();
  expect(ports).toBeGreaterThan(0);
  expect(ports).toBeLessThanOrEqual(65_536);
});

const plan: MemoryPlan = { clients: 18_000, stalled: 0, processes: 2, tls: false, embedded: false, fillBytes: 0 };
const MIB = 1024 ** 2;

it('the memory of a soak is needed for each client at both ends of what runs here', () => {
  const remote = neededMemoryBytes(plan);
  expect(remote / MIB).toBeCloseTo(128 + (18_000 * 13) / 1024, 0);
  expect((neededMemoryBytes({ ...plan, embedded: true }) - remote) / 18_000 / 1024).toBe(22);
  expect((neededMemoryBytes({ ...plan, tls: true }) - remote) / 18_000 / 1024).toBe(48);
  expect((neededMemoryBytes({ ...plan, stalled: 360, fillBytes: 512 * 1024 }) - remote) / 360 / 1024).toBe(640);
});

it('the memory of a soak that is too little is said with how many clients there is room for', () => {
  expect(errorOf(() => checkMemory(plan, 400 * MIB))).toBeNull();
  const error = errorOf(() => checkMemory(plan, 200 * MIB));
  expect(error?.name).toBe('GeneratorLimitError');
  expect(error?.message).toBe('18,000 clients take about 357MiB of memory, but only 200MiB are available');
  expect(error?.hint).toMatch(/^Free some memory, or use at most 10,\d{3} clients\.$/);
});

const url = new URL('https://sse.example.com/events');

it.each([
  [500, null, '203.0.113.7', true],
  [501, null, '203.0.113.7', false],
  [501, 'sse.example.com', '203.0.113.7', true],
  [501, 'SSE.Example.COM', '203.0.113.7', true],
  [501, 'example.com', '203.0.113.7', false],
  [501, '203.0.113.7', '203.0.113.7', false],
  [200_000, null, '10.0.0.7', true],
  [200_000, null, '127.0.0.1', true],
  [501, null, '::ffff:203.0.113.7', false],
  [501, null, 'fd00::1', true],
])(
  'a public target for %i clients, with --confirm-target %s, at %s, may be loaded: %s',
  (clients, confirmTarget, address, may) => {
    expect(
      errorOf(() =>
        checkConfirmed(url, address, {
          clients,
          confirmedTargets: confirmTarget === null ? [] : ['other.example', confirmTarget],
        }),
      ) === null,
    ).toBe(may);
  },
);

it('a public target is confirmed by its address where the URL has one, with brackets or without', () => {
  const literal = new URL('http://[2606:4700::1111]:8080/');
  for (const confirmTarget of ['2606:4700::1111', '[2606:4700::1111]']) {
    expect(unconfirmed(literal, 'public', { clients: 1000, confirmedTargets: [confirmTarget] })).toBeNull();
  }
});

it('a public target that is not confirmed is a mistake of the user, who is told the flag to add', () => {
  expect(errorOf(() => checkConfirmed(url, '203.0.113.7', { clients: 10_000, confirmedTargets: [] }))).toEqual({
    name: 'UsageError',
    message:
      '--confirm-target: sse.example.com has a public address, and it is not confirmed: the limit is 500 clients',
    hint: 'If you may load it with 10,000 clients, add --confirm-target sse.example.com; otherwise use at most 500.',
  });
});

it('a public target is refused before anything is opened', async () => {
  const plan = loadSoakPlan({ flags: { url: 'http://203.0.113.7:9/', clients: '501' } });
  const target = await remoteTarget(new URL('http://203.0.113.7:9/'), plan, NOWHERE_SPECIAL);
  await expect(checkLoad(plan, [target])).rejects.toThrow(UsageError);
  await expect(checkLoad({ ...plan, confirmedTargets: ['203.0.113.7'] }, [target])).resolves.toBeUndefined();
});

async function attempt(...answers: Answer[]): Promise<{ refused: Refused | null; server: ScriptedServer }> {
  const server = await ScriptedServer.start(...answers);
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${server.port}/events`;
  const plan = loadSoakPlan({
    flags: { url, 'headers-timeout': '500ms', header: ['Authorization: Bearer S3CRET-TOKEN'] },
  });
  const target = await remoteTarget(new URL(url), plan, NOWHERE_SPECIAL);
  const refused = await openOnce(
    target,
    shardPlan(plan, { seed: 1, server: null, slice: { index: 0, count: 1 }, vanishingNetwork: null }),
    {
      bearer: null,
      version: '0.0.0',
      clock: systemClock,
      signal: new AbortController().signal,
    },
  );
  return { refused, server };
}

it('the one attempt before a run opens a stream and leaves it', async () => {
  const { refused, server } = await attempt({ text: OK, after: 'open' });
  expect([refused, server.requests.length]).toEqual([null, 1]);
});

it('the one attempt before a run is content with a stream that is over with its head', async () => {
  const { refused, server } = await attempt(`${OK.trimEnd()}\r\nContent-Length: 9\r\n\r\ndata: a\n\n`);
  expect([refused, server.requests.length]).toEqual([null, 1]);
});

it('the one attempt before a run follows redirects to it', async () => {
  const { refused, server } = await attempt('HTTP/1.1 307 Over There\r\nLocation: /there\r\n\r\n', {
    text: OK,
    after: 'open',
  });
  expect(refused).toBeNull();
  expect(server.requests[1]).toMatch(/^GET \/there HTTP/);
});

it.each<[string, Answer, Partial<Refused>]>([
  [
    'a circle of redirects',
    'HTTP/1.1 302 Found\r\nLocation: /events\r\n\r\n',
    { cause: 'redirect-loop', answered: true },
  ],
  [
    'a redirect out of HTTP',
    'HTTP/1.1 302 Found\r\nLocation: mailto:a@b\r\n\r\n',
    { cause: 'redirect-refused', answered: true },
  ],
  [
    'a web page',
    'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n',
    { cause: 'content-type', detail: 'text/html', answered: true },
  ],
  [
    'a server that is busy',
    'HTTP/1.1 503 Busy\r\n\r\n',
    { cause: 'http-status', detail: 'status 503', answered: true },
  ],
  ['a server that says stop', 'HTTP/1.1 204 Stop\r\n\r\n', { cause: 'server-stop', answered: true }],
  [
    'two codings',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip, br\r\n\r\n',
    { cause: 'decode', answered: true },
  ],
  ['silence', { text: '', after: 'open' }, { cause: 'headers-timeout', answered: true }],
  ['a reset', (socket) => socket.resetAndDestroy(), { cause: 'reset', answered: false }],
])('the one attempt before a run says of %s what it is', async (_what, answer, refused) => {
  expect((await attempt(answer)).refused).toMatchObject(refused);
});

it('the one attempt before a run keeps what the answer says for itself, and not what the request has of secrets', async () => {
  const body = '{"error":{"message":"token S3CRET-TOKEN is not valid"}}';
  const { refused } = await attempt(
    `HTTP/1.1 401 No\r\nServer: gunicorn\r\nWWW-Authenticate: Bearer realm="x"\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const [text = ''] = refused?.figures.refusedAnswers.keys() ?? [];
  expect(JSON.parse(text)).toEqual({
    kind: 'http-status: status 401',
    sentence: 'token REDACTED is not valid',
    retryAfter: '',
    challenge: 'Bearer realm="x"',
    upgrade: '',
  });
  expect([...(refused?.figures.serverMarks.keys() ?? [])]).toEqual([`server: gunicorn\nbody: ${body.toLowerCase()}`]);
});

it.each([
  ['never ends', { text: 'HTTP/1.1 503 Busy\r\n\r\nfull\n', after: 'open' as const }],
  ['goes on and on', `HTTP/1.1 503 Busy\r\n\r\nfull\n${'x'.repeat(100_000)}`],
  ['breaks off', { text: 'HTTP/1.1 503 Busy\r\nContent-Length: 99\r\n\r\nfull\n', after: 'reset' as const }],
])('the one attempt before a run is over soon where the answer %s', async (_what, answer: Answer) => {
  const { refused } = await attempt(answer);
  expect(refused).toMatchObject({ cause: 'http-status', detail: 'status 503' });
  expect([...(refused?.figures.refusedAnswers.keys() ?? [])].join()).toMatch(/full|"sentence":""/);
});

it.each([
  [1, null, 1],
  [15_000, null, 1],
  [15_001, null, 2],
  [100_000, null, 7],
  [100_000, 3, 3],
  [2, 5, 2],
])('%i clients and --server-processes %s give a server of %i processes', (clients, serverProcesses, processes) => {
  expect(serverProcessCount({ clients, serverProcesses })).toBe(processes);
});

it.each([
  [1, null, 1, 1],
  [15_001, null, 1, 2],
  [100_000, null, 7, 7],
  [100, null, 3, 3],
  [100, 4, 3, 6],
  [2, null, 3, 3],
])('%i clients, --processes %s and %i targets give %i load processes', (clients, processes, targets, count) => {
  expect(processCount({ clients, processes }, targets)).toBe(count);
});
