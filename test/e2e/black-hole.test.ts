import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/program.ts';

const isRoot = process.getuid?.() === 0;
const namespace = isRoot ? ['--net'] : ['--user', '--map-root-user', '--net'];
const hasNamespaces =
  spawnSync('unshare', [...namespace, 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;

/** Where /proc can be mounted without all that is not about processes (Linux 5.8). */
const canHideTable =
  hasNamespaces &&
  spawnSync(
    'unshare',
    [
      ...namespace,
      '--mount',
      '--pid',
      '--fork',
      'sh',
      '-c',
      'mount -t proc -o subset=pid proc /proc && ! test -e /proc/net/tcp',
    ],
    { stdio: 'ignore' },
  ).status === 0;

interface Result {
  goneAfterMs: number[];
  staying: number;
  connected: number;
  evicted: { stalled: number; unacknowledged: number; overflow: number };
  expired: number;
  queuedBytes: number;
  readiness: { ready: boolean; eviction: string };
  filesLeft: number;
  rowsLeft: number;
}

/** Only against servers that hang: this bounds nothing that is promised. */
const SLACK_MS = 5000;
const VANISHED = 30;
const PLANS = [
  { evictAfterMs: 1000, heartbeatMs: 300 },
  { evictAfterMs: 2000, heartbeatMs: 500 },
  { evictAfterMs: 8000, heartbeatMs: 2000 },
  { evictAfterMs: 4000, heartbeatMs: 200 },
] as const;
const BLOCKED = { evictAfterMs: 6000, heartbeatMs: 500, blocked: true } as const;

const HIDDEN = { evictAfterMs: 1000, heartbeatMs: 200, maxAgeMs: 6000 } as const;

/** One line of JSON, of all of them at once in a namespace of their own. */
async function vanish(plans: readonly object[]): Promise<Result[]> {
  const child = spawn(
    'unshare',
    [
      ...namespace,
      '--kill-child',
      '--',
      process.execPath,
      join(root, 'test', 'support', 'black-hole.mjs'),
      join(root, 'bin', 'sse-probe.js'),
      JSON.stringify(plans),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  for await (const text of child.stdout.setEncoding('utf8')) said += text as string;
  return JSON.parse(said) as Result[];
}

describe.skipIf(!hasNamespaces)('clients that vanish from a server (needs network namespaces)', () => {
  let results: Result[] = [];
  beforeAll(async () => {
    results = await vanish([...PLANS, BLOCKED]);
  }, 90_000);

  it.each(PLANS.map((plan, index) => ({ ...plan, index })))(
    'clients that vanish from a server (needs network namespaces) that sends only heartbeats are gone within $evictAfterMs ms and a heartbeat of $heartbeatMs ms, as unacknowledged',
    ({ index, evictAfterMs, heartbeatMs }) => {
      const { goneAfterMs, evicted } = results[index] as Result;
      expect(evicted).toEqual({ stalled: 0, unacknowledged: VANISHED, overflow: 0 });
      // The last that they acknowledged is a heartbeat old at most when they vanish.
      expect(Math.min(...goneAfterMs)).toBeGreaterThanOrEqual(evictAfterMs - heartbeatMs - SLACK_MS / 100);
      expect(Math.max(...goneAfterMs)).toBeLessThan(evictAfterMs + heartbeatMs + SLACK_MS);
    },
  );

  it('clients that vanish from a server (needs network namespaces) while they are blocked are gone in the same time, as stalled: bytes wait in our own queue', () => {
    const { goneAfterMs, evicted, queuedBytes } = results[PLANS.length] as Result;
    expect([evicted.stalled + evicted.unacknowledged, evicted.overflow, queuedBytes]).toEqual([VANISHED, 0, 0]);
    expect(evicted.stalled).toBeGreaterThan(0);
    expect(Math.max(...goneAfterMs)).toBeLessThan(BLOCKED.evictAfterMs + SLACK_MS);
  });

  it('clients that vanish from a server (needs network namespaces) leave no descriptor and no row of the kernel behind, and those who stay are not disturbed', () => {
    expect(
      results.map(({ staying, connected, filesLeft, rowsLeft }) => ({ staying, connected, filesLeft, rowsLeft })),
    ).toEqual(results.map(() => ({ staying: 5, connected: 5, filesLeft: 0, rowsLeft: 0 })));
  });
});

describe.skipIf(!canHideTable)(
  "clients that vanish from a server that cannot see the kernel's table (needs mount namespaces)",
  () => {
    it("clients that vanish from a server that cannot see the kernel's table (needs mount namespaces) stay for longer than the time to evict, are gone by their maximal age, and /readyz tells of both", async () => {
      const [result] = await vanish([HIDDEN]);
      const { goneAfterMs, evicted, expired, readiness } = result as Result;
      expect(readiness.ready).toBe(true);
      expect(readiness.eviction).toMatch(/kernel table cannot be read.*silent clients end at their maximum age \(6s\)/);
      expect(evicted).toEqual({ stalled: 0, unacknowledged: 0, overflow: 0 });
      expect(expired).toBeGreaterThanOrEqual(VANISHED);
      // A fifth before it at most, less what they lived before they vanished.
      expect(Math.min(...goneAfterMs)).toBeGreaterThan(HIDDEN.evictAfterMs + HIDDEN.heartbeatMs);
      expect(Math.max(...goneAfterMs)).toBeLessThan(HIDDEN.maxAgeMs + SLACK_MS);
      expect(new Set(goneAfterMs.map((ms) => Math.round(ms / 50))).size).toBeGreaterThan(5);
    });
  },
);
