/** What a soak over workers says, and what it leaves, when one of those that take part in it dies. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { ask, sleep } from '../server/fixtures.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { failures, type SoakReport } from '../support/soak-report.ts';
import { isRedisMissing, keysIn, redis, spreadSoak, whereRedis, worker, workers } from '../support/workers.ts';

const SERVER = ['--server-arg=--heartbeat=500ms', '--ramp=500ms', '--seed=5'];
const HEALTHY = [...SERVER, '--clients=200', '--mix=healthy=1'];
/** What a message may take over Redis, and a side that is gone to be noticed. */
const PATIENCE = { timeout: 12_000, interval: 100 };

function lostShards({ findings }: SoakReport): unknown {
  return findings.find(({ id }) => id === 'shard-lost')?.evidence['shards'];
}

it.skipIf(isRedisMissing)(
  `a soak that loses a worker to SIGKILL names it, keeps what it had received, and ends on time${whereRedis}`,
  async () => {
    const { url } = await redis();
    const [a, b] = await workers(url, ['a', 'b']);
    const soak = spreadSoak(url, [...HEALTHY, '--duration=12s']);
    await soak.running.says(/200\/200 clients/);
    await sleep(5000);
    await b?.kill();
    const { code, report } = await soak.over();
    expect([code, report.verdict, failures(report)]).toEqual([3, 'inconclusive', []]);
    expect(lostShards(report)).toEqual([
      {
        shard: 1,
        clients: 100,
        pid: null,
        worker: 'b',
        reason: 'was lost: nothing was heard of its worker for 8 s',
        events: expect.any(Number) as number,
      },
    ]);
    expect(report.findings[0]?.title).toMatch(
      /The [\d,]{3,} events that their clients had received until shortly before/,
    );
    // The other hundred have received more than a thousand by then.
    expect(report.events['received']).toBeGreaterThan(1300);
    expect(report.durationMs).toBeLessThan(30_000);
    await a?.stop();
  },
);

it.skipIf(isRedisMissing)(
  `a soak loses nothing when its Redis is killed and started again, with what it had and with nothing${whereRedis}`,
  async () => {
    const server = await redis();
    const [a] = await workers(server.url, ['a', 'b']);
    const soak = spreadSoak(server.url, [...HEALTHY, '--duration=20s']);
    await soak.running.says(/200\/200 clients/);
    await server.kill();
    await sleep(1500);
    await server.start();
    await sleep(2500);
    await server.kill();
    // Longer than the silence by which a side counts as gone.
    await sleep(10_000);
    await server.startEmpty();
    const { code, report } = await soak.over();
    expect([code, report.verdict, report.findings]).toEqual([0, 'pass', []]);
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
    // They are there again for the next one.
    const next = await spreadSoak(server.url, [...HEALTHY, '--duration=3s']).over();
    expect([next.code, next.report.generator.workers?.length]).toEqual([0, 2]);
    expect((await a?.stop())?.code).toBe(0);
  },
);

it.skipIf(isRedisMissing)(
  `workers end their load soon after the soak was killed, are free for the next one, and leave nothing in Redis${whereRedis}`,
  async () => {
    const { url } = await redis();
    const serve = startProgram(['serve', '--port=0', '--heartbeat=500ms']);
    onTestFinished(() => void serve.child.kill('SIGKILL'));
    const [, port = ''] = await serve.says(/:(\d+)\n/);
    const target = `--url=http://127.0.0.1:${port}/events`;
    const clients = async (): Promise<number> => {
      const { json } = await ask(Number(port), '/stats');
      return (json as { clients: { connected: number } }).clients.connected;
    };
    const both = await workers(url, ['a', 'b']);
    const soak = spreadSoak(url, [target, '--ramp=500ms', '--clients=200', '--mix=healthy=1', '--duration=60s']);
    await vi.waitFor(async () => expect(await clients()).toBe(200), PATIENCE);
    soak.running.child.kill('SIGKILL');
    await vi.waitFor(async () => expect(await clients()).toBe(0), PATIENCE);
    const next = await spreadSoak(url, [
      target,
      '--ramp=500ms',
      '--clients=200',
      '--mix=healthy=1',
      '--duration=3s',
    ]).over();
    expect([next.code, next.report.verdict, next.report.generator.workers?.length]).toEqual([0, 'pass', 2]);
    for (const one of both) await one.kill();
    await vi.waitFor(
      async () => expect([...(await keysIn(url)).keys()]).not.toContainEqual(expect.stringContaining(':worker:')),
      PATIENCE,
    );
    const cleaned = await runProgram(['worker', `--redis=${url}`, '--cleanup']);
    expect([cleaned.code, [...(await keysIn(url)).keys()]]).toEqual([0, []]);
  },
);

it.skipIf(isRedisMissing)(
  `a soak over workers that is interrupted reports what was seen so far, and its workers are free at once${whereRedis}`,
  async () => {
    const { url } = await redis();
    await workers(url, ['a', 'b']);
    const soak = spreadSoak(url, [...HEALTHY, '--duration=60s']);
    await soak.running.says(/200\/200 clients/);
    await sleep(1000);
    soak.running.child.kill('SIGINT');
    const { code, report } = await soak.over();
    expect([code, report.verdict, report.interrupted, report.clients.connected]).toEqual([
      130,
      'interrupted',
      true,
      200,
    ]);
    expect(report.events['received']).toBeGreaterThan(0);
    const next = await spreadSoak(url, [...HEALTHY, '--duration=2s', '--wait-for-workers=5s']).over();
    expect([next.code, next.report.verdict]).toEqual([0, 'pass']);
  },
);

it.skipIf(isRedisMissing)(
  `a soak names a worker that was told to end in the middle, and the others go on${whereRedis}`,
  async () => {
    const { url } = await redis();
    const [, b] = await workers(url, ['a', 'b']);
    await worker(url, 'c');
    const soak = spreadSoak(url, [...HEALTHY, '--duration=8s']);
    await soak.running.says(/200\/200 clients/);
    await sleep(1000);
    expect((await b?.stop())?.code).toBe(0);
    const { code, report } = await soak.over();
    expect([code, report.verdict, failures(report)]).toEqual([3, 'inconclusive', []]);
    expect(lostShards(report)).toMatchObject([{ worker: 'b', reason: 'was stopped: its worker was told to end' }]);
    expect(report.clients.ends['open']).toBe(133);
  },
);

it.skipIf(isRedisMissing)(
  `a soak whose Redis is gone for good ends inconclusive, and its workers end their load by themselves${whereRedis}`,
  { tags: ['long'], timeout: 120_000 },
  async () => {
    const server = await redis();
    const both = await workers(server.url, ['a', 'b']);
    const soak = spreadSoak(server.url, [...HEALTHY, '--duration=60s']);
    await soak.running.says(/200\/200 clients/);
    await server.kill();
    for (const one of both) await one.says(/had lost Redis for 30 s/);
    const { code, report } = await soak.over();
    expect([code, report.verdict, failures(report)]).toEqual([3, 'inconclusive', []]);
    for (const one of both) expect((await one.stop()).code).toBe(0);
  },
);
