/**
 * What a run is aimed at: something that is there already, or a server of the run's own (embedded-target.ts).
 */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { UnreachableError } from '../../core/errors.ts';
import { hostOf, portOf } from '../../core/host.ts';
import { tcpTableReadable } from '../../machine/proc-net-tcp.ts';
import type { UncountedClients } from '../../memory/client-count.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { ProxyEnvironment } from '../../wire/proxy.ts';
import {
  NO_ORIGIN,
  type ServerOrigin,
  type ServerSample,
  type UnreadServer,
  type WatchedProcess,
} from '../../memory/server-memory.ts';
import type { StoppableServer } from './told-to-stop.ts';
import { unreachableHint, type UnreachableWay } from './unreachable.ts';
import { scopeOfHost } from '../../reach/address-scope.ts';
import { proxyOf, reachOf, transportSpec, type TransportSpec } from '../../reach/transport-spec.ts';

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

/** The first is the one that is watched; of the others only the streams are judged. */
export type Targets = readonly [watched: Target, ...others: Target[]];

/** A target that clients connect to, of which nothing more is known and to which nothing is done. */
export const ADDRESS_ONLY = {
  down: () => null,
  ended: () => Promise.resolve(null),
  sample: () => Promise.resolve(null),
  collectGarbage: () => Promise.resolve(false),
  stoppable: null,
  restart: () => Promise.resolve(),
  freeze: () => {},
  thaw: () => {},
  stop: () => Promise.resolve(),
} as const satisfies Partial<Target>;

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
    ...ADDRESS_ONLY,
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
