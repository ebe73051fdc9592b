import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTcpTable, TCP_STATE } from '../../src/machine/proc-net-tcp.ts';
import { PATIENCE } from '../server/raw-client.ts';
import { OwnServer } from '../support/own-server.ts';

const onLinux = process.platform === 'linux';
const AT_ONCE = 50;
const REQUEST = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n`;

/** Each of them connects, and resolves when its socket is gone. */
const WAYS = {
  'says nothing and leaves': (socket) => {
    socket.end().resume();
  },
  'says nothing and resets': (socket) => {
    socket.resetAndDestroy();
  },
  'leaves before the head comes': (socket) => {
    socket.end(REQUEST('/events')).resume();
  },
  'resets before the head comes': (socket) => {
    socket.write(REQUEST('/events'), () => socket.resetAndDestroy());
  },
  'leaves after some events': (socket) => {
    socket.write(REQUEST('/events'));
    readUntil(socket, 'event: tick', () => socket.end().resume());
  },
  'resets in the middle of a large write': (socket) => {
    socket.write(REQUEST('/events?lastEventId=nothing-0'));
    readUntil(socket, 'event: tick', () => socket.resetAndDestroy());
  },
  'stops reading, then resets': (socket) => {
    socket.write(REQUEST('/events?lastEventId=nothing-0'));
    readUntil(socket, 'event: connected', () => {
      socket.pause();
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
  },
  'takes the health for an answer': (socket) => {
    socket.end(REQUEST('/healthz')).resume();
  },
} as const satisfies Record<string, (socket: net.Socket) => void>;

function readUntil(socket: net.Socket, part: string, then: () => void): void {
  let text = '';
  const onData = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    if (!text.includes(part)) return;
    socket.off('data', onData);
    then();
  };
  socket.on('data', onData);
}

async function comeAndGo(port: number, cycles: number): Promise<void> {
  const ways = Object.values(WAYS);
  let begun = 0;
  const oneAfterTheOther = async (): Promise<void> => {
    while (begun < cycles) {
      const way = ways[begun++ % ways.length] as (socket: net.Socket) => void;
      await new Promise<void>((resolve) => {
        const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        socket
          .on('error', () => {})
          .on('end', () => socket.end())
          .on('close', () => resolve());
        socket.once('connect', () => way(socket));
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneAfterTheOther));
}

describe.runIf(onLinux)('10,000 clients that come and go in every way', { tags: ['long'] }, () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start(['--rate=200/s', '--event-size=2KiB', '--replay=100', '--max-clients=100000']);
  });
  afterAll(() => server.kill());

  async function atRest(): Promise<{ files: number; handles: number; rssBytes: number; heapBytes: number }> {
    await expect.poll(async () => (await server.stats()).clients.connected, PATIENCE).toBe(0);
    await server.collectGarbage();
    const { openHandles, memory } = await server.stats();
    return { files: server.files(), handles: openHandles, rssBytes: memory.rssBytes, heapBytes: memory.heapUsedBytes };
  }

  it('10,000 clients that come and go in every way leave no client, descriptor, timer, handle, row or memory behind, and no warning', async () => {
    // A process grows by its compiled code and its allocator's arenas once: by 10,000 it has.
    await comeAndGo(server.port, 10_000);
    const before = await atRest();
    await comeAndGo(server.port, 10_000);
    const { clients, evicted, queuedBytes } = await server.stats();
    expect([clients.total > 12_000, evicted, queuedBytes]).toEqual([
      true,
      { stalled: 0, unacknowledged: 0, overflow: 0 },
      0,
    ]);
    await expect
      .poll(
        async () => {
          const after = await atRest();
          return [
            after.files <= before.files,
            after.handles <= before.handles,
            after.heapBytes < 1.05 * before.heapBytes,
            after.rssBytes < 1.05 * before.rssBytes,
          ];
        },
        { ...PATIENCE, interval: 200 },
      )
      .toEqual([true, true, true, true]);
    const left: number[] = [];
    await readTcpTable(
      (row) => {
        if (row.localPort === server.port) left.push(row.state);
      },
      { port: server.port },
    );
    expect(left.filter((state) => state !== TCP_STATE.listen && state !== TCP_STATE.timeWait)).toEqual([]);
    expect(server.stderr).toBe('');
  });
});
