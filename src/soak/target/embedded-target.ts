/**
 * The server of a run's own, in as many processes as its clients need: each is `serve` on a port of its own, with a
 * feed of its own, since a process has descriptors and a core for some thousands of streams.
 *
 * One alone is started with short intervals, so that half a minute shows a whole life (server-flags.ts). Each tells its memory and its
 * clients on `/stats`, which are added up as those of one server, and collects its garbage when asked, so that what is
 * left after a run is what they really hold. What is done to the server, a restart or a freeze, is done to all of them.
 * The run watches the first target; the others are only addresses.
 */
import { StartError } from '../../core/errors.ts';
import { hostOf } from '../../core/host.ts';
import { tcpTableReadable } from '../../machine/proc-net-tcp.ts';
import { addSamples, type ServerSample } from '../../memory/server-memory.ts';
import type { ServePlan } from '../../options/serve-options.ts';
import { PLAIN, type TransportSpec } from '../../reach/transport-spec.ts';
import { EmbeddedServer } from './embedded-server.ts';
import { queueLimits } from './server-flags.ts';
import { readStats } from './server-stats.ts';
import { ADDRESS_ONLY, type Target, type Targets } from './target.ts';

export interface EmbeddedOptions {
  /** The transport of the clients. */
  kind: TransportSpec['kind'];
  /** The program that understands `serve`: script and leading arguments. */
  command: readonly string[];
  /** Flags for `serve`, later ones win. */
  args: readonly string[];
  /** The plan that the flags give. */
  plan: ServePlan;
  /** How many processes; at least one. */
  processes: number;
}

/** Filling comments that a stalled client asks our own server for: more than its own kernel takes for it. */
const FILL_BYTES = { kernelTells: 512 * 1024, blind: 8 * 1024 * 1024 } as const;

/** @throws {StartError} with what the server said */
export async function startEmbedded(options: EmbeddedOptions, signal: AbortSignal): Promise<Targets> {
  const fillBytes = tcpTableReadable() ? FILL_BYTES.kernelTells : FILL_BYTES.blind;
  const program = [...options.command, 'serve', `--max-fill=${fillBytes}B`, ...options.args];
  const servers = new EmbeddedServers(program, options.processes);
  const bases = await servers.start(signal);
  const [first, ...others] = bases.map((base) => addressOf(base, fillBytes, options));
  return [{ ...(first as Target), ...watchOf(servers, bases) }, ...others];
}

/** The processes of one server; what is asked of it is asked of all. */
class EmbeddedServers {
  readonly #program: readonly string[];
  #servers: EmbeddedServer[];
  #ports: string[];
  /** What was told to stop has not gone away. */
  #toldToStop = false;

  constructor(program: readonly string[], count: number) {
    this.#program = program;
    this.#servers = [];
    this.#ports = Array<string>(count).fill('0');
  }

  /** Starts a process on each port. @returns where they listen */
  async start(signal: AbortSignal): Promise<string[]> {
    this.#servers = this.#ports.map((port) => new EmbeddedServer([...this.#program, `--port=${port}`]));
    try {
      const bases = await Promise.all(this.#servers.map((server) => server.listening(signal)));
      this.#ports = bases.map((base) => new URL(base).port);
      return bases;
    } catch (error) {
      // One that did not start leaves no other behind.
      await this.stop();
      throw error;
    }
  }

  get pid(): number {
    return (this.#servers[0] as EmbeddedServer).pid;
  }

  /** Why the first of them that ended unasked did so; null while all live. */
  down(): string | null {
    if (this.#toldToStop) return null;
    const ended = this.#servers.find(({ exit }) => exit !== null);
    if (ended === undefined) return null;
    return this.#servers.length === 1 ? ended.exit : `${ended.exit} (one of its ${this.#servers.length} processes)`;
  }

  haveEnded(): boolean {
    return this.#servers.every(({ exit }) => exit !== null);
  }

  tellToStop(): string | null {
    if (this.haveEnded()) return 'the process had ended before';
    this.#toldToStop = true;
    this.signal('SIGTERM');
    return null;
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.stop();
    if (signal.aborted) return;
    try {
      await this.start(signal);
    } catch (error) {
      // Its end, or the run's, is heard of anyway.
      if (!(error instanceof StartError)) throw error;
    }
  }

  async collectGarbage(): Promise<boolean> {
    const collected = await Promise.all(this.#servers.map((server) => server.collectGarbage()));
    return collected.every(Boolean);
  }

  signal(signal: NodeJS.Signals): void {
    for (const server of this.#servers) server.signal(signal);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}

/** One process as clients see it. */
function addressOf(base: string, fillBytes: number, { plan, kind }: EmbeddedOptions): Target {
  const url = new URL(plan.path, base);
  return {
    url,
    embedded: true,
    origin: { source: 'embedded', memory: 'rss', queueLimits: queueLimits(plan) },
    countsClients: true,
    uncounted: () => null,
    process: null,
    unread: null,
    address: hostOf(url),
    port: Number(url.port),
    local: tcpTableReadable(),
    transport: { ...PLAIN, kind },
    fillBytes,
    ...ADDRESS_ONLY,
  };
}

/** What the target that is watched tells of all processes, and does to them. */
function watchOf(servers: EmbeddedServers, bases: readonly string[]): Partial<Target> {
  return {
    down: () => servers.down(),
    ended: () => Promise.resolve(servers.down()),
    async sample(tMs): Promise<ServerSample | null> {
      return addSamples(await Promise.all(bases.map((base) => readStats(new URL('/stats', base), tMs))));
    },
    collectGarbage: () => servers.collectGarbage(),
    stoppable: {
      pid: servers.pid,
      hasEnded: () => servers.haveEnded(),
      tellToStop: () => servers.tellToStop(),
    },
    restart: (abort) => servers.restart(abort),
    freeze: () => servers.signal('SIGSTOP'),
    thaw: () => servers.signal('SIGCONT'),
    stop: () => servers.stop(),
  };
}
