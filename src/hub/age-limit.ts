/**
 * Ends streams at an age: the only bound on a half-open peer where the kernel's table cannot be read, and
 * how a fleet of servers spreads its clients anew.
 *
 * Each client has an age of its own, up to a fifth below the limit: those that came in one wave, after a
 * restart say, would otherwise leave and return in one for ever. One timer for all; a stream is late by at
 * most its period.
 */
import type { Clock } from '../core/clock.ts';
import type { Connection } from './connection.ts';
import { lastWords } from './messages.ts';

export interface AgeLimitOptions {
  maxAgeMs: number;
  retryMs: number;
  clock: Clock;
  /** The connected clients by id, oldest first. */
  clients: ReadonlyMap<string, Connection>;
}

const JITTER = 0.2;
const MIN_PERIOD_MS = 10;
const MAX_PERIOD_MS = 1000;
/** Period of the sweep, as a share of the maximal age. */
const PERIOD_SHARE = 1 / 50;

export class AgeLimit {
  readonly #options: AgeLimitOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AgeLimitOptions) {
    this.#options = options;
  }

  start(): void {
    const periodMs = Math.min(MAX_PERIOD_MS, Math.max(MIN_PERIOD_MS, this.#options.maxAgeMs * PERIOD_SHARE));
    this.#timer = setInterval(() => this.#sweep(), periodMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Gives a new client the moment at which it goes. */
  admit(connection: Connection): void {
    connection.expiresMs = connection.connectedMs + this.#options.maxAgeMs * (1 - JITTER * Math.random());
  }

  #sweep(): void {
    const { clients, clock, maxAgeMs, retryMs } = this.#options;
    const nowMs = clock.nowMs();
    for (const connection of clients.values()) {
      // All that follow are younger still.
      if (connection.connectedMs + maxAgeMs * (1 - JITTER) > nowMs) return;
      if (connection.expiresMs > nowMs) continue;
      // A blocked one would keep what it never reads: an end waits behind it.
      connection.close('max-age', connection.blocked ? 'reset' : 'end', lastWords('max-age', retryMs));
    }
  }
}
