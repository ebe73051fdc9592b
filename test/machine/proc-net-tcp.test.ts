import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endpointKey, type EndpointKey } from '../../src/machine/endpoint-key.ts';
import { TCP_STATE, readTcpTable, tcpTableReadable, type TcpRow } from '../../src/machine/proc-net-tcp.ts';

const onLinux = process.platform === 'linux';
const PATIENCE = { timeout: 20_000, interval: 20 };
const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server that never reads and one client that never reads, on loopback. */
async function pair(
  host: string,
): Promise<{ port: number; client: net.Socket; accepted: net.Socket; own: EndpointKey }> {
  const server = net.createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const arrival = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  // Paused before it connects: a socket paused later has already begun to read.
  const client = new net.Socket().pause().connect({ port, host, autoSelectFamily: false });
  client.on('error', () => {});
  await new Promise((resolve) => client.once('connect', resolve));
  const accepted = await arrival;
  cleanups.push(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  return { port, client, accepted, own: endpointKey(client.localAddress ?? '', client.localPort ?? 0) };
}

/** The rows of the one client at `own`: others on this machine may have the same port number at another address. */
async function rowsOf(
  port: number,
  own: EndpointKey,
): Promise<
  Array<
    Pick<TcpRow, 'localPort' | 'remotePort' | 'state' | 'txQueueBytes' | 'rxQueueBytes'> & {
      localKey: unknown;
      remoteKey: unknown;
    }
  >
> {
  const rows: Awaited<ReturnType<typeof rowsOf>> = [];
  await readTcpTable(
    (row) => {
      const { localPort, remotePort, state, txQueueBytes, rxQueueBytes } = row;
      if (row.localKey() !== own && row.remoteKey() !== own) return;
      rows.push({
        localPort,
        remotePort,
        state,
        txQueueBytes,
        rxQueueBytes,
        localKey: row.localKey(),
        remoteKey: row.remoteKey(),
      });
    },
    { port },
  );
  return rows;
}

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const tailOf = (inode: number): string =>
  ` 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 20 4 30 10 -1`;
const tail = tailOf(4242);
const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

function tableOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tcp-table-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tcp');
  writeFileSync(file, text);
  return file;
}

describe.runIf(onLinux)('the kernel table, with real sockets', () => {
  it('the kernel table, with real sockets can be read here', () => {
    expect(tcpTableReadable()).toBe(true);
  });

  for (const host of ['127.0.0.1', '::1']) {
    it(`the kernel table, with real sockets shows both ends of a connection over ${host}, found by the sockets' own addresses`, async () => {
      const { port, accepted, own } = await pair(host);
      const open = (await rowsOf(port, own)).filter((row) => row.state === TCP_STATE.established);
      const serverSide = open.find((row) => row.localPort === port);
      const clientSide = open.find((row) => row.remotePort === port);
      expect(open).toHaveLength(2);
      expect(serverSide?.remoteKey).toBe(endpointKey(accepted.remoteAddress ?? '', accepted.remotePort ?? 0));
      expect(clientSide?.localKey).toBe(own);
      expect(serverSide?.localKey).toBe(clientSide?.remoteKey);
    });
  }

  it('the kernel table, with real sockets finds an IPv4 client of a dual-stack server under its IPv4 address', async () => {
    const server = net.createServer((socket) => cleanups.push(() => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    const { port } = server.address() as AddressInfo;
    const arrival = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
    const client = net.connect({ port, host: '127.0.0.1' });
    cleanups.push(() => {
      client.destroy();
      server.close();
    });
    const accepted = await arrival;
    expect(accepted.remoteAddress).toMatch(/^::ffff:/);
    const serverSide = (await rowsOf(port, endpointKey('127.0.0.1', client.localPort ?? 0))).find(
      (row) => row.localPort === port && row.state === TCP_STATE.established,
    );
    expect(serverSide?.remoteKey).toBe(endpointKey('127.0.0.1', client.localPort ?? 0));
    expect(serverSide?.remoteKey).toBe(endpointKey(accepted.remoteAddress ?? '', accepted.remotePort ?? 0));
  });

  it('the kernel table, with real sockets counts what the peer has not read on its side and not acknowledged on ours', async () => {
    const { port, accepted, own } = await pair('127.0.0.1');
    accepted.write(Buffer.alloc(1000));
    const clientSide = async (): Promise<number | undefined> =>
      (await rowsOf(port, own)).find((row) => row.remotePort === port)?.rxQueueBytes;
    const serverSide = async (): Promise<number | undefined> =>
      (await rowsOf(port, own)).find((row) => row.localPort === port && row.state === TCP_STATE.established)
        ?.txQueueBytes;
    await expect.poll(clientSide, PATIENCE).toBe(1000);
    accepted.write(Buffer.alloc(8 * 1024 * 1024));
    await expect.poll(serverSide, PATIENCE).toBeGreaterThan(100_000);
  });

  it('the kernel table, with real sockets has no established row left after a reset', async () => {
    const { port, accepted, own } = await pair('127.0.0.1');
    accepted.resetAndDestroy();
    await expect
      .poll(async () => (await rowsOf(port, own)).some((row) => row.state === TCP_STATE.established), PATIENCE)
      .toBe(false);
  });

  it('the kernel table, with real sockets visits only rows of the port asked for', async () => {
    const first = await pair('127.0.0.1');
    const second = await pair('127.0.0.1');
    const rows = await rowsOf(first.port, first.own);
    expect(await rowsOf(first.port, second.own)).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe.runIf(endianness() === 'LE')('the table as text', () => {
  it('the table as text reads 20,000 rows whatever the reads cut, with every figure right', async () => {
    const lines = [];
    for (let index = 0; index < 20_000; index++) {
      const local = `0100007F:${hex(8787, 4)}`;
      const remote = `${hex(index * 7919, 8)}:${hex(index % 65_536, 4)}`;
      const line = `${String(index).padStart(4)}: ${local} ${remote} ${hex((index % 11) + 1, 2)} ${hex(index * 3, 8)}:${hex(index, 8)}${tailOf(index * 200_000)}`;
      lines.push(index % 2 === 0 ? line.padEnd(149) : line);
    }
    let index = 0;
    let wrongCount = 0;
    const pass = await readTcpTable(
      (row) => {
        const right =
          row.localPort === 8787 &&
          row.remotePort === index % 65_536 &&
          row.state === (index % 11) + 1 &&
          row.txQueueBytes === index * 3 &&
          row.rxQueueBytes === index &&
          row.inode() === index * 200_000 &&
          row.remoteKey() === index * 7919 * 65_536 + (index % 65_536) &&
          row.localKey() === endpointKey('127.0.0.1', 8787);
        if (!right) wrongCount++;
        index++;
      },
      { files: [tableOf(`${HEADER}${lines.join('\n')}\n`)] },
    );
    expect([index, wrongCount, pass.rowCount]).toEqual([20_000, 0, 20_000]);
  });

  it('the table as text takes mapped and native IPv6 rows for what they are', async () => {
    const mapped = `   0: 0000000000000000FFFF00000100007F:2253 0000000000000000FFFF00000200007F:C350 01 00000005:00000000${tail}`;
    const native = `   1: 000080FE00000000FF005450DEADBEFE:2253 B80D0120000000000000000001000000:C351 08 00000000:00000000${tail}`;
    const seen: unknown[] = [];
    await readTcpTable(
      (row) => {
        seen.push([row.localKey(), row.remoteKey(), row.state]);
      },
      { files: [tableOf(`${HEADER}${mapped}\n${native}\n`)] },
    );
    expect(seen).toEqual([
      [endpointKey('127.0.0.1', 8787), endpointKey('::ffff:127.0.0.2', 50_000), TCP_STATE.established],
      [endpointKey('fe80::5054:ff:febe:adde%eth0', 8787), endpointKey('2001:db8::1', 50_001), TCP_STATE.closeWait],
    ]);
  });

  it('the table as text skips a table that does not exist and drops a line that is no row', async () => {
    const rows: number[] = [];
    const good = `   9: 0100007F:0001 0100007F:0002 01 00000001:00000002${tail}`;
    const files = ['/proc/net/no-such-table', tableOf(`${HEADER}${'x'.repeat(40_000)}\n${good}\n`)];
    await readTcpTable(
      (row) => {
        rows.push(row.remotePort);
      },
      { files },
    );
    expect(rows).toContain(2);
  });

  it('the table as text lets the event loop run between slices', async () => {
    const line = `   0: 0100007F:0001 0100007F:0002 01 00000001:00000002${tail}`.padEnd(149);
    const file = tableOf(`${HEADER}${`${line}\n`.repeat(20_000)}`);
    let turnCount = 0;
    let running = true;
    const turn = (): void => {
      turnCount++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await readTcpTable(() => {}, { files: [file], sliceMs: 0 });
    running = false;
    expect(turnCount).toBeGreaterThan(50);
  });
});

it('endpoint keys are the same for every spelling of one address', () => {
  expect(endpointKey('::1', 80)).toBe(endpointKey('0:0:0:0:0:0:0:1', 80));
  expect(endpointKey('::ffff:10.1.2.3', 80)).toBe(endpointKey('10.1.2.3', 80));
  expect(endpointKey('::ffff:a01:203', 80)).toBe(endpointKey('10.1.2.3', 80));
});

it('endpoint keys differ by port and by address', () => {
  expect(
    new Set([
      endpointKey('10.1.2.3', 80),
      endpointKey('10.1.2.3', 81),
      endpointKey('10.1.2.4', 80),
      endpointKey('::1', 80),
      endpointKey('::2', 80),
    ]).size,
  ).toBe(5);
});

it('endpoint keys refuse what is no address', () => {
  expect(() => endpointKey('localhost', 80)).toThrow('"localhost" is no IP address');
});
