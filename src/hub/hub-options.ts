/** What a hub can be told, the defaults, and what makes no sense. */
import { systemClock, type Clock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';

export interface HubOptions {
  /** Period of heartbeats, whether or not events flow. Default 15,000. */
  heartbeatMs: number;
  /** `: ping`, `event: ping`, or none. Default `comment`. */
  heartbeatKind: 'comment' | 'event' | 'none';
  /** A client that has accepted nothing of what waits for it for this long is removed. Default 90,000. */
  evictAfterMs: number;
  /** What may wait for one client. Default 256 KiB. */
  maxQueueBytes: number;
  /** What a full queue does: the client goes, or its oldest events (and it is told). Default `evict`. */
  overflow: 'evict' | 'drop-oldest';
  /** Further clients get 503. Default 10,000. */
  maxClients: number;
  /** A stream is ended at this age, or up to a fifth before it. Default null: never. */
  maxAgeMs: number | null;
  /** Reconnection time sent to clients, spread by ±20 %. Default 2,000. */
  retryMs: number;
  /** Events kept for clients that return. Default 1,000. */
  replayEvents: number;
  /** Bytes kept for clients that return, whatever `replayEvents` says. Default 16 MiB. */
  replayBytes: number;
  clock: Clock;
  /** Judge clients by `/proc/net/tcp` too. Default: where it can be read. */
  useKernelTable: boolean | undefined;
}

export const HUB_DEFAULTS: Readonly<HubOptions> = {
  heartbeatMs: 15_000,
  heartbeatKind: 'comment',
  evictAfterMs: 90_000,
  maxQueueBytes: 256 * 1024,
  overflow: 'evict',
  maxClients: 10_000,
  maxAgeMs: null,
  retryMs: 2000,
  replayEvents: 1000,
  replayBytes: 16 * 1024 * 1024,
  clock: systemClock,
  useKernelTable: undefined,
};

const AT_LEAST = { heartbeatMs: 10, evictAfterMs: 100, maxQueueBytes: 1, maxClients: 1, retryMs: 0, replayEvents: 0, replayBytes: 0 } as const;
const LEAST_MAX_AGE_MS = 100;
// Longer timers fire at once in Node.
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws {UsageError} naming the option */
export function checkedHubOptions(given: Partial<HubOptions>): HubOptions {
  const options: HubOptions = { ...HUB_DEFAULTS, ...given };
  for (const [name, least] of Object.entries(AT_LEAST)) {
    const value = options[name as keyof typeof AT_LEAST];
    if (!Number.isFinite(value) || value < least) throw new UsageError(`${name} must be a number of at least ${least}, not ${String(value)}`);
  }
  const { maxAgeMs } = options;
  if (maxAgeMs !== null && !(maxAgeMs >= LEAST_MAX_AGE_MS)) throw new UsageError(`maxAgeMs must be null or a number of at least ${LEAST_MAX_AGE_MS}, not ${maxAgeMs}`);
  for (const name of ['heartbeatMs', 'evictAfterMs', 'retryMs'] as const) {
    if (options[name] > MAX_TIMER_MS) throw new UsageError(`${name} is more than a timer can hold (${MAX_TIMER_MS} ms)`);
  }
  return options;
}
