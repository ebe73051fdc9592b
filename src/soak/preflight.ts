/**
 * Before a run: can this machine hold so many clients, and is there a stream at all? Asked with one client, so
 * that a web page is not met by thousands.
 */
import { readFile } from 'node:fs/promises';
import { behaviours } from '../client/behaviour.ts';
import { EventCache } from '../client/event-cache.ts';
import { Subscription } from '../client/subscription.ts';
import { Wheel } from '../client/wheel.ts';
import { CAUSES, type Cause } from '../core/causes.ts';
import type { Clock } from '../core/clock.ts';
import { GeneratorLimitError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { formatCount } from '../core/units.ts';
import { stampReader } from '../measure/stamps.ts';
import { Requests } from './requests.ts';
import type { Aim } from './shard.ts';
import type { ShardPlan } from './shard-plan.ts';
import { openTransport } from './transport-spec.ts';

/** Files, pipes and sockets that the process needs beside its clients. */
const OTHER_DESCRIPTORS = 64;

/** Soft limit of open files; null where the platform does not tell. Node raises it to the hard one at start. */
export async function descriptorLimit(): Promise<number | null> {
  try {
    const limits = await readFile('/proc/self/limits', 'utf8');
    const match = /^Max open files\s+(\d+)/m.exec(limits);
    return match === null ? null : Number(match[1]);
  } catch {
    // Only Linux has it.
    return null;
  }
}

/** @throws {GeneratorLimitError} when there are too few descriptors for `clients` */
export function checkDescriptors(clients: number, limit: number | null): void {
  const needed = clients + OTHER_DESCRIPTORS;
  if (limit === null || limit >= needed) return;
  throw new GeneratorLimitError(
    `${formatCount(clients)} clients need ${formatCount(needed)} open files, and this process may have ${formatCount(limit)}`,
    { hint: `Raise the limit first (ulimit -n ${needed}), or ask for at most ${Math.max(limit - OTHER_DESCRIPTORS, 0)} clients.` },
  );
}

/** What a refused or failed first attempt says. */
export interface Refused {
  cause: Cause;
  detail: string;
  /** Whether anybody answered at all: a server that says 503 is there, a refused port is not. */
  answered: boolean;
}

export interface OpenOnceOptions {
  bearer: string | null;
  version: string;
  clock: Clock;
  signal: AbortSignal;
}

const ANSWERED = new Set<Cause>([
  'http-status', 'content-type', 'server-stop', 'redirect-loop', 'redirect-refused', 'decode', 'http-protocol', 'headers-too-large',
]);
const TICK_MS = 20;

/** Opens the stream once and leaves; null when it opened. Ends by the client's own time-outs. */
export async function openOnce(aim: Aim, plan: ShardPlan, { bearer, version, clock, signal }: OpenOnceOptions): Promise<Refused | null> {
  const requests = new Requests(aim, plan, bearer, version);
  const transport = await openTransport(aim.transport);
  const nowMs = clock.nowMs();
  const wheel = new Wheel(nowMs);
  return new Promise((resolve) => {
    const finish = (refused: Refused | null): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      client.stop('fin');
      resolve(refused);
    };
    const onAbort = (): void => finish(null);
    const client = new Subscription(0, behaviours.healthy, {
      transport,
      wheel,
      clock,
      random: new Random(plan.seed),
      cache: new EventCache(stampReader(plan.pointers)),
      requestFor: (one) => requests.for(one),
      connectTimeoutMs: plan.connectTimeoutMs,
      headersTimeoutMs: plan.headersTimeoutMs,
      slowRateBytesPerSecond: plan.slowRateBytesPerSecond,
      nowMs,
      wallOffsetMs: 0,
      observer: {
        onConnected: () => {},
        onOpen: () => setImmediate(finish, null),
        onEvent: () => {},
        onComment: () => {},
        onLeft: () => {},
        onLost: (_client, cause, detail) => {
          finish({ cause, detail: detail || CAUSES[cause].says, answered: ANSWERED.has(cause) });
        },
      },
    }, plan.retryMs);
    const timer = setInterval(() => wheel.advance(clock.nowMs()), TICK_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    client.connect();
  });
}
