/**
 * Before a run: can this machine hold so many clients, and is there a stream at all? Asked with one client, so
 * that a web page is not met by thousands.
 */
import { readFile } from 'node:fs/promises';
import { CAUSES, type Cause } from '../core/causes.ts';
import { GeneratorLimitError } from '../core/errors.ts';
import { formatCount } from '../core/units.ts';
import { Subscription, type SubscriptionContext } from '../client/subscription.ts';
import { behaviours } from '../client/behaviour.ts';

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

/** What a refused or failed first attempt says; null when the stream opened. */
export interface Refusal {
  cause: Cause;
  detail: string;
  /** Whether anybody answered at all: a server that says 503 is there, a refused port is not. */
  answered: boolean;
}

/** Opens the stream once and leaves. Ends by the client's own time-outs. */
export async function openOnce(
  shared: Omit<SubscriptionContext, 'observer'>, retryMs: number, signal: AbortSignal,
): Promise<Refusal | null> {
  const behaviour = behaviours.healthy;
  if (behaviour === undefined) throw new Error('healthy clients are always there');
  return new Promise((resolve) => {
    const finish = (refusal: Refusal | null): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      client.stop('fin');
      resolve(refusal);
    };
    const onAbort = (): void => finish(null);
    const client = new Subscription(0, behaviour, {
      ...shared,
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
    }, retryMs);
    const timer = setInterval(() => shared.wheel.advance(shared.clock.nowMs()), 20);
    signal.addEventListener('abort', onAbort, { once: true });
    client.connect();
  });
}

const ANSWERED = new Set<Cause>(['http-status', 'content-type', 'server-stop', 'redirect-loop', 'redirect-refused', 'decode', 'http-protocol', 'headers-too-large']);
