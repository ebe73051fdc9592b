/**
 * The memory and the processor time of a local server, by its process number: of it and of all that it has
 * started (process-tree.ts). A server that was found by its port (found-server.ts) may have several such roots.
 *
 * Which kind of memory is read is decided once, before the run: proportional where the whole tree lets us,
 * else resident. When the last root ends, the server has gone away, whatever a process of the same number
 * does later; when one of the others ends, its memory is gone and that is all.
 */
import { UnreachableError, UsageError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { emptySample, type ServerOrigin, type ServerSample, type WatchedProcess } from '../../memory/server-memory.ts';
import {
  allProcesses,
  descendants,
  memoryBytes,
  type ProcessMemory,
  type ProcessStat,
  processStat,
} from '../../machine/process-tree.ts';
import { processName } from '../../machine/process-program.ts';
import { isProxy, lazyRuntimeOf } from './known-programs.ts';
import type { ServerWatch } from './server-watch.ts';

/** What a watch is opened with beside the processes. */
export interface WatchOptions {
  /** The address and port at which the roots listen; null where a number was given. */
  listensOn: string | null;
  /** The kinds of memory that may be read, the better one first. */
  kinds?: readonly ProcessMemory[];
  /** What identifies this life of the server. Default: when its first root was started. */
  life?: string;
}

const KINDS = ['pss', 'rss'] as const;

export class ServerProcess implements ServerWatch {
  readonly origin: ServerOrigin;
  readonly process: WatchedProcess;
  readonly memory: ProcessMemory;
  readonly life: string;
  private readonly roots: readonly ProcessStat[];
  /** When each process of the tree was started, by its number. */
  private members: Map<number, number>;
  private hasEnded = false;
  private looking = false;

  private constructor(
    roots: readonly ProcessStat[],
    members: readonly ProcessStat[],
    { process, memory, life }: { process: WatchedProcess; memory: ProcessMemory; life: string },
  ) {
    this.roots = roots;
    this.process = process;
    this.memory = memory;
    this.life = life;
    this.origin = { source: 'pid', memory, queueLimits: null };
    this.members = startTicksByPid(members);
  }

  /**
   * @throws {UsageError} where there is no `/proc`, and for a tree that we are part of
   * · {UnreachableError} for a process that is not there or not to be read
   */
  static async open(pid: number): Promise<ServerProcess> {
    if (process.platform !== 'linux' || processStat(process.pid) === null) {
      const missing = process.platform === 'linux' ? 'is not mounted here' : 'exists on Linux only';
      throw new UsageError(`--server-pid needs /proc to read the memory of a process; it ${missing}`, {
        hint: 'Use --server-metrics with a URL of the server.',
      });
    }
    const root = processStat(pid);
    if (root === null) {
      throw new UnreachableError(`--server-pid: there is no process ${pid}`, {
        hint: 'It has ended, or it belongs to another machine, container or user; check with "ps".',
      });
    }
    const watch = await ServerProcess.of([root], { listensOn: null });
    if (watch === 'ourselves') {
      throw new UsageError(
        `--server-pid: sse-probe itself ${pid === process.pid ? 'is' : 'was started by'} process ${pid}, and its own memory would be measured`,
        {
          hint: 'Give the process of the server.',
        },
      );
    }
    if (watch === 'unreadable') {
      throw new UnreachableError(
        `--server-pid: the memory of process ${pid} (${printable(root.name)}) cannot be read`,
        {
          hint: 'Run sse-probe as the user of the server or as root, or use --server-metrics.',
        },
      );
    }
    return watch;
  }

  /**
   * @param roots one at least, the one that names the server first
   * @returns why there is nothing to watch: we are one of these processes, or one of them may not be read
   */
  static async of(
    roots: readonly ProcessStat[],
    { listensOn, kinds = KINDS, life }: WatchOptions,
  ): Promise<ServerProcess | 'ourselves' | 'unreadable'> {
    const first = roots[0] as ProcessStat;
    const members = descendants(
      allProcesses(),
      roots.map(({ pid }) => pid),
    );
    if (members.some((member) => member.pid === process.pid)) return 'ourselves';
    for (const memory of kinds) {
      if (typeof (await sumBytes(members, memory)) !== 'number') continue;
      return new ServerProcess(roots, members, {
        memory,
        life: life ?? String(first.startTicks),
        process: {
          pid: first.pid,
          name: processName(first),
          processes: members.length,
          listensOn,
          isProxy: listensOn !== null && isProxy(first),
          lazyRuntime: await lazyRuntimeOf(members),
        },
      });
    }
    return 'unreadable';
  }

  async sample(tMs: number): Promise<ServerSample | null> {
    if (this.looking || this.hasEnded) return null;
    this.looking = true;
    try {
      const members = this.livingMembers();
      const rssBytes = await sumBytes(members, this.memory);
      // Without its roots it is the memory of a server that went away.
      if (typeof rssBytes !== 'number' || this.down() !== null) return null;
      return {
        ...emptySample(tMs),
        rssBytes,
        life: this.life,
        cpuSeconds: members.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      };
    } finally {
      this.looking = false;
    }
  }

  down(): string | null {
    const { pid, name } = this.process;
    this.hasEnded ||= this.living().length === 0;
    return this.hasEnded ? `ended (process ${pid}, ${printable(name)})` : null;
  }

  async ended(): Promise<string | null> {
    return this.down();
  }

  /** All roots are as they were when the watch was opened. */
  isWhole(): boolean {
    return this.living().length === this.roots.length;
  }

  /** One of these processes is among the roots. */
  isRootedIn(stats: readonly ProcessStat[]): boolean {
    return stats.some((stat) =>
      this.roots.some(({ pid, startTicks }) => pid === stat.pid && startTicks === stat.startTicks),
    );
  }

  async stop(): Promise<void> {}

  private living(): readonly ProcessStat[] {
    return this.roots.filter(({ pid, startTicks }) => processStat(pid)?.startTicks === startTicks);
  }

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
