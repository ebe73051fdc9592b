import type { QueueLimits } from '../../memory/server-memory.ts';
import type { ServePlan } from '../../options/serve-options.ts';
import { loadServePlan } from '../../options/serve-plan.ts';
import type { SoakPlan } from '../../options/soak-options.ts';

/** A process of `serve` holds so many streams beside the descriptors and the core that others need. */
const CLIENTS_PER_SERVER = 15_000;

/**
 * Intervals of our own server that show a whole life in half a minute; `--server-arg` overrides them. Where its clients
 * need several processes they would take the machine: a heartbeat to everybody every 2 s, and the kernel's table read all
 * the time. Then it has the intervals of `serve`.
 */
const SHORT_LIFE = ['--heartbeat=2s', '--evict-after=8s'];

/**
 * What the embedded server is started with, and what that promises. Checked before anything is started.
 *
 * @throws {UsageError} naming the flag
 */
export function serverFlags(plan: SoakPlan): { args: string[]; plan: ServePlan } {
  const args = [
    ...(plan.clients <= CLIENTS_PER_SERVER ? SHORT_LIFE : []),
    `--max-clients=${Math.max(10_000, plan.clients * 2)}`,
    ...plan.serverArgs,
    ...plan.faults.map((fault) => `--fault=${fault}`),
  ];
  const flags: Record<string, string | string[]> = {};
  for (const arg of args) {
    const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    flags[name] = name === 'fault' ? [...(flags[name] ?? []), value] : value;
  }
  return { args, plan: loadServePlan({ flags }) };
}

/** @param processes what the plan says; null leaves it to the number of clients */
export function serverProcessCount({
  clients,
  serverProcesses,
}: {
  clients: number;
  serverProcesses: number | null;
}): number {
  return Math.min(serverProcesses ?? Math.ceil(clients / CLIENTS_PER_SERVER), clients);
}

/** Whatever stands around the data of an event, and what a socket takes before it says that it is full. */
const EVENT_FRAME_BYTES = 512;
const SOCKET_BYTES = 64 * 1024;

/**
 * What our own server, sound, has waiting for one client at most: for one that takes nothing a full queue or, while
 * it catches up, all of the history, and one event more, which is what tells that the queue is full.
 */
export function queueLimits({ maxQueueBytes, replayEvents, eventSizeBytes }: ServePlan): QueueLimits {
  const eventBytes = eventSizeBytes + EVENT_FRAME_BYTES;
  const acceptingBytes = SOCKET_BYTES + eventBytes;
  return { acceptingBytes, blockedBytes: Math.max(maxQueueBytes, replayEvents * eventBytes) + acceptingBytes };
}
