import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { TCP_TABLE_IPV4, TcpTable } from '../../src/machine/proc-net-tcp.ts';
import type { Connection } from '../../src/hub/connection.ts';
import type { SseHub } from '../../src/hub/hub.ts';
import { KernelTables } from '../../src/hub/kernel-tables.ts';
import type { ClientDescription } from '../../src/hub/stats.ts';
import { StalenessSweep } from '../../src/hub/staleness.ts';
import { ForeignServer } from '../support/foreign-server.ts';
import { Reader } from '../support/reader.ts';
import { client, connected, serve, sleep } from '../server/fixtures.ts';
import { IDENTITY } from '../server/http2-client.ts';
import { PATIENCE, RawClient } from '../server/raw-client.ts';

const onLinux = process.platform === 'linux';
const KIB = 1024;
/** A client that asks for this and does not read has more than its kernel takes within two seconds. */
const FILL = '/events?fill=524288';
const FILLABLE = { maxFillBytes: 512 * KIB };

const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A source port that nobody has at this moment. */
async function freePort(): Promise<number> {
  const foreign = await ForeignServer.start('127.0.0.1', 0);
  await foreign.stop();
  return foreign.port;
}

/** A sweep of its own over one stalled client by IPv4 and one by IPv6, where one of the tables cannot be read. */
async function swept(
  families: readonly ['127.0.0.1' | '::1', '127.0.0.1' | '::1'],
  tables: KernelTables,
): Promise<{ sweep: StalenessSweep; evicted: string[] }> {
  const evicted: string[] = [];
  const clients = new Map<string, Connection>();
  const sweep = new StalenessSweep({
    evictAfterMs: 500,
    heartbeatMs: null,
    clock: systemClock,
    clients,
    maxAgeMs: null,
    tables,
    evict: (connection) => {
      evicted.push(clients.get(connection.id) === first ? families[0] : families[1]);
      clients.delete(connection.id);
      sweep.unwatch(connection);
      connection.close('evicted', 'reset');
    },
  });
  let first: Connection | null = null;
  for (const host of families) {
    // Its own sweep stays out of it: it sees no table, and comes every five seconds.
    const { port, hub } = await serve({
      host,
      ...FILLABLE,
      hub: { evictAfterMs: 3_600_000, heartbeatKind: 'none', useKernelTable: false },
    });
    client({ port, host, path: FILL, paused: true });
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
    const connection = [...(hub as SseHub).clients.values()][0] as Connection;
    first ??= connection;
    clients.set(connection.id, connection);
    sweep.watch(connection);
  }
  sweep.start();
  cleanups.push(() => sweep.stop());
  return { sweep, evicted };
}

// A folder opens like a file, and refuses to be read.
const unreadable = (): TcpTable | null => TcpTable.open(tmpdir());

describe.runIf(onLinux)('whose row it is', () => {
  it.each(['127.0.0.1', '::1'])('whose row it is is known on a dual-stack server for a client by %s', async (host) => {
    const { port, hub } = await serve({ host: '::', ...FILLABLE, hub: { evictAfterMs: 1000, heartbeatMs: 100 } });
    const healthy = await connected({ port, host });
    client({ port, host, path: FILL, paused: true });
    await expect
      .poll(() => hub.stats(), PATIENCE)
      .toMatchObject({ clients: { connected: 1, total: 2 }, evicted: { unacknowledged: 1, stalled: 0 } });
    expect(healthy.ended).toBe('open');
  });

  it('whose row it is is known under TLS, where the socket that is written to is not the one in the table', async () => {
    const { port, hub } = await serve({
      tls: { cert: IDENTITY.certificate, key: IDENTITY.key },
      ...FILLABLE,
      hub: { evictAfterMs: 1000, heartbeatMs: 100 },
    });
    for (const path of ['/events', FILL]) {
      const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
      cleanups.push(() => socket.destroy());
      socket.on('error', () => {}).write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
      if (path === FILL) socket.pause();
      else socket.resume();
    }
    await expect
      .poll(() => hub.stats(), PATIENCE)
      .toMatchObject({ clients: { connected: 1, total: 2 }, evicted: { unacknowledged: 1, stalled: 0 } });
  });

  it('whose row it is is known when clients come from the same port one after the other, while the sweep runs', async () => {
    const { port, hub } = await serve({ ...FILLABLE, hub: { evictAfterMs: 1000, heartbeatMs: 100 } });
    const from = { localAddress: '127.0.0.5', localPort: await freePort() };
    const count = 500;
    for (let n = 0; n < count; n++) {
      const one = await connected({ port, from });
      one.socket.resetAndDestroy();
      await one.untilClosed();
      // All of them together take longer than the sweep takes to come by.
      await sleep(2);
    }
    const stalled = client({ port, from, path: FILL, paused: true });
    await expect
      .poll(() => hub.stats(), PATIENCE)
      .toMatchObject({ clients: { connected: 0, total: count + 1 }, evicted: { unacknowledged: 1, stalled: 0 } });
    stalled.destroy();
    const healthy = await connected({ port, from });
    await sleep(3000);
    expect([hub.stats().clients.connected, healthy.ended]).toEqual([1, 'open']);
  });

  it('whose row it is is known when two addresses of ours have a client at the same address and port', async () => {
    const { port, hub } = await serve({ host: '0.0.0.0', ...FILLABLE, hub: { evictAfterMs: 1000, heartbeatMs: 100 } });
    const from = { localAddress: '127.0.0.5', localPort: await freePort() };
    for (const stalledHost of ['127.0.0.1', '127.0.0.2']) {
      const evictedCount = hub.stats().evicted.unacknowledged;
      const stalled = client({ port, host: stalledHost, from, path: FILL, paused: true });
      await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
      const healthy = await connected({ port, host: stalledHost === '127.0.0.1' ? '127.0.0.2' : '127.0.0.1', from });
      await expect.poll(() => hub.stats().evicted.unacknowledged, PATIENCE).toBe(evictedCount + 1);
      expect([hub.stats().clients.connected, healthy.ended]).toEqual([1, 'open']);
      stalled.destroy();
      healthy.socket.resetAndDestroy();
      await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(0);
    }
  });

  it(
    'whose row it is is found among 20,000 rows of others, for each of those who stall and for nobody else',
    { tags: ['long'] },
    async () => {
      const crowd = fork(fileURLToPath(new URL('../support/crowd.mjs', import.meta.url)), ['10000']);
      cleanups.push(() => crowd.kill('SIGKILL'));
      const [{ pairs }] = (await once(crowd, 'message')) as [{ pairs: number }];
      const { port, hub } = await serve({ ...FILLABLE, hub: { evictAfterMs: 2000, heartbeatMs: 100 } });
      const healthy = await Promise.all(Array.from({ length: 20 }, () => connected({ port })));
      for (let count = 0; count < 20; count++) client({ port, path: FILL, paused: true });
      await expect
        .poll(() => hub.stats(), PATIENCE)
        .toMatchObject({ clients: { connected: 20, total: 40 }, evicted: { unacknowledged: 20, stalled: 0 } });
      expect(healthy.filter(({ ended }) => ended !== 'open')).toEqual([]);
      const rows = / for ([\d,]+) rows/.exec(hub.ready()['eviction']?.detail ?? '')?.[1] ?? '';
      const rowCount = Number(rows.replaceAll(',', ''));
      expect(rowCount).toBeGreaterThan(1.9 * pairs);
    },
  );

  it('whose row it is is not taken for that of another process with the same ports', async () => {
    const { port, hub } = await serve({ ...FILLABLE, hub: { evictAfterMs: 500, heartbeatMs: 100 } });
    const foreign = await ForeignServer.start('127.0.0.2', port);
    cleanups.push(() => void foreign.stop());
    const from = { localAddress: '127.0.0.5', localPort: await freePort() };
    const elsewhere = new RawClient({ port, host: '127.0.0.2', from, paused: true });
    cleanups.push(() => elsewhere.destroy());
    await foreign.pours();
    const here = await connected({ port, from });
    // Its neighbour acknowledges nothing for ten times as long.
    await sleep(5000);
    expect([hub.stats().clients.connected, here.ended]).toEqual([1, 'open']);
  });
});

describe.runIf(onLinux)('a pass that fails', () => {
  it('a pass that fails half-way judges those whose rows it has seen and nobody else, and /readyz says why', async () => {
    const { sweep, evicted } = await swept(
      ['127.0.0.1', '::1'],
      new KernelTables(TcpTable.open(TCP_TABLE_IPV4), unreadable()),
    );
    await expect.poll(() => evicted, PATIENCE).toEqual(['127.0.0.1']);
    await sleep(3000);
    expect(evicted).toEqual(['127.0.0.1']);
    expect(sweep.state()).toMatchObject({
      ready: false,
      detail: expect.stringContaining('last read failed: EISDIR') as string,
    });
  });

  it('a pass that fails at its beginning judges nobody, and goes on trying', async () => {
    const { sweep, evicted } = await swept(
      ['::1', '127.0.0.1'],
      new KernelTables(TcpTable.open(TCP_TABLE_IPV4), unreadable()),
    );
    await expect.poll(() => sweep.state().ready, PATIENCE).toBe(false);
    await sleep(3000);
    expect(evicted).toEqual([]);
    expect(sweep.state().detail).toContain('last read failed: EISDIR');
  });
});

it.each([true, false])(
  'a server that stood still evicts nobody for its own absence (kernel table: %s)',
  async (useKernelTable) => {
    const evictAfterMs = 800;
    const { port, hub } = await serve({
      hub: { evictAfterMs, heartbeatMs: 100, maxQueueBytes: 1024 * KIB * KIB, useKernelTable },
    });
    const reader = await Reader.start(port, { paused: true });
    cleanups.push(() => reader.end());
    await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
    while (hub.stats().clients.blocked === 0) {
      hub.publish({ data: '.'.repeat(256 * KIB) });
      await sleep(1);
    }
    // The sweep has seen how much it took.
    await sleep(evictAfterMs / 2);
    reader.read();
    // It reads now, and we do not see it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3 * evictAfterMs);
    await expect.poll(() => hub.stats().clients.blocked, PATIENCE).toBe(0);
    expect(hub.stats()).toMatchObject({ clients: { connected: 1 }, evicted: { stalled: 0, unacknowledged: 0 } });
  },
);

it.skipIf(!onLinux)(
  'a client that takes nothing is the worst of all, with the bytes that its machine has not acknowledged and for how long',
  async () => {
    const { port, hub } = await serve({
      ...FILLABLE,
      hub: { evictAfterMs: 60_000, heartbeatMs: 300 },
      ratePerSecond: 20,
    });
    await connected({ port });
    client({ port, path: FILL, paused: true });
    const worst = (): ClientDescription | undefined => hub.describeClients(2, 'worst')[0];
    await expect.poll(() => worst()?.noProgressMs, PATIENCE).toBeGreaterThan(1000);
    expect(worst()?.unacknowledgedBytes).toBeGreaterThan(0);
    expect(hub.describeClients(2, 'oldest').map(({ id }) => id)).toEqual(
      hub
        .describeClients(2, 'worst')
        .map(({ id }) => id)
        .toReversed(),
    );
    const [healthy] = hub.describeClients(1, 'oldest');
    expect([healthy?.blocked, typeof healthy?.unacknowledgedBytes]).toEqual([false, 'number']);
  },
);

it('a client that is judged by our own queue alone has no figure of unacknowledged bytes', async () => {
  const { port, hub } = await serve({ hub: { useKernelTable: false } });
  await connected({ port });
  expect(hub.describeClients(1)[0]).toMatchObject({ unacknowledgedBytes: null, noProgressMs: 0 });
});
