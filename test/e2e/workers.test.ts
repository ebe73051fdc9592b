import { expect, it } from 'vitest';
import { failures } from '../support/soak-report.ts';
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
