import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allProcesses,
  descendants,
  memoryBytes,
  parseProcessStat,
  processStat,
  proportionalBytes,
  type ProcessStat,
} from '../../src/machine/process-tree.ts';

function line(pid: number, name: string, state: string, parentPid: number, startTicks: number): string {
  return `${pid} (${name}) ${state} ${parentPid} 1 1 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 11 0 ${startTicks} 1000000 500 18446744073709551615\n`;
}

it.each(['node', 'a b', 'x) R 1 (y', '((', '', 'tmux: server'])(
  'a line of /proc/PID/stat is read whatever the process calls itself: %s',
  (name) => {
    expect(parseProcessStat(line(77, name, 'S', 5, 1234))).toEqual({
      pid: 77,
      name,
      parentPid: 5,
      startTicks: 1234,
      cpuSeconds: 2.1,
      ended: false,
    });
  },
);

it.each([
  ['R', false],
  ['D', false],
  ['T', false],
  ['I', false],
  ['Z', true],
  ['X', true],
])('a line of /proc/PID/stat in state %s has ended: %s', (state, ended) => {
  expect(parseProcessStat(line(77, 'node', state, 5, 1234))?.ended).toBe(ended);
});

it.each(['', 'nonsense', '77 (node', '77 (node) S 5', '(node) S 5'])(
  'a line of /proc/PID/stat that is none gives none: %s',
  (text) => {
    expect(parseProcessStat(text)).toBeNull();
  },
);

function stat(pid: number, parentPid: number): ProcessStat {
  return { pid, name: 'x', parentPid, startTicks: 1, cpuSeconds: 0, ended: false };
}

it('a tree of processes is the children of the children, and nobody else', () => {
  const all = [stat(1, 0), stat(10, 1), stat(11, 10), stat(12, 11), stat(13, 10), stat(20, 1), stat(21, 20)];
  expect(
    descendants(all, [10])
      .map(({ pid }) => pid)
      .toSorted(),
  ).toEqual([10, 11, 12, 13]);
  expect(
    descendants(all, [12, 20])
      .map(({ pid }) => pid)
      .toSorted(),
  ).toEqual([12, 20, 21]);
  expect(descendants(all, [99])).toEqual([]);
});

it('a tree of processes is who has the root among its parents, whatever the order, with no one twice and no end of circles', () => {
  const parents = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(parents, fc.integer({ min: 1, max: 30 }), fc.boolean(), (given, root, backwards) => {
      const parentOf = new Map(given.map((parent, at) => [at + 1, parent]));
      const all = given.map((parent, at) => stat(at + 1, parent));
      const found = descendants(backwards ? all.toReversed() : all, [root]).map(({ pid }) => pid);
      const wanted = [...parentOf.keys()].filter((pid) => {
        const seen = new Set<number>();
        for (let at: number | undefined = pid; at !== undefined && !seen.has(at); at = parentOf.get(at)) {
          if (at === root) return true;
          seen.add(at);
        }
        return false;
      });
      expect(found.toSorted((a, b) => a - b)).toEqual(parentOf.has(root) ? wanted : []);
    }),
    { numRuns: 300 },
  );
});

it('the memory of a process is its proportional share without pages of files, where the kernel tells them apart', () => {
  expect(
    proportionalBytes(
      'Rss: 900 kB\nPss:     701 kB\nPss_Dirty: 9 kB\nPss_Anon:  148 kB\nPss_File:  553 kB\nPss_Shmem:  2 kB\n',
    ),
  ).toBe(150 * 1024);
  expect(proportionalBytes('Rss:    900 kB\nPss:     701 kB\nShared_Clean:  1 kB\n')).toBe(701 * 1024);
  expect(proportionalBytes('Name: kthreadd\n')).toBeNull();
});

describe.runIf(process.platform === 'linux')('processes of this machine', () => {
  it('processes of this machine have us among them, with a memory of either kind', async () => {
    const self = processStat(process.pid);
    expect(self).toMatchObject({ pid: process.pid, parentPid: process.ppid, ended: false });
    expect(self?.cpuSeconds).toBeGreaterThan(0);
    expect(allProcesses()).toContainEqual(expect.objectContaining({ pid: process.pid, startTicks: self?.startTicks }));
    const { rss } = process.memoryUsage();
    const resident = (await memoryBytes(process.pid, 'rss')) as number;
    expect(Math.abs(resident - rss)).toBeLessThan(rss / 2);
    expect(await memoryBytes(process.pid, 'pss')).toBeGreaterThan(1e6);
    expect(await memoryBytes(process.pid, 'pss')).toBeLessThan(resident * 1.5);
  });

  it('processes of this machine that ended have none, also while their parent has not asked for them', async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    expect(processStat(child.pid as number)).toBeNull();
    expect(await memoryBytes(child.pid as number, 'rss')).toBe('ended');
    expect(await memoryBytes(child.pid as number, 'pss')).toBe('ended');
    // The shell waits for nobody: what it started is a zombie until the shell ends.
    const shell = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [said] = (await once(shell.stdout, 'data')) as [Buffer];
    const zombie = Number(String(said));
    for (let tries = 0; processStat(zombie) !== null && tries < 500; tries++)
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    expect(processStat(zombie)).toBeNull();
    expect(await memoryBytes(zombie, 'rss')).toBe('ended');
    shell.kill('SIGKILL');
    await once(shell, 'exit');
  });
});
