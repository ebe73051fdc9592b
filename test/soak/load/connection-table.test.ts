import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { endpointKey } from '../../../src/machine/endpoint-key.ts';
import { TCP_STATE, tcpTableReadable } from '../../../src/machine/proc-net-tcp.ts';
import { ConnectionTable, machineMs } from '../../../src/soak/load/connection-table.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Connected {
  port: number;
  client: Socket;
}

async function connected(): Promise<Connected> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  await Promise.all([once(client, 'connect'), once(server, 'connection')]);
  closing.push(() => {
    client.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, client };
}

const keyOf = ({ client }: Connected) => endpointKey('127.0.0.1', client.localPort ?? 0);

describe.runIf(tcpTableReadable())("the one reader of the kernel's table", () => {
  it('answers each process with both ends of its own clients, from one pass for all who ask together', async () => {
    const [one, other] = await Promise.all([connected(), connected()]);
    const table = new ConnectionTable();
    const askedMs = machineMs();
    const [ofOne, ofOther, ofNobody] = await Promise.all([
      table.read({ port: one.port, keys: [keyOf(one)] }),
      table.read({ port: other.port, keys: [keyOf(other)] }),
      table.read({ port: one.port, keys: [keyOf(other)] }),
    ]);
    for (const [seen, scene] of [
      [ofOne, one],
      [ofOther, other],
    ] as const) {
      expect(seen?.ends.map(({ isClient }) => isClient).toSorted()).toEqual([false, true]);
      for (const end of seen?.ends ?? [])
        expect(end).toMatchObject({ key: keyOf(scene), state: TCP_STATE.established, queueBytes: 0 });
      expect(new Set(seen?.ends.map(({ inode }) => inode)).size).toBe(2);
    }
    expect(ofNobody?.ends).toEqual([]);
    expect([ofOther?.beganMs, ofOther?.endedMs, ofNobody?.beganMs]).toEqual([
      ofOne?.beganMs,
      ofOne?.endedMs,
      ofOne?.beganMs,
    ]);
    expect(ofOne?.beganMs).toBeGreaterThanOrEqual(askedMs);
    expect(machineMs()).toBeGreaterThanOrEqual(ofOne?.endedMs ?? 0);
  });

  it('gives a question that comes during a pass a pass of its own, which sees what was sent meanwhile', async () => {
    const scene = await connected();
    const table = new ConnectionTable();
    table.hurry();
    const first = table.read({ port: scene.port, keys: [keyOf(scene)] });
    const before = await first;
    scene.client.destroy();
    await once(scene.client, 'close');
    const after = await table.read({ port: scene.port, keys: [keyOf(scene)] });
    expect(after?.beganMs).toBeGreaterThan(before?.endedMs ?? 0);
    expect(after?.ends.filter(({ state }) => state === TCP_STATE.established)).toEqual([]);
  });

  it('leaves nobody waiting who asked behind a pass, once it is told to hurry', async () => {
    const scene = await connected();
    const table = new ConnectionTable();
    const ask = () => table.read({ port: scene.port, keys: [keyOf(scene)] });
    await ask();
    let answered = 0;
    const pending = Array.from({ length: 20 }, () => ask().then(() => (answered += 1)));
    table.hurry();
    await Promise.all(pending);
    expect(answered).toBe(20);
  });
});
