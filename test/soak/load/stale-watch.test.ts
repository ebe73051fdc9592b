import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Subscription } from '../../../src/client/subscription.ts';
import type { ClientKind } from '../../../src/core/client-kinds.ts';
import { KERNELS_SWALLOW_BYTES } from '../../../src/findings/bounds.ts';
import { endpointKey } from '../../../src/machine/endpoint-key.ts';
import { readTcpTable, tcpTableReadable } from '../../../src/machine/proc-net-tcp.ts';
import { Summary } from '../../../src/record/summary.ts';
import { ConnectionTable, machineMs, type RowsAsked, type SeenEnds } from '../../../src/soak/load/connection-table.ts';
import { StaleWatch } from '../../../src/soak/load/stale-watch.ts';
import { Http1Transport } from '../../../src/wire/http1.ts';
import type { Transport } from '../../../src/wire/transport.ts';
import { createUndiciTransport } from '../../../src/wire/undici.ts';
import { ClientRig } from '../../support/client-rig.ts';
import { CA, ExchangeServer, type Exchange, type ServerKind } from '../../wire/exchange.ts';

const MEGABYTE = 1024 * 1024;
const ALLOWED_MS = 5000;
const LOOK_MS = 400;

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Nobody else connects from here, so that a port that becomes free stays free. */
const OWN_ADDRESS = `127.99.${process.pid % 250}.${1 + (Date.now() % 250)}`;

/** How the clients speak to which server. */
type Way = 'wire' | 'wire over TLS' | 'undici' | 'HTTP/2';
const SERVER_KINDS: Readonly<Record<Way, ServerKind>> = {
  wire: 'http',
  'wire over TLS': 'https',
  undici: 'http',
  'HTTP/2': 'http2',
};
const TLS = { servername: 'localhost', ca: CA };

function transportFor(way: Way): Transport | Promise<Transport> {
  if (way === 'undici') return createUndiciTransport();
  if (way === 'HTTP/2') return createUndiciTransport({ tls: TLS, http2: true });
  return new Http1Transport(way === 'wire' ? {} : { tls: TLS });
}

interface Scene {
  port: number;
  /** The server's side of the stream. */
  stream: Exchange;
  rig: ClientRig;
  client: Subscription;
  summary: Summary;
  /** Lets time pass and looks once. */
  look(): Promise<void>;
  /** The run is over. */
  close(): Promise<void>;
  /** What the server's kernel holds for the client; -1 where it has no such connection. */
  outstandingBytes(): Promise<number>;
}

/** The clock of a scene stands still while the table is read, so all of a pass is of one moment. */
class StillTable extends ConnectionTable {
  override async read(asked: RowsAsked): Promise<SeenEnds | null> {
    const seen = await super.read(asked);
    const atMs = machineMs();
    return seen === null ? null : { ...seen, beganMs: atMs, endedMs: atMs };
  }
}

/** One client with an open stream, under watch. */
async function watch(
  kind: ClientKind,
  way: Way = 'wire',
  { bytesHeard = () => 0, promised = true }: { bytesHeard?: () => number; promised?: boolean } = {},
): Promise<Scene> {
  const server = await ExchangeServer.start(SERVER_KINDS[way], (exchange) => void exchange.head());
  const { port } = server;
  const rig = new ClientRig(port, { localAddress: OWN_ADDRESS, transport: await transportFor(way) });
  closing.push(
    () => server.close(),
    () => rig.close(),
  );
  const summary = new Summary();
  const table = new StillTable();
  table.hurry();
  const stale = new StaleWatch({
    serverPort: port,
    table: way === 'HTTP/2' ? null : table,
    allowedMs: () => ALLOWED_MS,
    promised: () => promised,
    alive: () => true,
    bytesHeard,
    nowMs: () => rig.clock.nowMs(),
    summary,
  });
  const client = rig.connect(kind);
  await rig.until('the stream', () => client.state === 'open');
  const look = async (): Promise<void> => {
    rig.clock.pass(LOOK_MS);
    await stale.look(rig.clients);
  };
  // What was sent first has been acknowledged by then.
  await rig.quiet();
  await look();
  closing.push(() => stale.close(rig.clients));
  const key =
    way === 'HTTP/2' ? null : endpointKey(client.connection?.localAddress ?? '', client.connection?.localPort ?? 0);
  return {
    port,
    stream: server.exchanges[0] as Exchange,
    rig,
    client,
    summary,
    look,
    close: () => stale.close(rig.clients),
    async outstandingBytes() {
      let bytes = -1;
      await readTcpTable(
        (row) => {
          if (row.localPort === port && row.remoteKey() === key) bytes = row.txQueueBytes;
        },
        { port },
      );
      return bytes;
    },
  };
}

/** A stalled client for which the server's kernel holds what its own did not take, and the watch knows it. */
async function stalled(way: Way = 'wire', heard?: { bytesHeard: () => number; promised: boolean }): Promise<Scene> {
  const scene = await watch('stalled', way, heard);
  scene.stream.write(`: ${'x'.repeat(MEGABYTE)}\n`);
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
  it.each(['wire', 'wire over TLS', 'undici'] as const)(
    'the watch over stale clients counts a stalled client that was reset as evicted, with the time since the server could know: %s',
    async (way) => {
      const { stream, summary, look, client } = await stalled(way);
      await look();
      expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 0 });
      stream.reset();
      await look();
      await look();
      expect(summary.counts).toMatchObject({ evictionsSeen: 1, evictionsMissed: 0 });
      expect(summary.times.evictionTime.percentile(100)).toBeGreaterThanOrEqual(2 * LOOK_MS - 1);
      expect(client.state).toBe('closed');
    },
  );

  it('the watch over stale clients sees the eviction also when another client has the port by the time of the look', async () => {
    const { stream, port, summary, look, client } = await stalled();
    const localPort = client.connection?.localPort ?? 0;
    stream.reset();
    // The kernel frees the port with the reset; Node has not heard of it, since the client reads nothing.
    await takePort(localPort, port);
    expect([client.state, client.connection?.localPort]).toEqual(['open', localPort]);
    await look();
    expect(summary.counts).toMatchObject({ evictionsSeen: 1, evictionsMissed: 0 });
    for (let waitedMs = 0; waitedMs < 3 * ALLOWED_MS; waitedMs += LOOK_MS) await look();
    expect(summary.counts).toMatchObject({ evictionsSeen: 1, evictionsMissed: 0 });
  });

  it.each(['wire', 'wire over TLS', 'undici'] as const)(
    'the watch over stale clients counts one that is kept beyond the time allowed as missed, and its eviction afterwards no longer: %s',
    async (way) => {
      const { stream, summary, look } = await stalled(way);
      for (let waitedMs = 0; waitedMs < ALLOWED_MS - LOOK_MS; waitedMs += LOOK_MS) await look();
      expect(summary.counts.evictionsMissed).toBe(0);
      for (let waitedMs = 0; waitedMs <= 2 * LOOK_MS; waitedMs += LOOK_MS) await look();
      expect(summary.counts.evictionsMissed).toBe(1);
      stream.reset();
      await look();
      await look();
      expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 1 });
    },
  );

  it.each([
    ['for which the kernel takes more and more', 4_000_000, 0],
    ['while others receive too little to tell that the kernels are full', 60_000, 0],
    ['for which the kernel takes nothing more, while others receive more', 70_000, 1],
    ['that was sent more than kernels swallow', KERNELS_SWALLOW_BYTES, 1],
  ])(
    'the watch over stale clients asks of a server without a promise only what its writes tell: one %s',
    async (which, bytes, missed) => {
      let heardBytes = 0;
      const { stream, rig, summary, look, close } = await stalled('wire', {
        bytesHeard: () => heardBytes,
        promised: false,
      });
      const grows = which.endsWith('more and more');
      for (let waitedMs = 0; waitedMs < 3 * ALLOWED_MS; waitedMs += LOOK_MS) {
        heardBytes += bytes / 10;
        if (heardBytes > bytes) heardBytes = bytes;
        if (grows) stream.write(`: ${'x'.repeat(1000)}\n`);
        await rig.quiet();
        await look();
      }
      expect(summary.counts.evictionsMissed).toBe(missed);
      await close();
      expect(summary.counts).toMatchObject({ evictionsUnknown: 1 - missed, evictionsOverdue: 1 - missed });
    },
  );

  it('the watch over stale clients blames nobody for a client that reads all that it is sent, however long', async () => {
    const { stream, rig, summary, look, client } = await watch('vanished');
    for (let waitedMs = 0; waitedMs < 3 * ALLOWED_MS; waitedMs += LOOK_MS) {
      const before = client.receivedBytes;
      stream.write(': ping\n\n');
      await rig.until('the heartbeat', () => client.receivedBytes > before);
      await look();
    }
    expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 0 });
  });

  it('the watch over stale clients does not take the end of a client that had not vanished yet for an eviction', async () => {
    const { stream, rig, summary, look, client, close } = await watch('vanished');
    stream.reset();
    await rig.until('the end of the stream', () => client.state === 'closed');
    await look();
    await look();
    await close();
    expect(summary.counts).toMatchObject({
      evictionsSeen: 0,
      evictionsMissed: 0,
      evictionsUnknown: 1,
      evictionsExpected: 0,
    });
  });

  it.each(['wire over TLS', 'undici'] as const)(
    'the watch over stale clients does not take one that reads late what was on its way for another: %s',
    async (way) => {
      const { stream, rig, summary, look, client } = await watch('stalled', way);
      // In pieces that the client has read, or not yet, when the table is looked at.
      for (let piece = 0; piece < 20; piece++) {
        stream.write(`: ${'x'.repeat(4000)}\n`);
        await look();
      }
      await rig.quiet();
      await look();
      expect(summary.counts).toMatchObject({ evictionsSeen: 0, evictionsMissed: 0 });
      expect(client.state).toBe('open');
    },
  );
});

/** A stalled client over HTTP/2, while a healthy one would have received so many bytes. */
async function overHttp2(bytes: number): Promise<Scene & { wait(ms: number): Promise<void> }> {
  let heardBytes = 0;
  const scene = await watch('stalled', 'HTTP/2', { bytesHeard: () => heardBytes });
  scene.stream.write(`: ${'x'.repeat(MEGABYTE)}\n`);
  await scene.rig.until('its first bytes', () => scene.client.receivedBytes > 0);
  heardBytes = bytes;
  return {
    ...scene,
    async wait(ms) {
      for (let waitedMs = 0; waitedMs <= ms; waitedMs += LOOK_MS) {
        await scene.look();
        await scene.rig.quiet();
      }
    },
  };
}

it('the watch over stalled clients without a row of their own counts one whose stream has ended when it reads again as evicted', async () => {
  const { stream, summary, wait, close } = await overHttp2(KERNELS_SWALLOW_BYTES);
  await wait(LOOK_MS);
  stream.reset();
  await wait(ALLOWED_MS + 2 * LOOK_MS);
  await close();
  expect(summary.counts).toMatchObject({
    evictionsExpected: 1,
    evictionsSeen: 1,
    evictionsMissed: 0,
    evictionsUnknown: 0,
  });
});

it('the watch over stalled clients without a row of their own counts one whose stream goes on when it reads again as missed', async () => {
  const { summary, wait, close } = await overHttp2(KERNELS_SWALLOW_BYTES);
  await wait(2 * ALLOWED_MS + 4 * LOOK_MS);
  await close();
  expect(summary.counts).toMatchObject({
    evictionsExpected: 1,
    evictionsSeen: 0,
    evictionsMissed: 1,
    evictionsUnknown: 0,
  });
});

it('the watch over stalled clients without a row of their own says of one that was sent less than kernels swallow that it was not judged', async () => {
  const { client, summary, wait, close } = await overHttp2(KERNELS_SWALLOW_BYTES - 1);
  await wait(2 * ALLOWED_MS + 4 * LOOK_MS);
  await close();
  expect(summary.counts).toMatchObject({
    evictionsExpected: 0,
    evictionsSeen: 0,
    evictionsMissed: 0,
    evictionsUnknown: 1,
  });
  expect(client.state).toBe('open');
});

it('the watch over stalled clients without a row of their own counts also those that never had a stream: the sum is all of them', async () => {
  const { rig, summary, close } = await overHttp2(0);
  for (const kind of ['stalled', 'vanished', 'healthy'] as const) rig.client(kind);
  await close();
  expect(summary.counts).toMatchObject({ evictionsExpected: 0, evictionsUnknown: 3 });
});
