/**
 * The memory of a server that nobody named: of the processes that listen at the target's address on this machine.
 *
 * All processes that hold the listening socket are the server, with all that they have started: a prefork server hands
 * its socket down (gunicorn, uvicorn, nginx), workers with SO_REUSEPORT have one each, and the primary of a Node cluster
 * holds it for workers that do not. Judging one of them would miss the one that leaks, and in the sum of proportional set
 * sizes no page counts twice. Who holds a socket only until the server is started (systemd) is left out.
 *
 * The process is looked up once, before the run, and again when one of its roots has ended, ever more seldom while nobody
 * is there: a supervisor that starts the server anew must not end the run. Another process at the same port is another
 * life.
 *
 * It refuses to pass off another memory as the server's: that of a process that we are part of, and of a proxy, whose
 * figures are marked. Why a server could not be found is data, since nobody asked for it.
 */
import { bracketed } from '../../core/host.ts';
import { printable } from '../../core/printable.ts';
import type { ServerOrigin, ServerSample, UnreadServer, WatchedProcess } from '../../memory/server-memory.ts';
import { listeningProcesses } from '../../machine/listening-processes.ts';
import { tcpTableReadable } from '../../machine/proc-net-tcp.ts';
import { processName } from '../../machine/process-program.ts';
import { allProcesses, type ProcessStat } from '../../machine/process-tree.ts';
import { isSocketHolder } from './known-programs.ts';
import { ServerProcess, type WatchOptions } from './server-process.ts';
import type { ServerWatch } from './server-watch.ts';

/** The pause between two looks for another process: it doubles with each that found none. */
const LOOK_AGAIN_MS = { least: 1000, most: 16_000 } as const;

interface Place {
  address: string;
  port: number;
}

export class FoundServer implements ServerWatch {
  private watch: ServerProcess;
  private readonly place: Place;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private pauseMs: number = LOOK_AGAIN_MS.least;
  private looking = false;

  private constructor(watch: ServerProcess, place: Place) {
    this.watch = watch;
    this.place = place;
  }

  /** @returns why its memory cannot be read, where there is nothing to watch */
  static async at(place: Place): Promise<FoundServer | UnreadServer> {
    if (process.platform !== 'linux')
      return { why: 'the listening process can be found on Linux only', flag: '--server-metrics' };
    const roots = await rootsAt(place);
    if ('why' in roots) return roots;
    const watch = await watchOf(roots, { listensOn: shown(place) });
    return 'why' in watch ? watch : new FoundServer(watch, place);
  }

  get origin(): ServerOrigin {
    return this.watch.origin;
  }

  get process(): WatchedProcess {
    return this.watch.process;
  }

  async sample(tMs: number): Promise<ServerSample | null> {
    if (this.looking) return null;
    if (!this.watch.isWhole()) await this.lookAgain();
    return this.watch.sample(tMs);
  }

  /** Never for good: what listens there may have been started anew. */
  down(): null {
    return null;
  }

  async ended(): Promise<string | null> {
    if (this.watch.down() === null) return null;
    this.lookedAtMs = Number.NEGATIVE_INFINITY;
    await this.lookAgain();
    const how = this.watch.down();
    return how === null ? null : `${how}, and no process has listened on ${shown(this.place)} since`;
  }

  async stop(): Promise<void> {}

  private async lookAgain(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.lookedAtMs < this.pauseMs) return;
    this.lookedAtMs = nowMs;
    this.looking = true;
    this.pauseMs = Math.min(2 * this.pauseMs, LOOK_AGAIN_MS.most);
    try {
      const roots = await rootsAt(this.place);
      if ('why' in roots) return;
      const { memory, life } = this.watch;
      const watch = await watchOf(roots, {
        listensOn: shown(this.place),
        kinds: [memory],
        ...(this.watch.isRootedIn(roots) ? { life } : {}),
      });
      if ('why' in watch) return;
      this.watch = watch;
      this.pauseMs = LOOK_AGAIN_MS.least;
    } finally {
      this.looking = false;
    }
  }
}

async function watchOf(roots: readonly ProcessStat[], options: WatchOptions): Promise<ServerProcess | UnreadServer> {
  const watch = await ServerProcess.of(roots, options);
  if (typeof watch !== 'string') return watch;
  const first = roots[0] as ProcessStat;
  const who = `pid ${first.pid} (${printable(processName(first))}), which listens there`;
  if (watch === 'unreadable') return { why: `the memory of ${who}, cannot be read`, flag: '--server-metrics' };
  return {
    why:
      first.pid === process.pid
        ? "the server runs in the process of sse-probe itself, whose memory is not the server's alone"
        : `${who}, started sse-probe, whose memory would count as the server's`,
    flag: '--server-metrics',
  };
}

/** The holders of the socket that no other holder has started, the oldest first; or why there are none. */
async function rootsAt(place: Place): Promise<ProcessStat[] | UnreadServer> {
  if (!tcpTableReadable()) {
    return {
      flag: '--server-metrics',
      why: `the process that listens on ${shown(place)} is not visible: /proc is missing or cannot be read`,
    };
  }
  const { sockets, pids, unheld, unheldBy } = await listeningProcesses(place.address, place.port);
  if (sockets === 0) {
    return {
      flag: '--server-pid',
      why: `no visible process listens on ${shown(place)} (the port may be forwarded to a container)`,
    };
  }
  if (unheld > 0) {
    return {
      flag: '--server-pid',
      why:
        unheldBy === process.getuid?.()
          ? `the process that listens on ${shown(place)} is not visible; it may run in a container`
          : `the process that listens on ${shown(place)} belongs to another user (uid ${unheldBy})`,
    };
  }
  const all = new Map(allProcesses().map((stat) => [stat.pid, stat]));
  const holders = pids.flatMap((pid) => all.get(pid) ?? []);
  const servers = holders.filter((stat) => !isSocketHolder(stat));
  const roots = servers.filter((stat) => !isStartedByOne(stat, servers, all));
  if (roots.length > 0) return roots.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
  const holder = holders[0];
  return {
    flag: '--server-pid',
    why:
      holder === undefined
        ? `the process that listened on ${shown(place)} has ended`
        : `pid ${holder.pid} (${printable(processName(holder))}) holds the socket for a server that it starts on demand`,
  };
}

function isStartedByOne(
  stat: ProcessStat,
  others: readonly ProcessStat[],
  all: ReadonlyMap<number, ProcessStat>,
): boolean {
  const seen = new Set<number>();
  for (let at = all.get(stat.parentPid); at !== undefined && !seen.has(at.pid); at = all.get(at.parentPid)) {
    if (others.includes(at)) return true;
    seen.add(at.pid);
  }
  return false;
}

function shown({ address, port }: Place): string {
  return `${bracketed(address)}:${port}`;
}
