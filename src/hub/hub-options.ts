/** What a hub can be told, the defaults, and what makes no sense. */
import { systemClock, type Clock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';

/** All that a hub can be told. Durations are in milliseconds, sizes in bytes. */
export interface HubOptions {
  /**
   * Period of the heartbeats, whether or not events flow: proxies cut silent streams after 30 to 60 s. Default 15,000.
   */
  heartbeatMs: number;
  /**
   * Heartbeats are `comment` (`: ping`, which no browser shows), `event` (`event: ping`, which a page can watch for) or
   * `none`. Default `comment`.
   */
  heartbeatKind: 'comment' | 'event' | 'none';
  /** A client that has accepted nothing of what it was sent for this long is removed. Default 90,000. */
  evictAfterMs: number;
  /** Most bytes that may wait for one client. Default 262,144 (256 KiB). */
  maxQueueBytes: number;
  /**
   * What a full queue does: `evict` the client, which may come back and resume, or `drop-oldest` and tell it with
   * `event: missed`. Default `evict`.
   */
  overflow: 'evict' | 'drop-oldest';
  /** Further clients get 503 with `Retry-After`; nobody is evicted for them. Default 10,000. */
  maxClients: number;
  /**
   * A stream is ended at this age, or up to a fifth before it, and its client comes back; null when streams have no age
   * limit. Default `null`.
   */
  maxAgeMs: number | null;
  /** How long clients are told to wait before they reconnect, spread by ±20 %. Default 2,000. */
  retryMs: number;
  /** Events kept for clients that return with `Last-Event-ID`. Default 1,000. */
  replayEvents: number;
  /**
   * Most bytes of kept events, whatever `replayEvents` says (`maxQueueBytes` are always kept). Default 16,777,216
   * (16 MiB).
   */
  replayBytes: number;
  /** The clock, which tests replace. Default the system's clock. */
  clock: Clock;
  /**
   * Whether clients are also judged by the kernel's table of connections (`/proc/net/tcp`). Default where it can be
   * read.
   */
  useKernelTable: boolean | undefined;
}

/** What `new SseHub()` takes: any of the options; what is left out or undefined has its default. */
export type SseHubOptions = { [Name in keyof HubOptions]?: HubOptions[Name] | undefined };

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

const AT_LEAST = {
  heartbeatMs: 10,
  evictAfterMs: 100,
  maxQueueBytes: 1,
  maxClients: 1,
  retryMs: 0,
  replayEvents: 0,
  replayBytes: 0,
} as const;
const ONE_OF = { heartbeatKind: ['comment', 'event', 'none'], overflow: ['evict', 'drop-oldest'] } as const;
const LEAST_MAX_AGE_MS = 100;
// Longer timers fire at once in Node.
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws {UsageError} naming the option */
export function checkedHubOptions(given: SseHubOptions): HubOptions {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(HUB_DEFAULTS, name));
  if (unknown !== undefined)
    throw new UsageError(`a hub has no option ${JSON.stringify(unknown)}`, {
      hint: `Its options are ${Object.keys(HUB_DEFAULTS).join(', ')}.`,
    });
  // Without the undefined ones: they must not stand in the way of a default.
  const meant = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<HubOptions>;
  const options: HubOptions = { ...HUB_DEFAULTS, ...meant };
  for (const [name, least] of Object.entries(AT_LEAST)) {
    const value = options[name as keyof typeof AT_LEAST];
    if (!Number.isFinite(value) || value < least)
      throw new UsageError(`${name} must be a number of at least ${least}, not ${String(value)}`);
  }
  for (const [name, words] of Object.entries(ONE_OF)) {
    const value = options[name as keyof typeof ONE_OF];
    if (!(words as readonly string[]).includes(value))
      throw new UsageError(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(value)}`);
  }
  const { maxAgeMs } = options;
  if (maxAgeMs !== null && !(maxAgeMs >= LEAST_MAX_AGE_MS))
    throw new UsageError(`maxAgeMs must be null or a number of at least ${LEAST_MAX_AGE_MS}, not ${maxAgeMs}`);
  for (const name of ['heartbeatMs', 'evictAfterMs', 'retryMs'] as const) {
    if (options[name] > MAX_TIMER_MS)
      throw new UsageError(`${name} is more than a timer can hold (${MAX_TIMER_MS} ms)`);
  }
  return options;
}
