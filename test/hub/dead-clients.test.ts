import { afterEach, describe, expect, it } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import { readTcpTable } from '../../src/machine/proc-net-tcp.ts';
import { Reader } from '../support/reader.ts';
import { client, serve, sleep } from '../server/fixtures.ts';
import { PATIENCE } from '../server/raw-client.ts';

const onLinux = process.platform === 'linux';
const KIB = 1024;
const EVICT_AFTER_MS = 1000;

const readers: Reader[] = [];
afterEach(() => {
  for (const reader of readers.splice(0)) reader.end();
});

async function reading(port: number, options: { path?: string; paused?: boolean } = {}): Promise<Reader> {
  const reader = await Reader.start(port, options);
  readers.push(reader);
  return reader;
}

/** Reasons as they come, each with how long the client had accepted nothing. */
function departures(hub: SseHub): Array<{ reason: string; silentMs: number }> {
  const seen: Array<{ reason: string; silentMs: number }> = [];
  hub.on('disconnect', ({ lastAcceptedMs }, reason) =>
    seen.push({ reason, silentMs: performance.now() - lastAcceptedMs }),
  );
  return seen;
}

async function rowsAt(port: number): Promise<number> {
  let count = 0;
  await readTcpTable(
    (row) => {
      if (row.localPort === port && row.state !== 10) count++;
    },
    { port },
  );
  return count;
}

describe.runIf(onLinux)('a client in a process of its own', () => {
  it('a client in a process of its own that is stopped, like a laptop that sleeps, is evicted when its kernel takes no more, never earlier', async () => {
    const { port, hub } = await serve({
      ratePerSecond: 100,
      eventSizeBytes: 16 * KIB,
      hub: { evictAfterMs: EVICT_AFTER_MS, heartbeatMs: 100, maxQueueBytes: 1024 * KIB * KIB },
    });
    const seen = departures(hub as SseHub);
    const reader = await reading(port);
    await expect.poll(async () => (await reader.report()).readBytes, PATIENCE).toBeGreaterThan(64 * KIB);
    reader.signal('SIGSTOP');
    await expect.poll(() => seen.length, PATIENCE).toBe(1);
    expect(seen[0]?.reason).toMatch(/^(unacknowledged|stalled)$/);
    expect(seen[0]?.silentMs).toBeGreaterThanOrEqual(EVICT_AFTER_MS);
    expect(hub.stats().clients.connected).toBe(0);
    await expect.poll(() => rowsAt(port), PATIENCE).toBe(0);
    reader.signal('SIGCONT');
    await expect.poll(async () => (await reader.report()).ended, PATIENCE).not.toBe('open');
  });

  it('a client in a process of its own that sleeps while nothing is sent but heartbeats stays: its kernel answers for it', async () => {
    const { port, hub } = await serve({ hub: { evictAfterMs: EVICT_AFTER_MS, heartbeatMs: 50 } });
    const reader = await reading(port);
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
    reader.signal('SIGSTOP');
    await sleep(4 * EVICT_AFTER_MS);
    expect(hub.stats().clients.connected).toBe(1);
    reader.signal('SIGCONT');
    const beforeBytes = (await reader.report()).readBytes;
    await expect.poll(async () => (await reader.report()).readBytes, PATIENCE).toBeGreaterThan(beforeBytes);
  });

  it.each(['reading', 'stopped'] as const)(
    'a client in a process of its own that is killed while it is %s is closed by its kernel: gone at once, and no eviction',
    async (how) => {
      const { port, hub } = await serve({ ratePerSecond: 20, hub: { evictAfterMs: 600_000 } });
      const seen = departures(hub as SseHub);
      const reader = await reading(port);
      await expect.poll(async () => (await reader.report()).readBytes, PATIENCE).toBeGreaterThan(0);
      if (how === 'stopped') reader.signal('SIGSTOP');
      reader.signal('SIGKILL');
      await expect.poll(() => seen.map(({ reason }) => reason), PATIENCE).toEqual(['closed']);
      expect(hub.stats()).toMatchObject({
        clients: { connected: 0 },
        evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
      });
      await expect.poll(() => rowsAt(port), PATIENCE).toBe(0);
    },
  );
});

describe.runIf(onLinux)('a client that stops reading after 1 MB', () => {
  it.each(['evict', 'drop-oldest'] as const)(
    'a client that stops reading after 1 MB is evicted after the stated time, or by its queue, whichever is first (%s), and nothing of it is left',
    async (overflow) => {
      const { port, hub } = await serve({
        ratePerSecond: 200,
        eventSizeBytes: 16 * KIB,
        hub: { evictAfterMs: EVICT_AFTER_MS, heartbeatMs: 100, overflow },
      });
      const seen = departures(hub as SseHub);
      const one = client({ port, paused: true });
      let readBytes = 0;
      one.socket.on('data', (chunk: Buffer) => {
        readBytes += chunk.length;
        if (readBytes > KIB * KIB) one.socket.pause();
      });
      one.socket.resume();
      await expect.poll(() => seen.length, PATIENCE).toBe(1);
      expect(readBytes).toBeGreaterThan(KIB * KIB);
      expect(seen[0]?.reason).toMatch(
        overflow === 'evict' ? /^(unacknowledged|stalled|overflow)$/ : /^(unacknowledged|stalled)$/,
      );
      expect(hub.stats()).toMatchObject({ clients: { connected: 0, blocked: 0 }, queuedBytes: 0 });
      await expect.poll(() => rowsAt(port), PATIENCE).toBe(0);
    },
  );
});

it('a client that is slow and alive reads 1 kB a second of a stream of less and stays for many times the eviction time', async () => {
  const { port, hub } = await serve({
    ratePerSecond: 4,
    eventSizeBytes: 128,
    hub: { evictAfterMs: 500, heartbeatMs: 100 },
  });
  const slow = client({ port, paused: true });
  let readBytes = 0;
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let turn = 0; turn < 30; turn++) {
    readBytes += (slow.socket.read(256) as Buffer | null)?.length ?? (slow.socket.read() as Buffer | null)?.length ?? 0;
    await sleep(250);
  }
  expect(readBytes).toBeGreaterThan(1000);
  expect(hub.stats()).toMatchObject({
    clients: { connected: 1 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
  });
});

it('a client that is slow and alive reads a few bytes twice in each eviction time and stays', async () => {
  const { port, hub } = await serve({ hub: { evictAfterMs: 500, heartbeatMs: 100 } });
  const slow = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  for (let turn = 0; turn < 20; turn++) {
    slow.socket.read(4);
    await sleep(250);
  }
  expect(hub.stats()).toMatchObject({
    clients: { connected: 1 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
  });
});
