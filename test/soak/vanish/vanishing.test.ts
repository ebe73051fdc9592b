import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { assert, integer, nat, property, tuple } from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpointKey, type EndpointKey } from '../../../src/machine/endpoint-key.ts';
import { UsageError } from '../../../src/core/errors.ts';
import { readTcpTable, TCP_STATE } from '../../../src/machine/proc-net-tcp.ts';
import { vanishAfterMs, VanishingNetwork, vanishingAddress } from '../../../src/soak/vanish/vanishing.ts';

const NETWORK = tuple(nat(255), nat(15)).map(([high, low]) => `127.66.${high}.${low * 16}`);

it('the addresses that clients vanish from are all in the network of the run, and each is used', () => {
  assert(
    property(NETWORK, nat(200_000), (network, index) => {
      const sixteen = Array.from({ length: 16 }, (_none, more) => vanishingAddress(network, index + more));
      expect(new Set(sixteen).size).toBe(16);
      const prefix = network.slice(0, network.lastIndexOf('.') + 1);
      const first = Number(network.slice(prefix.length));
      for (const address of sixteen) {
        expect(address.startsWith(prefix)).toBe(true);
        const last = Number(address.slice(prefix.length));
        expect(last >= first && last < first + 16).toBe(true);
      }
    }),
  );
});

it('the time at which clients vanish is the same for the same seed, behind the ramp, and leaves three quarters of the load', () => {
  assert(
    property(
      nat(3_600_000),
      integer({ min: 1000, max: 3_600_000 }),
      nat(2 ** 32 - 1),
      (rampMs, durationMs, planSeed) => {
        const atMs = vanishAfterMs({ rampMs, durationMs }, planSeed);
        expect(vanishAfterMs({ rampMs, durationMs }, planSeed)).toBe(atMs);
        expect(atMs).toBeGreaterThan(rampMs);
        expect(atMs).toBeLessThanOrEqual(rampMs + Math.min(4000, durationMs / 4));
      },
    ),
  );
});

/** Whether this process may set routes: as root, mostly. Others are tested end to end, in a namespace. */
const permitted = await VanishingNetwork.reserve().then(
  async (network) => {
    await network.release();
    return true;
  },
  (error: unknown) => {
    if (error instanceof UsageError) return false;
    throw error;
  },
);

const PATIENCE_MS = 20_000;
const BEAT_MS = 20;

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`not seen in ${PATIENCE_MS} ms: ${what}`);
    await delay(BEAT_MS);
  }
}

describe.skipIf(!permitted)('clients whose network vanished (needs CAP_NET_ADMIN)', () => {
  let server: Server;
  let port = 0;
  const accepted = new Map<EndpointKey, Socket>();
  const opened: Socket[] = [];
  const networks: VanishingNetwork[] = [];
  let beat: NodeJS.Timeout;

  beforeAll(async () => {
    server = createServer((socket) => {
      accepted.set(endpointKey(socket.remoteAddress ?? '', socket.remotePort ?? 0), socket);
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    beat = setInterval(() => {
      for (const socket of accepted.values()) if (!socket.destroyed) socket.write(': ping\n\n');
    }, BEAT_MS);
  });
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.resetAndDestroy();
    for (const network of networks.splice(0)) await network.release();
    for (const socket of accepted.values()) socket.destroy();
    accepted.clear();
  });
  afterAll(() => {
    clearInterval(beat);
    server.close();
  });

  async function reserve(): Promise<VanishingNetwork> {
    const network = await VanishingNetwork.reserve();
    networks.push(network);
    return network;
  }

  interface Client {
    socket: Socket;
    key: EndpointKey;
    /** The server's end. */
    peer: Socket;
    /** What the client heard after its data: nothing, as long as it believes that all is well. */
    heard: string[];
  }

  async function join(localAddress: string): Promise<Client> {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    opened.push(socket);
    const heard: string[] = [];
    socket
      .on('data', () => {})
      .on('end', () => heard.push('end'))
      .on('error', ({ message }) => heard.push(message))
      .on('close', () => heard.push('close'));
    await once(socket, 'connect');
    const key = endpointKey(socket.localAddress ?? '', socket.localPort ?? 0);
    await until('the server to accept and the first bytes', () => accepted.has(key) && socket.bytesRead > 0);
    return { socket, key, peer: accepted.get(key) as Socket, heard };
  }

  /** States of both ends and what the server's kernel holds; 0 for a row that is not there. */
  async function rows({ key }: Client): Promise<{ client: number; server: number; txQueueBytes: number }> {
    const seen = { client: 0, server: 0, txQueueBytes: 0 };
    await readTcpTable(
      (row) => {
        if (row.remotePort === port && row.localKey() === key) seen.client = row.state;
        if (row.localPort === port && row.remoteKey() === key) {
          seen.server = row.state;
          seen.txQueueBytes = row.txQueueBytes;
        }
      },
      { port },
    );
    return seen;
  }

  it('clients whose network vanished (needs CAP_NET_ADMIN) acknowledge nothing and hear nothing, while both ends believe in the connection and others go on', async () => {
    const network = await reserve();
    const gone = await join(vanishingAddress(network.network, 5));
    const other = await join('127.0.0.1');
    await network.vanish();
    expect(network.trouble).toBeNull();
    await until('bytes that nobody acknowledges', async () => (await rows(gone)).txQueueBytes > 0);
    // What had arrived before may still be read in this turn; from here on its counter stands still.
    await delay(BEAT_MS);
    const readBytes = gone.socket.bytesRead;
    const otherBytes = other.socket.bytesRead;
    const queue: number[] = [];
    for (let look = 0; look < 5; look++) {
      const before = queue.at(-1) ?? 0;
      await until('the queue to grow', async () => (await rows(gone)).txQueueBytes > before);
      queue.push((await rows(gone)).txQueueBytes);
    }
    expect(queue).toEqual(queue.toSorted((one, next) => one - next));
    expect(gone.socket.bytesRead).toBe(readBytes);
    await until('the other one to hear more', () => other.socket.bytesRead > otherBytes + 5 * 8);
    expect(await rows(gone)).toMatchObject({ client: TCP_STATE.established, server: TCP_STATE.established });
    expect([gone.heard, other.heard]).toEqual([[], []]);
  });

  it('clients whose network vanished (needs CAP_NET_ADMIN) that are evicted by reset leave nothing at the server, by FIN an orphan, and hear of neither', async () => {
    const network = await reserve();
    const [byReset, byFin] = [
      await join(vanishingAddress(network.network, 0)),
      await join(vanishingAddress(network.network, 1)),
    ];
    await network.vanish();
    await until(
      'bytes that nobody acknowledges',
      async () => (await rows(byReset)).txQueueBytes > 0 && (await rows(byFin)).txQueueBytes > 0,
    );
    byReset.peer.resetAndDestroy();
    byFin.peer.destroy();
    await until('the reset one to be gone', async () => (await rows(byReset)).server === 0);
    await until(
      'the other one to wait for an acknowledgement',
      async () => (await rows(byFin)).server === TCP_STATE.finWait1,
    );
    await delay(10 * BEAT_MS);
    expect((await rows(byFin)).server).toBe(TCP_STATE.finWait1);
    expect([(await rows(byReset)).client, (await rows(byFin)).client]).toEqual([
      TCP_STATE.established,
      TCP_STATE.established,
    ]);
    expect([byReset.heard, byFin.heard]).toEqual([[], []]);
  });

  it('clients whose network vanished (needs CAP_NET_ADMIN) can close their sockets and nothing of it arrives; with the network back it does', async () => {
    const network = await reserve();
    const [silent, late] = [
      await join(vanishingAddress(network.network, 2)),
      await join(vanishingAddress(network.network, 3)),
    ];
    await network.vanish();
    await until('bytes that nobody acknowledges', async () => (await rows(silent)).txQueueBytes > 0);
    silent.socket.resetAndDestroy();
    await until('its own socket to be gone', async () => (await rows(silent)).client === 0);
    await delay(10 * BEAT_MS);
    expect((await rows(silent)).server).toBe(TCP_STATE.established);
    expect(silent.peer.destroyed).toBe(false);
    await network.release();
    late.socket.resetAndDestroy();
    await until('the server to hear the reset', () => late.peer.destroyed);
  });

  it('clients whose network vanished (needs CAP_NET_ADMIN) have a network that no other run has', async () => {
    const [one, other] = [await reserve(), await reserve()];
    expect(one.network).not.toBe(other.network);
    const [gone, stays] = [
      await join(vanishingAddress(one.network, 0)),
      await join(vanishingAddress(other.network, 0)),
    ];
    await one.vanish();
    await until('bytes that nobody acknowledges', async () => (await rows(gone)).txQueueBytes > 0);
    const readBytes = stays.socket.bytesRead;
    await until('the other run to go on', () => stays.socket.bytesRead > readBytes + 80);
  });

  it('clients whose network vanished (needs CAP_NET_ADMIN) do not vanish when the run ends before, and the address works again after the release', async () => {
    const network = await reserve();
    const ended = new AbortController();
    const waiting = network.vanishAfter(PATIENCE_MS, ended.signal);
    ended.abort();
    await waiting;
    const client = await join(vanishingAddress(network.network, 0));
    const readBytes = client.socket.bytesRead;
    await until('it to hear more', () => client.socket.bytesRead > readBytes);
    await network.vanish();
    network.releaseNow();
    await network.release();
    expect((await join(vanishingAddress(network.network, 1))).heard).toEqual([]);
  });
});
