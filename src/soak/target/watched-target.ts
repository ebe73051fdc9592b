/** A target that was there already, with all that tells of its server: its memory, its end, how many clients it counts. */
import type { SoakPlan } from '../../options/soak-options.ts';
import { emptySample, type UnreadServer } from '../../memory/server-memory.ts';
import type { ClientCounter } from './client-counter.ts';
import { FoundServer } from './found-server.ts';
import { ServerProcess } from './server-process.ts';
import type { ServerWatch } from './server-watch.ts';
import { stoppableServer } from './told-to-stop.ts';
import { isOwnAddress, remoteTarget, type Surroundings, type Target } from './target.ts';

/**
 * As {@link remoteTarget}, and its memory and its end are told by the source that the plan names; else, of a server on
 * this machine, by the processes that listen there. How many clients it counts is told by the URL that the plan names.
 *
 * @throws {UsageError | UnreachableError} when the source that the plan names for its memory cannot be read
 */
export async function watchedTarget(url: URL, plan: SoakPlan, surroundings: Surroundings): Promise<Target> {
  const target = await remoteTarget(url, plan, surroundings);
  const watch = await openWatch(plan, target);
  const watched = watch === null ? target : 'why' in watch ? { ...target, unread: watch } : readBy(watch, target);
  const stopped = plan.incidents.some(({ kind }) => kind === 'sigterm') ? await stoppedBy(plan, watched) : watched;
  if (plan.serverClients === null) return stopped;
  const { ClientCounter } = await import('./client-counter.ts');
  return countedBy(new ClientCounter(plan.serverClients, target.transport.trust), stopped);
}

function readBy(watch: ServerWatch, target: Target): Target {
  return {
    ...target,
    origin: watch.origin,
    get process() {
      return watch.process;
    },
    down: () => watch.down(),
    ended: () => watch.ended(),
    sample: (tMs) => watch.sample(tMs),
    async stop() {
      await watch.stop();
      await target.stop();
    },
  };
}

/** What is told to stop has not gone away when it ends. */
async function stoppedBy({ serverPid }: SoakPlan, target: Target): Promise<Target> {
  if (typeof serverPid !== 'number') return target;
  const server = await stoppableServer(serverPid, target);
  let told = false;
  return {
    ...target,
    get process() {
      return target.process;
    },
    stoppable: {
      ...server,
      tellToStop() {
        const untold = server.tellToStop();
        told = untold === null;
        return untold;
      },
    },
    down: () => (told ? null : target.down()),
    ended: () => (told ? Promise.resolve(null) : target.ended()),
  };
}

function countedBy(counter: ClientCounter, target: Target): Target {
  return {
    ...target,
    get process() {
      return target.process;
    },
    countsClients: true,
    uncounted: () => counter.uncounted,
    async sample(tMs) {
      const [sample, clients] = await Promise.all([target.sample(tMs), counter.count()]);
      return sample === null && clients === null ? null : { ...(sample ?? emptySample(tMs)), clients };
    },
    async stop() {
      await counter.stop();
      await target.stop();
    },
  };
}

async function openWatch(
  { serverPid, serverMetrics }: SoakPlan,
  { address, port, transport }: Target,
): Promise<ServerWatch | UnreadServer | null> {
  if (typeof serverPid === 'number') return ServerProcess.open(serverPid);
  if (serverMetrics !== null) {
    const { ServerMetrics } = await import('./server-metrics.ts');
    return ServerMetrics.open(serverMetrics, transport.trust);
  }
  if (serverPid === 'none' || transport.proxy !== null || !isOwnAddress(address)) return null;
  return FoundServer.at({ address, port });
}
