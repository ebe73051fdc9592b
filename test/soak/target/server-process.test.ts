import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { UnreachableError, UsageError } from '../../../src/core/errors.ts';
import { ServerProcess } from '../../../src/soak/target/server-process.ts';
import { childrenOf, isAlive } from '../../support/children.ts';

const MB = 1_000_000;
const children: ChildProcess[] = [];
const strays: number[] = [];
afterEach(async () => {
  for (const pid of strays.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

/** Says one line as soon as it is ready, and stays. */
async function start(script: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

/** Holds so much and says so. */
function holding(bytes: number): string {
  return `globalThis.held = Buffer.alloc(${bytes}, 1); console.log('ready'); setInterval(() => {}, 1000);`;
}

/** Starts another that holds so much, and is itself in the way. */
function starting(script: string): string {
  return `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}], { stdio: ['ignore', 'inherit', 'inherit'] }); setInterval(() => {}, 1000);`;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  throw new Error('it has not come to this in 10 s');
}

async function rssOf(watch: ServerProcess): Promise<number> {
  return (await watch.sample(0))?.rssBytes ?? Number.NaN;
}

describe.runIf(process.platform === 'linux')('a server that is a local process', () => {
  it('a server that is a local process has its memory, and no pages of files in it', async () => {
    const { pid } = await start(holding(100 * MB));
    const watch = await ServerProcess.open(pid);
    const sample = await watch.sample(1234);
    expect(sample).toMatchObject({ tMs: 1234, heapUsedBytes: null, clients: null, queuedBytes: null });
    expect(sample?.rssBytes).toBeGreaterThan(100 * MB);
    expect(sample?.rssBytes).toBeLessThan(170 * MB);
    expect(sample?.cpuSeconds).toBeGreaterThanOrEqual(0);
    expect([watch.origin, watch.down()]).toEqual([{ source: 'pid', memory: 'pss', queueLimits: null }, null]);
  });

  it('a server that is a local process has that of its children and of their children, also of those that come and go', async () => {
    const { pid } = await start(starting(starting(holding(100 * MB))));
    const watch = await ServerProcess.open(pid);
    expect(await rssOf(watch)).toBeGreaterThan(100 * MB);
    const middle = childrenOf(pid)[0] as number;
    const worker = childrenOf(middle)[0] as number;
    strays.push(middle, worker);
    process.kill(worker, 'SIGKILL');
    await until(async () => (await rssOf(watch)) < 100 * MB);
    expect(watch.down()).toBeNull();
  });

  it('a server that is a local process keeps what is its own when the process between them ends', async () => {
    const { pid } = await start(starting(starting(holding(100 * MB))));
    const watch = await ServerProcess.open(pid);
    const middle = childrenOf(pid)[0] as number;
    strays.push(middle, childrenOf(middle)[0] as number);
    process.kill(middle, 'SIGKILL');
    await until(() => childrenOf(pid).length === 0);
    expect(await rssOf(watch)).toBeGreaterThan(100 * MB);
    expect(watch.down()).toBeNull();
  });

  it('a server that is a local process is down as soon as its first process is gone, and tells no memory then, though a child lives on', async () => {
    const child = await start(starting(holding(10 * MB)));
    const watch = await ServerProcess.open(child.pid);
    strays.push(...childrenOf(child.pid));
    expect(await rssOf(watch)).toBeGreaterThan(10 * MB);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await watch.sample(1)).toBeNull();
    expect(watch.down()).toBe(`ended (process ${child.pid}, node)`);
  });

  it('a server that is a local process is looked at once at a time', async () => {
    const { pid } = await start(holding(MB));
    const watch = await ServerProcess.open(pid);
    const [first, second] = await Promise.all([watch.sample(1), watch.sample(2)]);
    expect([first?.tMs, second]).toEqual([1, null]);
    expect((await watch.sample(3))?.tMs).toBe(3);
  });

  it('a server that is a local process that is not there, or has no memory, cannot be reached', async () => {
    const gone = await start('console.log(1)');
    if (gone.exitCode === null) await once(gone, 'exit');
    await expect(ServerProcess.open(gone.pid)).rejects.toThrow(UnreachableError);
    await expect(ServerProcess.open(gone.pid)).rejects.toThrow(`there is no process ${gone.pid}`);
  });

  it('a server that is a local process that is ourselves, or started us, makes no sense', async () => {
    await expect(ServerProcess.open(process.pid)).rejects.toThrow(UsageError);
    await expect(ServerProcess.open(process.pid)).rejects.toThrow('sse-probe itself is process');
    await expect(ServerProcess.open(process.ppid)).rejects.toThrow('sse-probe itself was started by process');
  });
});
