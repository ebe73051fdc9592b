/** The options of a hub, their defaults, and which values are invalid. */
import { systemClock, type Clock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';
import type { Backplane } from './backplane.ts';

/**
 * The options of `new SseHub()`. Durations are in milliseconds, sizes in bytes; an option that is missing or undefined has
 * its default.
 */
export interface SseHubOptions {
  /**
   * Period of the heartbeats in milliseconds, whether or not events flow: proxies cut silent streams after 30 to 60 s.
   * @defaultValue `15_000`
   */
  heartbeatMs?: number | undefined;
  /**
   * Heartbeats are `comment` (`: ping`, which no browser shows), `event` (`event: ping`, which a page can watch for) or
   * `none`.
   * @defaultValue `'comment'`
   */
  heartbeatKind?: 'comment' | 'event' | 'none' | undefined;
  /**
   * A client that has accepted nothing of what it was sent for this many milliseconds is evicted.
   * @defaultValue `90_000`
   */
  evictAfterMs?: number | undefined;
  /**
   * Most bytes that may be queued for one client.
   * @defaultValue `262_144` (256 KiB)
   */
  maxQueueBytes?: number | undefined;
  /**
   * What happens when the queue is full: `evict` the client, which may reconnect and resume, or `drop-oldest` events, which
   * the client learns from `event: missed`.
   * @defaultValue `'evict'`
   */
  overflow?: 'evict' | 'drop-oldest' | undefined;
  /**
   * Most clients at once. Further ones are rejected with 503 and `Retry-After`; no client is evicted for them.
   * @defaultValue `10_000`
   */
  maxClients?: number | undefined;
  /**
   * A stream is ended at this age in milliseconds, or up to a fifth before it, and its client reconnects; null when
   * streams have no age limit.
   * @defaultValue `null`
   */
  maxAgeMs?: number | null | undefined;
  /**
   * Reconnection time that clients receive (`retry:`), in milliseconds, spread by ±20 %.
   * @defaultValue `2000`
   */
  retryMs?: number | undefined;
  /**
   * Number of events that are kept for clients that reconnect with `Last-Event-ID`.
   * @defaultValue `1000`
   */
  replayEvents?: number | undefined;
  /**
   * Most bytes of kept events, whatever `replayEvents` allows (`maxQueueBytes` are always kept).
   * @defaultValue `16_777_216` (16 MiB)
   */
  replayBytes?: number | undefined;
  /**
   * The clock, which tests replace.
   * @defaultValue the system's clock
   */
  clock?: Clock | undefined;
  /**
   * Whether the hub also judges clients by the kernel's table of connections (`/proc/net/tcp`), where it can be read.
   * @defaultValue `true`
   */
  useKernelTable?: boolean | undefined;
  /**
   * The log that makes this hub one feed with those of other processes, such as `await redisBackplane({ url })`; null for a
   * hub of its own. Events are then published with `publishShared()`.
   * @defaultValue `null`
   */
  backplane?: Backplane | null | undefined;
}

/** The options of a hub, each with its value. */
export type HubOptions = { [Name in keyof SseHubOptions]-?: Exclude<SseHubOptions[Name], undefined> };

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
  useKernelTable: true,
  backplane: null,
};

/** What `close()` takes. */
export interface CloseOptions {
  /**
   * How many milliseconds clients have to take their farewell before they are reset; 0 resets them at once.
   * @defaultValue `5000`
   */
  graceMs?: number;
}

export const CLOSE_DEFAULTS: Readonly<Required<CloseOptions>> = { graceMs: 5000 };

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
    if (options[name] > MAX_TIMER_MS) throw new UsageError(`${name} is above the limit of timers (${MAX_TIMER_MS} ms)`);
  }
  return options;
}
