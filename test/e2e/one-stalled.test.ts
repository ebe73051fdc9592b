import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { PATIENCE, RawClient } from '../server/raw-client.ts';
import { startProgram } from '../support/program.ts';
import { OwnServer, type ServerStats } from '../support/own-server.ts';
import { parseReport } from '../support/soak-report.ts';

const KIB = 1024;
const EVENT_BYTES = 4 * KIB;
const QUEUE_BYTES = 256 * KIB;
const HEALTHY = 49;

const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** What the program holds; the resident set has the allocator's spare pages, too. */
function heldBytes({ memory }: ServerStats): number {
  return memory.heapUsedBytes + memory.externalBytes;
}

it.each([
  ['leaves by its full queue', ['--evict-after=60s'], 'overflow'],
  [
    'leaves when its time is up, where its oldest events are dropped',
    ['--evict-after=3s', '--overflow=drop-oldest'],
    'unacknowledged or stalled',
  ],
] as const)(
  'one client of fifty that stops reading, at a megabyte a second for each %s; the others lose nothing, memory stays bounded, and the server answers',
  async (_how, flags, reason) => {
    const server = await OwnServer.start([
      '--rate=250/s',
      `--event-size=${EVENT_BYTES}B`,
      `--max-queue=${QUEUE_BYTES}B`,
      '--heartbeat=1s',
      '--replay=200',
      ...flags,
    ]);
    cleanups.push(() => server.kill());
    const soak = startProgram([
      'soak',
      '--url',
      `http://127.0.0.1:${server.port}/events`,
      '--clients',
      String(HEALTHY),
      '--ramp',
      '0s',
      '--mix',
      'healthy=1',
      '--duration',
      '14s',
      '--json',
      '--quiet',
    ]);
    cleanups.push(() => soak.child.kill('SIGKILL'));
    await expect.poll(async () => (await server.stats()).clients.connected, PATIENCE).toBe(HEALTHY);
    // History full, code compiled: what grows from here on is the client's.
    await delay(4000);
    await server.collectGarbage();
    const before = await server.stats();

    const stalled = new RawClient({ port: server.port, paused: true });
    cleanups.push(() => stalled.destroy());
    const statuses = new Set<number>();
    let mostQueuedBytes = 0;
    let mostRssBytes = 0;
    let evicted = before.evicted;
    await expect
      .poll(
        async () => {
          statuses.add((await server.ask('/healthz')).status).add((await server.ask('/readyz')).status);
          const stats = await server.stats();
          evicted = stats.evicted;
          mostQueuedBytes = Math.max(mostQueuedBytes, stats.queuedBytes);
          mostRssBytes = Math.max(mostRssBytes, stats.memory.rssBytes);
          return Object.values(evicted).reduce((sum, count) => sum + count, 0);
        },
        { ...PATIENCE, interval: 50 },
      )
      .toBe(1);
    const seen = evicted.overflow === 1 ? 'overflow' : 'unacknowledged or stalled';
    expect([seen, [...statuses]]).toEqual([reason, [200]]);

    // What waits for one, and one event more; for others only what is under way.
    expect(mostQueuedBytes).toBeLessThan((HEALTHY + 1) * QUEUE_BYTES);
    expect(mostRssBytes - before.memory.rssBytes).toBeLessThan((HEALTHY + 1) * QUEUE_BYTES);
    await expect
      .poll(
        async () => {
          await server.collectGarbage();
          return heldBytes(await server.stats());
        },
        { ...PATIENCE, interval: 200 },
      )
      .toBeLessThan(1.05 * heldBytes(before));
    expect((await server.stats()).clients).toMatchObject({ connected: HEALTHY });

    const report = parseReport((await soak.outcome).stdout);
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, malformed: 0 });
    expect(report.clients).toMatchObject({ planned: HEALTHY, dropped: 0, refused: 0, reconnects: 0 });
    expect(report.events['received']).toBeGreaterThan(HEALTHY * 1000);
  },
);
