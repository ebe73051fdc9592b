/**
 * One load process or several, on this machine or on those of workers: decided by the plan, and the run cannot tell the
 * difference.
 *
 * Each process is aimed at one URL, since servers that share nothing number their events apart.
 */
import type { Clock } from '../../core/clock.ts';
import type { ServePlan } from '../../options/serve-options.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { LoadWorker } from '../../record/load-worker.ts';
import { ConnectionTable } from './connection-table.ts';
import type { LoadGenerator } from './load-generator.ts';
import { Requests } from './requests.ts';
import { loadStreamOpening } from './stream-opening.ts';
import { Shard } from './shard.ts';
import { childShard, type OpenShard, type ShardOrder } from './shard-link.ts';
import { shardPlan, type ShardPlan, tellsSoFar } from './shard-plan.ts';
import { ShardProcesses } from './shard-processes.ts';
import type { Target } from '../target/target.ts';
import { openTransport } from '../../reach/transport-spec.ts';
import type { VanishingNetwork } from '../vanish/vanishing.ts';

/** One process reads some 150,000 events a second, and has 20,000 descriptors on many machines. */
const CLIENTS_PER_PROCESS = 15_000;

export interface GeneratorOptions {
  plan: SoakPlan;
  seed: number;
  server: ServePlan | null;
  /** Where clients vanish from; null when none do. */
  vanishing: VanishingNetwork | null;
  /** The value of the plan's `bearer-env`. */
  bearer: string | null;
  version: string;
  clock: Clock;
  /** The machines that run the load processes; null where this one does. */
  workers: LoadWorkers | null;
}

/** Load processes on other machines. */
export interface LoadWorkers {
  /** How many load processes they are to run. */
  readonly count: number;
  readonly list: readonly LoadWorker[];
  open: OpenShard;
}

/** How many load processes a plan gets: at least one for each target, and the same number for each. */
export function processCount(plan: Pick<SoakPlan, 'clients' | 'processes'>, targets: number): number {
  const wanted = plan.processes ?? Math.ceil(plan.clients / CLIENTS_PER_PROCESS);
  return Math.min(Math.ceil(Math.max(wanted, targets) / targets) * targets, Math.max(plan.clients, targets));
}

/** All of a plan's clients in this process. */
export async function oneProcess(
  target: Target,
  plan: ShardPlan,
  { bearer, version, clock }: Pick<GeneratorOptions, 'bearer' | 'version' | 'clock'>,
): Promise<LoadGenerator> {
  const requests = new Requests(target, plan, bearer, version);
  const transport = await openTransport(target.transport);
  const openingFor = await loadStreamOpening({ plan, requests, transport, clock });
  return new Shard(plan, target, {
    alive: () => target.down() === null,
    openingFor,
    table: new ConnectionTable(),
    transport,
    clock,
    secrets: requests.secrets,
  });
}

export async function startGenerator(
  targets: readonly [Target, ...Target[]],
  options: GeneratorOptions,
): Promise<LoadGenerator> {
  const { plan, seed, server, bearer, version, clock, workers } = options;
  const count = workers?.count ?? processCount(plan, targets.length);
  const vanishingNetwork = options.vanishing?.network ?? null;
  if (count === 1 && workers === null)
    return oneProcess(
      targets[0],
      shardPlan(plan, { seed, server, slice: { index: 0, count }, vanishingNetwork }),
      options,
    );
  const targetDown = (): boolean => targets.some((target) => target.down() !== null);
  const orders = Array.from({ length: count }, (_none, index) => {
    const { url, address, port, local, fillBytes, transport } = targets[index % targets.length] as Target;
    return {
      plan: shardPlan(plan, { seed, server, slice: { index, count }, vanishingNetwork }),
      aim: { url, address, port, local, fillBytes, transport },
      bearer,
      version,
      wallShiftMs: 0,
    };
  });
  const table = new ConnectionTable();
  const open =
    workers === null ? (order: ShardOrder) => childShard(order, table) : (order: ShardOrder) => workers.open(order);
  return ShardProcesses.start(orders, { open, targetDown, tellsSoFar: tellsSoFar(plan), clock });
}
