/**
 * What runs beside a hub as long as it lives: heartbeats, the search for clients that are gone (by what their machines
 * acknowledge, over HTTP/2 by PING), and the age limit. Each watches all clients with one timer of its own.
 */
import type { Connection } from './connection.ts';
import { AgeLimit } from './age-limit.ts';
import { Heartbeat } from './heartbeat.ts';
import { Http2Sessions } from './http2-sessions.ts';
import type { HubOptions } from './hub-options.ts';
import { KernelTables } from './kernel-tables.ts';
import { HEARTBEAT_COMMENT, HEARTBEAT_EVENT } from './messages.ts';
import { StalenessSweep } from './staleness.ts';
import type { ComponentState } from './stats.ts';

export class Upkeep {
  readonly #heartbeat: Heartbeat | null;
  readonly #staleness: StalenessSweep;
  readonly #http2Sessions: Http2Sessions;
  readonly #ageLimit: AgeLimit | null;

  /** Begins at once. @param clients the connected clients by id, oldest first */
  constructor(options: HubOptions, clients: ReadonlyMap<string, Connection>) {
    const { heartbeatKind, heartbeatMs, evictAfterMs, maxAgeMs, retryMs, clock } = options;
    const block = heartbeatKind === 'event' ? HEARTBEAT_EVENT : HEARTBEAT_COMMENT;
    this.#heartbeat = heartbeatKind === 'none' ? null : new Heartbeat({ periodMs: heartbeatMs, clock, clients, block });
    this.#staleness = new StalenessSweep({
      evictAfterMs,
      clock,
      clients,
      maxAgeMs,
      evict: (connection, reason) => connection.close(reason, 'reset'),
      heartbeatMs: this.#heartbeat === null ? null : heartbeatMs,
      tables: options.useKernelTable === false ? null : KernelTables.open(),
    });
    this.#http2Sessions = new Http2Sessions({ evictAfterMs, clock });
    this.#ageLimit = maxAgeMs === null ? null : new AgeLimit({ maxAgeMs, retryMs, clock, clients });
    this.#heartbeat?.start();
    this.#staleness.start();
    this.#ageLimit?.start();
  }

  watch(connection: Connection): void {
    this.#staleness.watch(connection);
    this.#http2Sessions.watch(connection);
    this.#ageLimit?.admit(connection);
  }

  unwatch(connection: Connection): void {
    this.#staleness.unwatch(connection);
    this.#http2Sessions.unwatch(connection);
  }

  /** Whether heartbeats and evictions work, each with a sentence. */
  state(): Record<'heartbeat' | 'eviction', ComponentState> {
    return {
      heartbeat: this.#heartbeat?.state() ?? { ready: true, detail: 'turned off', off: true },
      eviction: this.#staleness.state(),
    };
  }

  stop(): void {
    this.#heartbeat?.stop();
    this.#staleness.stop();
    this.#http2Sessions.stop();
    this.#ageLimit?.stop();
  }
}
