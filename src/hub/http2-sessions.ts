/**
 * HTTP/2 sessions whose peer is gone, by the protocol's own question: a PING must be answered (RFC 9113, 6.7).
 *
 * The kernel's table speaks of a connection, and here many streams share one; PING needs no table and works
 * everywhere. Any byte from the peer is life: one that reads slowly sends window updates, so it stays, though
 * an answer may wait behind what it has not read. A stream that its client alone has stopped reading is no
 * matter of the session: staleness.ts sees that its queue does not move.
 *
 * Silence is added up pass by pass, each counting two periods at most: a process that stood still must not
 * take its own absence for that of everybody else.
 */
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import type { Connection } from './connection.ts';
import { http2StreamOf, tcpSocketUnder } from './outlet.ts';

interface Watched {
  readonly streams: Set<Connection>;
  readBytes: number;
  silentMs: number;
  isAsked: boolean;
}

/** Passes within the eviction time. Each asks who has not said anything since the last one. */
const PASSES = 6;
const MAX_PERIOD_MS = 15_000;

export class Http2Sessions {
  readonly #evictAfterMs: number;
  readonly #periodMs: number;
  readonly #clock: Clock;
  readonly #sessions = new Map<Http2Session, Watched>();
  /** A stream that is over has forgotten its session. */
  readonly #byConnection = new Map<Connection, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #lastPassMs = 0;

  constructor({ evictAfterMs, clock }: { evictAfterMs: number; clock: Clock }) {
    this.#evictAfterMs = evictAfterMs;
    this.#periodMs = Math.min(MAX_PERIOD_MS, evictAfterMs / PASSES);
    this.#clock = clock;
  }

  watch(connection: Connection): void {
    const session = http2StreamOf(connection.res)?.session;
    if (session === undefined) return;
    const watched = this.#sessions.get(session) ?? { streams: new Set(), readBytes: 0, silentMs: 0, isAsked: false };
    watched.streams.add(connection);
    this.#sessions.set(session, watched);
    this.#byConnection.set(connection, watched);
    if (this.#timer !== undefined) return;
    this.#lastPassMs = this.#clock.nowMs();
    this.#timer = setInterval(() => this.#pass(), this.#periodMs);
  }

  unwatch(connection: Connection): void {
    this.#byConnection.get(connection)?.streams.delete(connection);
    this.#byConnection.delete(connection);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sessions.clear();
    this.#byConnection.clear();
  }

  #pass(): void {
    const nowMs = this.#clock.nowMs();
    const sinceMs = Math.min(nowMs - this.#lastPassMs, 2 * this.#periodMs);
    this.#lastPassMs = nowMs;
    for (const [session, watched] of this.#sessions) {
      if (session.destroyed || watched.streams.size === 0) this.#sessions.delete(session);
      else this.#judge(session, watched, sinceMs);
    }
    if (this.#sessions.size === 0) this.stop();
  }

  #judge(session: Http2Session, watched: Watched, sinceMs: number): void {
    const { bytesRead } = session.socket;
    watched.silentMs = bytesRead > watched.readBytes ? 0 : watched.silentMs + sinceMs;
    watched.readBytes = bytesRead;
    if (watched.silentMs >= this.#evictAfterMs) {
      this.#sessions.delete(session);
      for (const connection of watched.streams) connection.close('unacknowledged', 'reset');
      tcpSocketUnder(session.socket as Socket).resetAndDestroy();
    } else if (!watched.isAsked) {
      // One question at a time; its answer, or the end of the session, allows the next.
      watched.isAsked = session.ping(() => {
        watched.isAsked = false;
      });
    }
  }
}
