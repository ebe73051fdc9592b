import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { IDENTITY } from '../server/http2-client.ts';
import { ask, connected, sleep } from '../server/fixtures.ts';
import { PATIENCE, type RawClient } from '../server/raw-client.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { found } from '../support/real-servers/found.ts';
import { freePort } from '../support/real-servers/free-port.ts';
import { startNginx } from '../support/real-servers/nginx.ts';
import { type RedisAccess, type RedisServer, startRedis } from '../support/real-servers/redis.ts';
import { readReport, type SoakReport } from '../support/soak-report.ts';

const [redisProgram, nginxProgram] = [found('redis'), found('nginx')];
const isMissing = 'missing' in redisProgram;
const where = 'found' in redisProgram ? '' : ` (skipped: ${redisProgram.missing})`;
const isEither = isMissing || 'missing' in nginxProgram;
const whereBoth = 'found' in nginxProgram ? where : ` (skipped: ${nginxProgram.missing})`;

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-shared-feed-'));
afterAll(() => rm(folder, { recursive: true }));

const TOKEN = 'geheim-1234';
const SECRET = 'sesame-4711';

async function redis(access: RedisAccess = {}): Promise<RedisServer> {
  const server = await startRedis('found' in redisProgram ? redisProgram.found : '', access);
  onTestFinished(() => server.stop());
  return server;
}

interface Instance {
  port: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** @param limits shell words that are put before it */
async function instance(args: readonly string[], limits = ''): Promise<Instance> {
  const port = await freePort();
  const launch = async (): Promise<ReturnType<typeof startProgram>> => {
    const program = startProgram(['serve', `--port=${port}`, `--publish-token=${TOKEN}`, ...args], { limits });
    await program.says(/listening on/);
    return program;
  };
  let running = await launch();
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return {
    port,
    async kill() {
      running.child.kill('SIGKILL');
      await running.outcome;
    },
    async restart() {
      running = await launch();
    },
  };
}

function publish({ port }: Instance, data: string): Promise<RawClient> {
  return ask(port, '/publish', {
    method: 'POST',
    headers: { Host: 'localhost', Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ event: 'n', data }),
  });
}

function dataOf(client: RawClient): string[] {
  return client.messagesOf('n').map(({ data }) => data);
}

async function readiness({ port }: Instance): Promise<[number, unknown]> {
  const answer = await ask(port, '/readyz');
  return [answer.statusCode, (answer.json as { components: { backplane: unknown } }).components.backplane];
}

it.skipIf(isMissing)(
  `serve --redis publishes on one instance to the clients of all, and resumes on each, also after all were restarted${where}`,
  async () => {
    const { url } = await redis();
    const args = ['--rate=0/s', `--redis=${url}`];
    const [a, b] = await Promise.all([instance(args), instance(args)]);
    const clients = [await connected({ port: a.port }), await connected({ port: b.port })];
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => publish(n % 2 === 0 ? a : b, String(n))));
    const published = answers.map((answer) => (answer.json as { id: string }).id);
    for (const one of clients) await vi.waitFor(() => expect(dataOf(one)).toHaveLength(6), PATIENCE);
    expect(clients[0]?.messagesOf('n')).toEqual(clients[1]?.messagesOf('n'));
    const ids = clients[0]?.messagesOf('n').map(({ id }) => id) ?? [];
    expect(ids.toSorted()).toEqual(published.toSorted());
    // The other instance, and then both when they were restarted.
    for (const round of [0, 1]) {
      const one = await connected({ port: b.port, headers: { 'Last-Event-ID': ids[2] ?? '' } });
      await vi.waitFor(() => expect(one.messagesOf('n').map(({ id }) => id)).toEqual(ids.slice(3)), PATIENCE);
      expect(one.greeting).toMatchObject({ resumedFrom: ids[2], replayed: 3, missed: 0 });
      if (round === 0) await Promise.all([a, b].map((each) => each.kill()));
      if (round === 0) await Promise.all([a, b].map((each) => each.restart()));
    }
  },
);

it.skipIf(isMissing)(
  `serve --redis keeps its clients without Redis, says so in /readyz, and publishes nothing that it would lose${where}`,
  async () => {
    const server = await redis();
    const a = await instance(['--rate=0/s', `--redis=${server.url}`]);
    const one = await connected({ port: a.port });
    expect(await readiness(a)).toEqual([200, { ready: true, detail: 'follows the stream sse-probe:events' }]);
    await server.kill();
    await vi.waitFor(async () => expect((await readiness(a))[0]).toBe(503), PATIENCE);
    const refused = await publish(a, 'lost');
    expect([refused.statusCode, refused.json]).toEqual([
      503,
      {
        error: 'backplane-lost',
        message: expect.stringMatching(/^the event was not published: Redis is not available/),
      },
    ]);
    expect(refused.head).toMatch(/^Retry-After: 2\r$/m);
    const metrics = await ask(a.port, '/metrics');
    expect(metrics.body).toContain('sse_probe_ready{component="backplane"} 0');
    await server.start();
    await vi.waitFor(async () => expect((await readiness(a))[0]).toBe(200), PATIENCE);
    await vi.waitFor(async () => expect((await publish(a, 'kept')).statusCode).toBe(200), PATIENCE);
    await one.untilText('data: kept\n');
    expect(dataOf(one)).toEqual(['kept']);
  },
);

it.skipIf(isMissing)(
  `serve --redis-env takes a user and a password, over TLS, and asks for few permissions${where}`,
  async () => {
    const user = `feed on >${SECRET} ~prices +eval +exists +time +xinfo +xadd +xread +xrevrange +ping`;
    const { certificate, key } = IDENTITY;
    const server = await redis({ user, password: 'of-nobody', tls: { certificate, key } });
    const authority = join(folder, 'ca.pem');
    writeFileSync(authority, certificate);
    const url = `rediss://feed:${SECRET}@localhost:${server.port}`;
    const a = await instance(
      ['--rate=0/s', '--redis-env=REDIS_URL', '--redis-stream=prices'],
      `export NODE_EXTRA_CA_CERTS=${authority} REDIS_URL=${url}`,
    );
    const one = await connected({ port: a.port });
    expect((await publish(a, 'hello')).statusCode).toBe(200);
    await one.untilText('data: hello\n');
    expect((await readiness(a))[0]).toBe(200);
  },
);

async function said(url: string): Promise<[number | null, string]> {
  const { code, stdout, stderr } = await runProgram(['serve', '--port=0', `--redis=${url}`]);
  expect([stdout, stderr]).toEqual(['', expect.not.stringContaining('wrong-word')]);
  return [code, stderr];
}

it.skipIf(isMissing)(
  `serve --redis says in one sentence what is wrong with its Redis, without the password, and ends with 1${where}`,
  async () => {
    const server = await redis({ password: SECRET });
    const { port } = server;
    const name = `127.0.0.1:${port}`;
    expect(await said(`redis://:wrong-word@${name}`)).toEqual([
      1,
      `sse-probe: Redis at ${name} cannot be used (WRONGPASS invalid username-password pair or user is disabled.)\n`,
    ]);
    expect(await said(`redis://${name}`)).toEqual([
      1,
      `sse-probe: Redis at ${name} cannot be used (NOAUTH Authentication required.)\n`,
    ]);
    expect(await said('redis://:wrong-word@redis.invalid')).toEqual([
      1,
      expect.stringMatching(
        /^sse-probe: The connection to the Redis at redis\.invalid is not encrypted, [^\n]+: use rediss:\/\/\.\nsse-probe: Redis at redis\.invalid cannot be used \([^\n]*\)\n$/,
      ),
    ]);
    await server.kill();
    expect(await said(`redis://:wrong-word@${name}`)).toEqual([
      1,
      `sse-probe: Redis at ${name} cannot be used (connect ECONNREFUSED ${name})\n`,
    ]);
  },
);

async function outage(what: { kill(): Promise<void>; restart(): Promise<void> }, ms: number): Promise<void> {
  await what.kill();
  await sleep(ms);
  await what.restart();
  await sleep(2500);
}

/** What of a soak may be wrong where servers are killed: their streams end, and their ports refuse. */
const OF_KILLED_SERVERS = ['client-dropped', 'connect-refused'];

it.skipIf(isEither)(
  `a soak through nginx, and one with several --url, lose nothing while instances and Redis are killed and started again${whereBoth}`,
  async () => {
    const server = await redis();
    const args = ['--rate=4/s', '--heartbeat=2s', '--evict-after=8s', `--redis=${server.url}`];
    const instances = await Promise.all([instance(args), instance(args), instance(args)]);
    const origins = instances.map(({ port }) => `http://127.0.0.1:${port}`);
    const nginx = await startNginx('found' in nginxProgram ? nginxProgram.found : '', origins, []);
    onTestFinished(() => nginx.stop());
    const soaks = Object.entries({ nginx: [nginx.url], urls: origins.map((origin) => `${origin}/events`) }).map(
      ([name, urls]) => {
        const file = join(folder, `${name}.json`);
        const mix = 'healthy=80,slow=4,stalled=4,abrupt=4,resuming=8';
        const plan = ['--clients=150', '--ramp=1s', '--duration=20s', `--mix=${mix}`, `--report=json=${file}`];
        const run = startProgram(['soak', ...urls.map((url) => `--url=${url}`), ...plan]);
        onTestFinished(() => void run.child.kill('SIGKILL'));
        return { run, file };
      },
    );
    await sleep(5000);
    const [first, second] = instances;
    if (first === undefined || second === undefined) throw new Error('there are three');
    await outage(first, 1000);
    await outage({ kill: () => server.kill(), restart: () => server.start() }, 2500);
    await outage(second, 1000);
    const reports: SoakReport[] = [];
    for (const { run, file } of soaks) {
      await run.outcome;
      reports.push(readReport(file));
    }
    for (const { events, findings } of reports) {
      expect(events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, malformed: 0 });
      expect(events['received']).toBeGreaterThan(20_000);
      const wrong = findings.filter(({ id, severity }) => severity === 'fail' && !OF_KILLED_SERVERS.includes(id));
      expect(wrong.map(({ title }) => title)).toEqual([]);
      expect(findings.map(({ id }) => id)).not.toContain('targets-differ');
    }
  },
);
