import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { FoundServer } from '../../../src/soak/target/found-server.ts';

const MB = 1_000_000;
const PREFORK = fileURLToPath(new URL('../../support/prefork-server.mjs', import.meta.url));
const address = '127.0.0.1';
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Runs a program that says its port. @param args of Node */
async function start(...args: string[]): Promise<{ child: ChildProcess; pid: number; port: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, pid: child.pid as number, port: Number(said.toString()) };
}

function listening(port = 0, title = 'node'): [string, string] {
  return [
    '-e',
    `process.title = '${title}'; const server = require('net').createServer().listen(${port}, '${address}', () => console.log(server.address().port))`,
  ];
}

async function found(port: number): Promise<FoundServer> {
  const server = await FoundServer.at({ address, port });
  if ('why' in server) throw new Error(server.why);
  return server;
}

describe.runIf(process.platform === 'linux')('a server that is found by its port', () => {
  it('a server that is found by its port has the memory of the process that listens there', async () => {
    const { pid, port } = await start(...listening());
    const server = await found(port);
    expect(server.process).toEqual({
      pid,
      name: 'node',
      processes: 1,
      listensOn: `${address}:${port}`,
      isProxy: false,
      lazyRuntime: null,
    });
    expect(server.origin).toMatchObject({ source: 'pid', memory: 'pss' });
    expect((await server.sample(5))?.rssBytes).toBeGreaterThan(MB);
    expect(await server.ended()).toBeNull();
  });

  it('a server that is found by its port is all processes that hold the socket, under the name of the first', async () => {
    const { pid, port } = await start(PREFORK);
    const server = await found(port);
    expect(server.process).toMatchObject({ pid, processes: 3 });
    expect((await server.sample(5))?.rssBytes).toBeGreaterThan(80 * MB);
  });

  it('a server that is found by its port is told to be a proxy where its name is that of one', async () => {
    const { port } = await start(...listening(0, 'docker-proxy'));
    expect((await found(port)).process).toMatchObject({ name: 'docker-proxy', isProxy: true });
  });

  it('a server that is found by its port may be started anew, which is another life and no end', async () => {
    const first = await start(...listening());
    const server = await found(first.port);
    const before = await server.sample(0);
    await kill(first.child);
    expect(await server.sample(1)).toBeNull();
    expect(server.down()).toBeNull();
    const second = await start(...listening(first.port));
    expect(await server.ended()).toBeNull();
    const after = await server.sample(2);
    expect(server.process.pid).toBe(second.pid);
    expect(after?.life).not.toBe(before?.life);
    expect(after?.rssBytes).toBeGreaterThan(MB);
  });

  it('a server that is found by its port has ended when nothing listens there any more', async () => {
    const { child, pid, port } = await start(...listening());
    const server = await found(port);
    await kill(child);
    expect(await server.ended()).toBe(
      `ended (process ${pid}, node), and no process has listened on ${address}:${port} since`,
    );
    expect(await server.sample(1)).toBeNull();
  });

  it('a server that is found by its port in our own process is not judged', async () => {
    const own = createServer().listen(0, address);
    await once(own, 'listening');
    const { port } = own.address() as AddressInfo;
    expect(await FoundServer.at({ address, port })).toEqual({
      flag: '--server-metrics',
      why: "the server runs in the process of sse-probe itself, whose memory is not the server's alone",
    });
    own.close();
    await once(own, 'close');
    expect(await FoundServer.at({ address, port })).toEqual({
      flag: '--server-pid',
      why: `no visible process listens on ${address}:${port} (the port may be forwarded to a container)`,
    });
  });
});
