/** What a soak says of workers that it cannot use, and of a Redis; and who may read what goes through it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { IDENTITY } from '../server/http2-client.ts';
import { sleep } from '../server/fixtures.ts';
import { type Outcome, runProgram } from '../support/program.ts';
import { failures } from '../support/soak-report.ts';
import {
  isRedisMissing,
  otherVersion,
  redis,
  spreadSoak,
  valuesIn,
  whereRedis,
  worker,
  workers,
} from '../support/workers.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-refused-'));
afterAll(() => rm(folder, { recursive: true }));

const SOAK = ['--server-arg=--heartbeat=500ms', '--ramp=500ms', '--seed=5', '--mix=healthy=1'];
const KEY = 'a-key-of-more-than-16-characters';
const SECRET = 'sesame-4711';

/** A soak that does not begin. */
function refused(url: string, args: readonly string[], limits = ''): Promise<Outcome> {
  return runProgram(['soak', ...SOAK, '--clients=100', `--redis=${url}`, '--wait-for-workers=0s', ...args], { limits });
}

it.skipIf(isRedisMissing)(
  `a second soak on the same workers is refused at once with --wait-for-workers 0s, and waits and runs without it${whereRedis}`,
  async () => {
    const { url } = await redis();
    await workers(url, ['a', 'b']);
    const first = spreadSoak(url, [...SOAK, '--clients=100', '--duration=10s']);
    await first.running.says(/100\/100 clients/);
    const { code, stdout, stderr } = await refused(url, ['--clients=50']);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      /^sse-probe: the workers cannot take 50 clients: another soak has the workers, of a server of its own, since \d{4}-\d\d-\d\dT[\d:.]+Z\n.*\n$/,
    );
    const second = await spreadSoak(url, [...SOAK, '--clients=50', '--duration=3s']).over();
    expect(second.stderr).toMatch(/waiting up to 30s: another soak has the workers/);
    expect([second.code, second.report.verdict, failures(second.report)]).toEqual([0, 'pass', []]);
    expect((await first.over()).code).toBe(0);
  },
);

it.skipIf(isRedisMissing)(
  `a soak refuses workers of another version and of another key by name, and none of them gets its load${whereRedis}`,
  async () => {
    const { url } = await redis();
    await worker(url, 'old', { binary: otherVersion('0.0.1-old') });
    await worker(url, 'keyed', { limits: `export SSE_PROBE_KEY=${KEY}` });
    const plain = await refused(url, []);
    expect([plain.code, plain.stdout]).toEqual([3, '']);
    expect(plain.stderr).toMatch(
      /worker keyed has another SSE_PROBE_KEY, or none; worker old runs sse-probe 0\.0\.1-old, and this is \d/,
    );
    const other = await refused(url, [], 'export SSE_PROBE_KEY=another-key-of-more-than-16');
    expect(other.stderr).toMatch(/worker keyed has another SSE_PROBE_KEY, or none; worker old/);
    const weak = await refused(url, [], 'export SSE_PROBE_KEY=short');
    expect([weak.code, weak.stderr]).toEqual([2, expect.stringMatching(/^sse-probe: SSE_PROBE_KEY has fewer than 16/)]);
  },
);

it.skipIf(isRedisMissing)(
  `a header that is a secret is refused without a key, and with one it is in no value of Redis${whereRedis}`,
  async () => {
    const { url } = await redis();
    const [plain] = await workers(url, ['a']);
    const open = await refused(url, ['--header=X-Api-Key: geheim-4711']);
    expect([open.code, open.stdout]).toEqual([2, '']);
    expect(open.stderr).toMatch(/the header X-Api-Key is a secret and would stand in Redis as it is/i);
    expect(open.stderr).not.toContain('geheim');
    await plain?.stop();
    const limits = `export SSE_PROBE_KEY=${KEY} TOKEN=geheim-of-the-bearer`;
    await workers(url, ['b', 'c'], { limits });
    const args = ['--header=X-Api-Key: geheim-4711', '--header=X-Tenant: tenant-4711', '--bearer-env=TOKEN'];
    const soak = spreadSoak(url, [...SOAK, '--clients=100', '--duration=4s', ...args], limits);
    const seen: string[] = [];
    await soak.running.says(/target/);
    for (let look = 0; look < 20; look += 1) {
      seen.push(await valuesIn(url));
      await sleep(200);
    }
    const { code, report } = await soak.over();
    expect([code, report.verdict]).toEqual([0, 'pass']);
    const all = seen.join('\n');
    expect(all).toContain('encrypted1:');
    expect(all).not.toMatch(/geheim|tenant|plain1|deflated1/);
  },
);

it.skipIf(isRedisMissing)(
  `a soak says how much room its workers have, and which options do not go together with them${whereRedis}`,
  async () => {
    const { url } = await redis();
    await workers(url, ['a', 'b'], { args: ['--capacity=50'] });
    const small = await refused(url, ['--clients=200']);
    expect([small.code, small.stdout]).toEqual([3, '']);
    expect(small.stderr).toMatch(
      /^sse-probe: the workers cannot take 200 clients: 2 workers with room for 100 clients can be used\n/,
    );
    const exact = await spreadSoak(url, [...SOAK, '--clients=100', '--duration=2s']).over();
    expect([exact.code, exact.report.generator.workers?.map(({ clients }) => clients)]).toEqual([0, [50, 50]]);
    expect(await refused(url, ['--processes=2'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sse-probe: --processes: .*workers take the load\n/),
    });
    expect(await refused(url, ['--mix=healthy=9,vanished=1'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/vanished/),
    });
    const twice = await runProgram(['worker', `--redis=${url}`, '--name=a']);
    expect([twice.code, twice.stderr.split('\n')[0]]).toEqual([
      2,
      'sse-probe: a worker with the name a is there already',
    ]);
  },
);

it.skipIf(isRedisMissing)(
  `soak and worker say in one sentence what is wrong with their Redis, without its password${whereRedis}`,
  async () => {
    const server = await redis({ password: SECRET });
    const name = `127.0.0.1:${server.port}`;
    const said = async (url: string, reason: RegExp): Promise<void> => {
      const asked = [await refused(url, []), await runProgram(['worker', `--redis=${url}`])];
      expect(asked.map(({ code, stdout }) => [code, stdout])).toEqual([
        [3, ''],
        [1, ''],
      ]);
      for (const { stderr } of asked) {
        expect(stderr).toMatch(new RegExp(`^sse-probe: Redis at ${name} cannot be used \\(${reason.source}\\)`));
        expect(stderr).not.toMatch(/wrong-word|\n {4}at /);
      }
    };
    await said(`redis://:wrong-word@${name}`, /WRONGPASS [^\n]*/);
    await said(`redis://${name}`, /NOAUTH [^\n]*/);
    await server.kill();
    await said(`redis://${name}`, /connect ECONNREFUSED [^\n]*/);
    for (const command of ['soak', 'worker']) {
      const { code, stderr } = await runProgram([command, '--redis=http://127.0.0.1']);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/^sse-probe: --redis: "http:\/\/127\.0\.0\.1\/" is not the URL of a Redis/),
      ]);
    }
  },
);

/** The least that a user of Redis must be allowed. */
const ACL = '~sse-probe:* +@read +@write +@scripting +@connection -@dangerous +time';

it.skipIf(isRedisMissing)(
  `soak and worker take a user of Redis with few permissions, over TLS whose authority Node trusts${whereRedis}`,
  async () => {
    const { certificate, key } = IDENTITY;
    const server = await redis({
      user: `soaks on >${SECRET} ${ACL}`,
      password: 'of-nobody',
      tls: { certificate, key },
    });
    const authority = join(folder, 'ca.pem');
    writeFileSync(authority, certificate);
    const url = `rediss://soaks:${SECRET}@localhost:${server.port}`;
    const limits = `export NODE_EXTRA_CA_CERTS=${authority}`;
    const both = await workers(url, ['a', 'b'], { limits });
    const { code, report } = await spreadSoak(url, [...SOAK, '--clients=100', '--duration=3s'], limits).over();
    expect([code, report.verdict, failures(report)]).toEqual([0, 'pass', []]);
    for (const one of both) expect((await one.stop()).code).toBe(0);
    const cleaned = await runProgram(['worker', `--redis=${url}`, '--cleanup'], { limits });
    expect(cleaned).toMatchObject({ code: 0, stderr: '' });
  },
);
