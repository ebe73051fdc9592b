import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Subscription } from '../../src/client/subscription.ts';
import type { ClientKind } from '../../src/core/client-kinds.ts';
import { endpointKey, readTcpTable, tcpTableReadable } from '../../src/core/proc-net-tcp.ts';
import { Summary } from '../../src/measure/summary.ts';
import { StaleWatch } from '../../src/soak/stale-watch.ts';
import { ClientRig } from '../support/client-rig.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';

const MEGABYTE = 1024 * 1024;
const ALLOWED_MS = 5000;
const LOOK_MS = 400;

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Nobody else connects from here, so that a port that becomes free stays free. */
const OWN_ADDRESS = `127.99.${process.pid % 250}.${1 + (Date.now() % 250)}`;

interface Scene {
  server: ScriptedServer;
  rig: ClientRig;
  client: Subscription;
  summary: Summary;
  /** Lets time pass and looks once. */
  look(): Promise<void>;
  /** What the server's kernel holds for the client; -1 where it has no such connection. */
  outstandingBytes(): Promise<number>;
}

/** One client with an open stream, under watch. */
async function watch(kind: ClientKind): Promise<Scene> {
  const server = await ScriptedServer.start((socket) => void socket.on('error', () => {}).write(OK));
  const rig = new ClientRig(server.port, { localAddress: OWN_ADDRESS });
  closing.push(() => server.close(), () => rig.close());
  const summary = new Summary();
  const stale = new StaleWatch({
    serverPort: server.port, local: true, allowedMs: () => ALLOWED_MS, alive: () => true, bytesHeard: () => 0, nowMs: () => rig.clock.nowMs(), summary,
  });
  const client = rig.connect(kind);
  await rig.until('the stream', () => client.state === 'open');
  const key = endpointKey(client.connection?.localAddress ?? '', client.connection?.localPort ?? 0);
  const look = async (): Promise<void> => {
    rig.clock.pass(LOOK_MS);
    await stale.look(rig.clients);
  };
  await look();
  closing.push(() => stale.close());
  return {
    server, rig, client, summary, look,
    async outstandingBytes() {
      let bytes = -1;
      await readTcpTable((row) => {
        if (row.localPort === server.port && row.remoteKey() === key) bytes = row.txQueueBytes;
      }, { port: server.port });
      return bytes;
    },
  };
}

/** A stalled client for which the server's kernel holds what its own did not take, and the watch knows it. */
async function stalled(): Promise<Scene> {
  const scene = await watch('stalled');
  scene.server.sockets[0]?.write(`: ${'x'.repeat(MEGABYTE)}\n`);
  let heldBytes = 0;
  for (let same = 0, looks = 0; same < 5 && looks < 200; looks++) {
    const nowBytes = await scene.outstandingBytes();
    same = nowBytes > 0 && nowBytes === heldBytes ? same + 1 : 0;
    heldBytes = nowBytes;
    await scene.rig.quiet();
  }
  await scene.look();
  return scene;
}

/** Connects from this very port, as soon as it is free. */
async function takePort(localPort: number, port: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: OWN_ADDRESS, localPort });
    try {
      await once(socket, 'connect');
      closing.push(() => void socket.resetAndDestroy());
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 200) throw error;
      await delay(10);
    }
  }
}

describe.skipIf(!tcpTableReadable())('the watch over stale clients', () => {
  it('counts a stalled client that was reset as evicted, with the time since the server could know', async () => {
    const { server, summary, look, client } = await stalled();
    await look();
    server.sockets[0]?.resetAndDestroy();
    await look();
    await look();
    expect(summary.counts).toMatchObject({ evictionsSeen: 1, evictionsMissed: 0 });
    expect(summary.times.evictionTime.percentile(100)).toBeGreaterThanOrEqual(2 * LOOK_MS - 1);
    expect(client.state).toBe('closed');
  });

  it('sees the eviction also when another client has the port by the time of the look', async () => {
    const { server, summary, look, client } = await stalled();
    const localPort = client.connection?.localPort ?? 0;
    server.sockets[0]?.resetAndDestroy();
    // The kernel frees the port with the reset; Node has not heard of it, since the client reads nothing.
    await takePort(localPort, server.port);
    expect([client.state, client.connection?.localPort]).toEqual(['open', localPort]);
    await look();
    expect(summary.counts).toMatchObject({ evictionsSeen: 1, evictionsMissed: 0 });
    for (let waitedMs = 0; waitedMs < 3 * ALLOWED_MS; waitedMs += LOOK_MS) await look();
    expect(summary.counts).toMatchObject({ evictionsSeen: 1, evictionsMissed: 0 });
  });

  it('counts one that is kept beyond the time allowed as missed, and its eviction afterwards no longer', async () => {
    const { server, summary, look } = await stalled();
    for (let waitedMs = 0; waitedMs < ALLOWED_MS - LOOK_MS; waitedMs += LOOK_MS) await look();
    expect(summary.counts.evictionsMissed).toBe(0);
    for (let waitedMs = 0; waitedMs <= 2 * LOOK_MS; waitedMs += LOOK_MS) await look();
    expect(summary.counts.evictionsMissed).toBe(1);
    server.sockets[0]?.resetAndDestroy();
    await look();
    await look();
    expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 1 });
  });

  it('blames nobody for a client that reads all that it is sent, however long', async () => {
    const { server, rig, summary, look, client } = await watch('vanished');
    for (let waitedMs = 0; waitedMs < 3 * ALLOWED_MS; waitedMs += LOOK_MS) {
      const before = client.receivedBytes;
      server.sockets[0]?.write(': ping\n\n');
      await rig.until('the heartbeat', () => client.receivedBytes > before);
      await look();
    }
    expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 0 });
  });

  it('does not take the end of a client that had not vanished yet for an eviction', async () => {
    const { server, rig, summary, look, client } = await watch('vanished');
    server.sockets[0]?.resetAndDestroy();
    await rig.until('the end of the stream', () => client.state === 'closed');
    await look();
    await look();
    for (const close of closing.splice(2)) await close();
    expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 0, evictionsUnknown: 1, evictionsExpected: 0 });
  });
});
