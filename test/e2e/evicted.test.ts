import { afterEach, describe, expect, it } from 'vitest';
import { readTcpTable, TCP_STATE } from '../../src/machine/proc-net-tcp.ts';
import { PATIENCE, RawClient } from '../server/raw-client.ts';
import { startProgram } from '../support/program.ts';
import { OwnServer, type ServerStats } from '../support/own-server.ts';

const onLinux = process.platform === 'linux';
const KIB = 1024;
/** Half a megabyte for each who asks: what their own kernels do not take waits in the server's. */
const FILL = `/events?fill=${512 * KIB}`;

const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function stalled(port: number, count: number): RawClient[] {
  const crowd = Array.from({ length: count }, () => new RawClient({ port, path: FILL, paused: true }));
  cleanups.push(() => {
    for (const one of crowd) one.destroy();
  });
  return crowd;
}

/** Whatever the kernel still has of this server, but what listens and what is only remembered. */
async function kernelStates(port: number): Promise<number[]> {
  const states: number[] = [];
  await readTcpTable(
    (row) => {
      if (row.localPort === port) states.push(row.state);
    },
    { port },
  );
  return states.filter((state) => state !== TCP_STATE.listen && state !== TCP_STATE.timeWait);
}

describe.runIf(onLinux)('after an eviction', () => {
  it('after an eviction of 200 clients nothing is left: no client, no queue, no handle, no descriptor, no orphan in the kernel', async () => {
    const server = await OwnServer.start(['--evict-after=1s', '--heartbeat=200ms', '--rate=20/s', '--max-fill=512KiB']);
    cleanups.push(() => server.kill());
    await server.stats();
    const before = { files: server.files(), handles: (await server.stats()).openHandles };
    stalled(server.port, 200);
    await expect.poll(async () => (await server.stats()).clients.total, PATIENCE).toBe(200);
    await expect
      .poll(async () => (await server.stats()).evicted, PATIENCE)
      .toEqual({ stalled: 0, unacknowledged: 200, overflow: 0 });
    const { clients, queuedBytes, openHandles } = await server.stats();
    expect([clients.connected, clients.blocked, queuedBytes, openHandles]).toEqual([0, 0, 0, before.handles]);
    await expect.poll(() => kernelStates(server.port), PATIENCE).toEqual([]);
    await expect.poll(() => server.files(), PATIENCE).toBeLessThanOrEqual(before.files);
  });

  it('after an eviction a server whose last descriptor was held by dead clients serves again: it needs none to find them', async () => {
    const server = startProgram(['serve', '--port=0', '--evict-after=1s', '--heartbeat=200ms', '--max-fill=512KiB'], {
      limits: 'ulimit -n 64',
    });
    cleanups.push(() => server.child.kill('SIGKILL'));
    const port = Number((await server.says(/^listening on .*:(\d+)\n/))[1]);
    stalled(port, 200);
    await server.says(/EMFILE/);
    let stats: ServerStats | null = null;
    await expect
      .poll(async () => {
        stats = await fetch(`http://127.0.0.1:${port}/stats`, { headers: { Connection: 'close' } }).then(
          (answer) => answer.json() as Promise<ServerStats>,
          () => null,
        );
        return stats !== null && stats.clients.total > 20 && stats.clients.connected === 0;
      }, PATIENCE)
      .toBe(true);
    expect((stats as ServerStats | null)?.evicted).toMatchObject({ stalled: 0, overflow: 0 });
    expect((stats as ServerStats | null)?.evicted.unacknowledged).toBeGreaterThan(20);
  });
});
