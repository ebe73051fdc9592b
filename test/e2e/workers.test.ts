import { expect, it } from 'vitest';
import { failures } from '../support/soak-report.ts';
import { sleep } from '../server/fixtures.ts';
import { isRedisMissing, keysIn, redis, spreadSoak, whereRedis, workers } from '../support/workers.ts';

const SERVER = ['--server-arg=--heartbeat=500ms', '--server-arg=--evict-after=2s', '--ramp=500ms', '--seed=5'];
const MIX = '--mix=healthy=88,stalled=4,slow=2,abrupt=2,resuming=4';

/** What a worker has in Redis while it is there. */
function isOwn(key: string): boolean {
  return /^sse-probe:soak:(?:workers$|worker:|queue:)/.test(key);
}

it.skipIf(isRedisMissing)(
  `a soak over three workers passes as one without them does, names them, and leaves nothing in Redis${whereRedis}`,
  async () => {
    const { url } = await redis();
    const three = await workers(url, ['a', 'b', 'c']);
    const { code, report } = await spreadSoak(url, [...SERVER, '--clients=301', '--duration=9s', MIX]).over();
    expect([code, report.verdict, failures(report)], JSON.stringify(report.findings)).toEqual([0, 'pass', []]);
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
    const byKind = report.clients.byKind;
    expect(report.eviction).toMatchObject({ evicted: byKind['stalled']?.['planned'], missed: 0 });
    expect(Object.values(report.clients.ends).reduce((sum, count) => sum + count, 0)).toBe(301);
    expect(report.generator.processes).toBe(3);
    expect(report.generator.workers?.map(({ name, shards, clients }) => [name, shards, clients])).toEqual([
      ['a', 1, 101],
      ['b', 1, 100],
      ['c', 1, 100],
    ]);
    for (const { clockAheadMs, clockErrorMs } of report.generator.workers ?? []) {
      // They have the clock of the soak.
      expect(Math.abs(clockAheadMs ?? Number.NaN)).toBeLessThan(1000);
      expect(clockErrorMs).toBeGreaterThan(0);
    }
    // The last messages are there for as long as somebody may read them.
    const left = [...(await keysIn(url))];
    expect(left.filter(([, ms]) => ms < 0 || ms > 3_600_000)).toEqual([]);
    expect(left.filter(([name, ms]) => !isOwn(name) && ms > 10_000)).toEqual([]);
    for (const { stop } of three) expect((await stop()).code).toBe(0);
    expect([...(await keysIn(url)).keys()].filter(isOwn)).toEqual([]);
  },
);

it.skipIf(isRedisMissing)(
  `a soak over workers counts a defect of the server as exactly as without them${whereRedis}`,
  async () => {
    const { url } = await redis();
    await workers(url, ['a', 'b']);
    const args = ['--server-arg=--rate=4/s', '--clients=60', '--duration=4s', '--mix=healthy=1', '--fault=drop-events'];
    const { code, report } = await spreadSoak(url, [...SERVER, ...args]).over();
    expect([code, failures(report)]).toEqual([1, ['event-lost']]);
    // The first three clients miss the 3rd to the 9th event.
    expect(report.events).toMatchObject({ lost: 21, duplicated: 0, reordered: 0 });
    expect(report.findings[0]?.title).toContain('It happened to 3 of 60 clients');
  },
);

it.skipIf(isRedisMissing)(
  `a soak over workers goes through an incident, and a threshold with abort ends it early for all${whereRedis}`,
  async () => {
    const { url } = await redis();
    await workers(url, ['a', 'b']);
    const soak = spreadSoak(url, [
      ...SERVER,
      '--clients=60',
      '--duration=60s',
      '--mix=healthy=1',
      '--incident=reconnect-all@2s',
      '--threshold=clients.reconnects<60 abort',
      '--ui',
      '--metrics=127.0.0.1:0',
    ]);
    const [, metrics = ''] = await soak.running.says(/metrics at (\S+)/);
    const [, page = ''] = await soak.running.says(/page at (\S+)/);
    await soak.running.says(/60\/60 clients/);
    await sleep(1000);
    const text = await (await fetch(metrics)).text();
    expect(text).toMatch(/^sse_soak_clients 60$/m);
    expect((await fetch(page)).status).toBe(200);
    const { code, report } = await soak.over();
    expect([code, report.verdict, report.endedEarly?.expression]).toEqual([1, 'fail', 'clients.reconnects<60']);
    expect(report.durationMs).toBeLessThan(40_000);
    expect(report.clients).toMatchObject({ reconnects: 60, dropped: 0, ends: { open: 60 } });
    expect(report.incidents).toMatchObject({ count: 1, drops: 0, notRecovered: 0, recoveryMs: { count: 60 } });
    expect(failures(report)).toEqual([]);
  },
);
