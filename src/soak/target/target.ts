/**
 * What a run is aimed at: a server of its own in a process of its own, or something that is there already.
 *
 * Its own server is started with short intervals, so that half a minute shows a whole life; it tells its
 * memory and its clients on `/stats`, and collects its garbage when asked, so that what is left after a run is
 * what it really holds. It dies with us: the channel between the processes closes when either end is gone.
 */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { StartError, UnreachableError } from '../../core/errors.ts';
import { hostOf, portOf } from '../../core/host.ts';
import { tcpTableReadable } from '../../machine/proc-net-tcp.ts';
import type { UncountedClients } from '../../memory/client-count.ts';
import type { ServePlan } from '../../options/serve-options.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { ProxyEnvironment } from '../../wire/proxy.ts';
import {
  NO_ORIGIN,
  type ServerOrigin,
  type ServerSample,
  type UnreadServer,
  type WatchedProcess,
} from '../../memory/server-memory.ts';
import { EmbeddedServer } from './embedded-server.ts';
import type { StoppableServer } from './told-to-stop.ts';
import { queueLimits } from './server-flags.ts';
import { readStats } from './server-stats.ts';
import { unreachableHint, type UnreachableWay } from './unreachable.ts';
import { scopeOfHost } from '../../reach/address-scope.ts';
import { PLAIN, proxyOf, reachOf, transportSpec, type TransportSpec } from '../../reach/transport-spec.ts';

/** Filling comments that a stalled client asks our own server for: more than its own kernel takes for it. */
const FILL_BYTES = { kernelTells: 512 * 1024, blind: 8 * 1024 * 1024 } as const;

export interface Target {
  readonly url: URL;
  readonly embedded: boolean;
  /** Where the figures of the server's memory come from. */
  readonly origin: ServerOrigin;
  /** Whether somebody tells how many clients the server counts. */
  readonly countsClients: boolean;
  /** Why the last look gave no count of clients; null where it did, and where nobody counts. */
  uncounted(): UncountedClients | null;
  /** The local process whose memory is read now; null where none is. */
  readonly process: WatchedProcess | null;
  /** The memory of a server on this machine that nobody looks at; null where somebody does, and elsewhere. */
  readonly unread: UnreadServer | null;
  /** Where the clients connect, resolved once; the name itself where a proxy looks it up. */
  readonly address: string;
  readonly port: number;
  /** The kernel's connection table shows both ends. */
  readonly local: boolean;
  readonly transport: TransportSpec;
  /** Bytes that stalled clients ask for with `?fill=`; 0 when they do not ask. */
  readonly fillBytes: number;
  /** Why it went away for good; null while it lives, as far as we know. */
  down(): string | null;
  /** The same once the load is over, when what has not come back will not. */
  ended(): Promise<string | null>;
  sample(tMs: number): Promise<ServerSample | null>;
  /** Asks for a garbage collection; false where that is not possible. */
  collectGarbage(): Promise<boolean>;
  /** Ends the server that we started, gracefully, and starts it again on the same port. */
  restart(signal: AbortSignal): Promise<void>;
  /** The process that a plan may tell to stop; null where it asks for no such thing. */
  readonly stoppable: StoppableServer | null;
  /** Stops the server that we started with SIGSTOP until it is thawed. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The transport of the clients. */
  kind: TransportSpec['kind'];
  /** The program that understands `serve`: script and leading arguments. */
  command: readonly string[];
  /** Flags for `serve`, later ones win. */
  args: readonly string[];
  /** The plan that the flags give. */
  plan: ServePlan;
}

/** @throws {StartError} with what the server said */
export async function startEmbedded(
  { command, args, plan, kind }: EmbeddedOptions,
  signal: AbortSignal,
): Promise<Target> {
  const fillBytes = tcpTableReadable() ? FILL_BYTES.kernelTells : FILL_BYTES.blind;
  const start = (port: string): EmbeddedServer =>
    new EmbeddedServer([...command, 'serve', `--max-fill=${fillBytes}B`, ...args, `--port=${port}`]);
  let server = start('0');
  let toldToStop = false;
  const base = await server.listening(signal);
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
    // What was told to stop has not gone away.
    down: () => (toldToStop ? null : server.exit),
    ended: () => Promise.resolve(toldToStop ? null : server.exit),
    sample: (tMs) => readStats(new URL('/stats', base), tMs),
    collectGarbage: () => server.collectGarbage(),
    stoppable: {
      pid: server.pid,
      hasEnded: () => server.exit !== null,
      tellToStop() {
        if (server.exit !== null) return 'it had ended before';
        toldToStop = true;
        server.signal('SIGTERM');
        return null;
      },
    },
    async restart(abort) {
      await server.stop();
      if (abort.aborted) return;
      server = start(url.port);
      try {
        await server.listening(abort);
      } catch (error) {
        // Its end, or the run's, is heard of anyway.
        if (!(error instanceof StartError)) throw error;
      }
    },
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    stop: () => server.stop(),
  };
}

export interface Surroundings {
  /** The variables of the environment that configure proxies. */
  proxyEnvironment: ProxyEnvironment;
  signal: AbortSignal;
}

/**
 * Asks the server what it speaks, where the plan's transport leaves a choice.
 *
 * @throws {UnreachableError} when the name does not resolve · {UsageError} for a CA or a proxy that is none
 */
export async function remoteTarget(
  url: URL,
  plan: SoakPlan,
  { proxyEnvironment, signal }: Surroundings,
): Promise<Target> {
  const reach = await reachOf(plan, proxyEnvironment);
  const host = hostOf(url);
  const isDirect = proxyOf(url, reach) === null;
  const address =
    isDirect && isIP(host) === 0 ? await resolve(host, { url, kind: reach.kind, proxyEnvironment }) : host;
  const transport = await transportSpec(url, address, reach, signal);
  return {
    url,
    embedded: false,
    origin: NO_ORIGIN,
    countsClients: false,
    uncounted: () => null,
    process: null,
    unread: null,
    address,
    port: portOf(url),
    // Streams that share a connection have no row of their own, and behind a proxy it is not the client's.
    local: isDirect && isOwnAddress(address) && tcpTableReadable() && transport.protocol === 'http/1.1',
    transport,
    fillBytes: 0,
    down: () => null,
    ended: () => Promise.resolve(null),
    sample: () => Promise.resolve(null),
    collectGarbage: () => Promise.resolve(false),
    stoppable: null,
    restart: () => Promise.resolve(),
    freeze: () => {},
    thaw: () => {},
    stop: () => Promise.resolve(),
  };
}

async function resolve(host: string, way: UnreachableWay): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new UnreachableError(
      `the host name ${host} could not be resolved (${(error as NodeJS.ErrnoException).code})`,
      {
        hint: unreachableHint('dns', '', way),
        cause: error,
      },
    );
  }
}

/** An address of this machine: of loopback, the unspecified one, which leads there too, or that of an interface. */
export function isOwnAddress(address: string): boolean {
  if (scopeOfHost(address) === 'loopback') return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}
