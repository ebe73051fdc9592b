/**
 * The memory and the processor time of a local server, by its process number: of it and of all that it has
 * started (process-tree.ts).
 *
 * Which kind of memory is read is decided once, before the run: proportional where the whole tree lets us,
 * else resident. When the first process ends, the server has gone away, whatever a process of the same number
 * does later; when one of the others ends, its memory is gone and that is all.
 */
import { UnreachableError, UsageError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { emptySample, type ServerOrigin, type ServerSample } from '../../memory/server-memory.ts';
import {
  allProcesses,
  descendants,
  memoryBytes,
  type ProcessMemory,
  type ProcessStat,
  processStat,
} from '../../machine/process-tree.ts';
import type { ServerWatch } from './server-watch.ts';

export class ServerProcess implements ServerWatch {
  readonly origin: ServerOrigin;
  private readonly memory: ProcessMemory;
  private readonly root: ProcessStat;
  /** When each process of the tree was started, by its number. */
  private members: Map<number, number>;
  private ended = false;
  private looking = false;

  private constructor(root: ProcessStat, members: readonly ProcessStat[], memory: ProcessMemory) {
    this.root = root;
    this.memory = memory;
    this.origin = { source: 'pid', memory, queueLimits: null };
    this.members = startTicksByPid(members);
  }

  /**
   * @throws {UsageError} where there is no `/proc`, and for a tree that we are part of
   * · {UnreachableError} for a process that is not there or not to be read
   */
  static async open(pid: number): Promise<ServerProcess> {
    if (process.platform !== 'linux') {
      throw new UsageError('--server-pid: the memory of a process is read from /proc, which only Linux has', {
        hint: 'Use --server-metrics with a URL of the server.',
      });
    }
    const root = processStat(pid);
    if (root === null) {
      throw new UnreachableError(`--server-pid: there is no process ${pid}`, {
        hint: 'It has ended, or its number is of another machine, container or user; look with "ps".',
      });
    }
    const members = descendants(allProcesses(), [pid]);
    if (members.some((member) => member.pid === process.pid)) {
      throw new UsageError(
        `--server-pid: sse-probe itself ${pid === process.pid ? 'is' : 'was started by'} process ${pid}, and its own memory would be measured`,
        {
          hint: 'Name the process of the server.',
        },
      );
    }
    for (const memory of ['pss', 'rss'] as const) {
      if (typeof (await sumBytes(members, memory)) === 'number') return new ServerProcess(root, members, memory);
    }
    throw new UnreachableError(`--server-pid: the memory of process ${pid} (${printable(root.name)}) cannot be read`, {
      hint: 'Run sse-probe as the user of the server or as root, or use --server-metrics.',
    });
  }

  async sample(tMs: number): Promise<ServerSample | null> {
    if (this.looking || this.ended) return null;
    this.looking = true;
    try {
      const members = this.livingMembers();
      const rssBytes = await sumBytes(members, this.memory);
      // Without the first one it is the memory of a server that went away.
      if (typeof rssBytes !== 'number' || this.down() !== null) return null;
      return {
        ...emptySample(tMs),
        rssBytes,
        life: String(this.root.startTicks),
        cpuSeconds: members.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      };
    } finally {
      this.looking = false;
    }
  }

  down(): string | null {
    const { pid, name, startTicks } = this.root;
    this.ended ||= processStat(pid)?.startTicks !== startTicks;
    return this.ended ? `ended (process ${pid}, ${printable(name)})` : null;
  }

  async stop(): Promise<void> {}

  private livingMembers(): ProcessStat[] {
    const all = allProcesses();
    const known = all.filter(({ pid, startTicks }) => this.members.get(pid) === startTicks);
    const members = descendants(
      all,
      known.map(({ pid }) => pid),
    );
    this.members = startTicksByPid(members);
    return members;
  }
}

/** Sum of the memory of the processes that still live; 'unreadable' as soon as one of them is. */
async function sumBytes(
  members: readonly ProcessStat[],
  memory: ProcessMemory,
): Promise<number | 'ended' | 'unreadable'> {
  const sizes = await Promise.all(members.map(({ pid }) => memoryBytes(pid, memory)));
  if (sizes.includes('unreadable')) return 'unreadable';
  const living = sizes.filter((size) => typeof size === 'number');
  return living.length === 0 ? 'ended' : living.reduce((sum, size) => sum + size, 0);
}

function startTicksByPid(members: readonly ProcessStat[]): Map<number, number> {
  return new Map(members.map(({ pid, startTicks }) => [pid, startTicks]));
}
