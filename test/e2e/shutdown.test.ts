import { once } from 'node:events';
import type net from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { PATIENCE, RawClient } from '../server/raw-client.ts';
import { OwnServer } from '../support/own-server.ts';

const MIB = 1024 * 1024;
/** Poured into a client who does not read, this is more than both kernels take: it is blocked. */
const FLOOD = `/events?fill=${16 * MIB}`;
/** More than its own kernel takes: its window is shut, and the rest waits in the server's kernel. */
const SHUT = `/events?fill=${MIB / 2}`;

const servers: OwnServer[] = [];
const sockets: net.Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await server.kill();
});

async function serving(args: readonly string[], port = 0): Promise<OwnServer> {
  const server = await OwnServer.start(args, port);
  servers.push(server);
  return server;
}

async function seat(server: OwnServer, count: number, { path = '/events', paused = false } = {}): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  const { connected } = (await server.stats()).clients;
  while (clients.length < count) {
    const wave = Array.from(
      { length: Math.min(100, count - clients.length) },
      () => new RawClient({ port: server.port, path, paused }),
    );
    for (const { socket } of wave) sockets.push(socket);
    clients.push(...wave);
    await Promise.all(wave.map(({ socket }) => (socket.connecting ? once(socket, 'connect') : null)));
  }
  await expect.poll(async () => (await server.stats()).clients.connected, PATIENCE).toBe(connected + count);
  return clients;
}

async function heardFarewell(clients: RawClient[]): Promise<void> {
  await Promise.all(clients.map((one) => one.untilClosed()));
  expect(clients.filter(({ ended, body }) => ended !== 'fin' || !/\n\n: shutdown\nretry: \d+\n\n$/.test(body))).toEqual(
    [],
  );
}

async function isFree(port: number): Promise<void> {
  const next = await serving([], port);
  expect((await next.ask('/healthz')).status).toBe(200);
}

it('a server with 1,000 clients says farewell to all of them on SIGTERM, ends their streams, exits with 0, and its port is free', async () => {
  const server = await serving(['--rate=5/s', '--grace=60s']);
  const clients = await seat(server, 1000);
  await Promise.all(clients.map((one) => one.untilText('event: tick')));
  server.child.kill('SIGTERM');
  expect(await server.exit()).toEqual([0, null]);
  await heardFarewell(clients);
  expect(server.stderr).toBe('');
  await isFree(server.port);
});

it('a server with 1,000 clients of whom 300 do not read is held up by them no longer than its grace time; the others hear the farewell', async () => {
  const server = await serving(['--rate=5/s', '--grace=2s', '--max-fill=16MiB', '--evict-after=10m']);
  await seat(server, 60, { path: FLOOD, paused: true });
  await seat(server, 240, { path: SHUT, paused: true });
  const healthy = await seat(server, 700);
  await expect.poll(async () => (await server.stats()).clients.blocked, PATIENCE).toBe(60);
  const startedMs = performance.now();
  server.child.kill('SIGTERM');
  expect(await server.exit()).toEqual([0, null]);
  // The stuck ones had their time.
  expect(performance.now() - startedMs).toBeGreaterThan(1900);
  await heardFarewell(healthy);
  await isFree(server.port);
});

it('a server with 1,000 clients some of them stuck ends at once on a second signal, however long its grace time', async () => {
  const server = await serving(['--rate=5/s', '--grace=10m', '--max-fill=16MiB', '--evict-after=10m']);
  await seat(server, 30, { path: FLOOD, paused: true });
  const healthy = await seat(server, 970);
  await expect.poll(async () => (await server.stats()).clients.blocked, PATIENCE).toBe(30);
  server.child.kill('SIGTERM');
  await heardFarewell(healthy);
  expect(server.child.exitCode).toBeNull();
  server.child.kill('SIGINT');
  expect(await server.exit()).toEqual([0, null]);
  await isFree(server.port);
});

it('while it is being shut down with stuck clients a server answers those who hold a connection: alive, not ready, with figures; and takes no new one', async () => {
  const server = await serving(['--rate=5/s', '--grace=10m', '--max-fill=16MiB', '--evict-after=10m']);
  await seat(server, 20, { path: FLOOD, paused: true });
  await expect.poll(async () => (await server.stats()).clients.blocked, PATIENCE).toBe(20);
  const paths = ['/healthz', '/readyz', '/stats', '/metrics'];
  const monitors = paths.map((path) => new RawClient({ port: server.port, path }));
  for (const monitor of monitors) {
    sockets.push(monitor.socket);
    await monitor.untilText('HTTP/1.1 200');
  }
  server.child.kill('SIGTERM');
  await expect
    .poll(
      async () => await server.ask('/healthz').catch(({ cause }: Error) => (cause as { code: string }).code),
      PATIENCE,
    )
    .toBe('ECONNREFUSED');
  const second: Record<string, string> = {};
  for (const [index, monitor] of monitors.entries()) {
    const before = monitor.text.length;
    monitor.socket.write(`GET ${paths[index]} HTTP/1.1\r\nHost: test\r\n\r\n`);
    await monitor.untilClosed();
    second[paths[index] as string] = monitor.text.slice(before);
  }
  expect(second['/healthz']).toMatch(/^HTTP\/1\.1 200 .*\{"status":"ok"\}\n$/s);
  expect(second['/readyz']).toMatch(/^HTTP\/1\.1 503 .*"ready":false,"draining":true/s);
  expect(second['/stats']).toMatch(/^HTTP\/1\.1 200 .*"clients":\{"connected":0/s);
  expect(second['/metrics']).toMatch(/^HTTP\/1\.1 200 /);
  server.child.kill('SIGTERM');
  expect(await server.exit()).toEqual([0, null]);
});
