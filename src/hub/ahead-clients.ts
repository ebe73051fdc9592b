/**
 * Clients that resume behind an event which this hub has not read yet: another hub was faster. Such a client waits, and
 * goes on with the event after its own.
 *
 * Whether there is such an event only the log knows. An id with a number that the log never gave, or that it has lost
 * with its newest entries, is an unknown id: its client is told so, and gets all that comes after the end of the log.
 */
import type { Backplane, BackplanePlace } from './backplane.ts';
import type { Connection } from './connection.ts';
import { missedBlock } from './messages.ts';
import type { ReplayRing } from './replay.ts';

const RETRY_MS = 1000;
const UNKNOWN = missedBlock({ from: null, to: null, reason: 'unknown-id' });

export class AheadClients {
  readonly #backplane: Backplane;
  readonly #ring: ReplayRing;
  readonly #waiting = new Set<Connection>();
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(backplane: Backplane, ring: ReplayRing) {
    this.#backplane = backplane;
    this.#ring = ring;
  }

  /** A client was admitted; nothing is done with one that is not ahead. */
  watch(connection: Connection): void {
    if (connection.cursor <= this.#ring.nextSeq) return;
    this.#waiting.add(connection);
    void this.#ask();
  }

  unwatch(connection: Connection): void {
    this.#waiting.delete(connection);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  /** One question at a time, for all that were here when it was asked. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    while (this.#waiting.size > 0) {
      const needed = new Map([...this.#waiting].map((connection) => [connection, connection.cursor]));
      let head: BackplanePlace;
      try {
        head = await this.#backplane.head();
      } catch {
        // Asked again when the log may be back; until then nobody knows better than the client.
        if (this.#waiting.size > 0) this.#timer = setTimeout(() => void this.#ask(), RETRY_MS);
        break;
      }
      for (const [connection, seq] of needed) this.#settle(connection, seq, head);
    }
    this.#isAsking = false;
  }

  /** In a new life of the log the hub has other words for all of its clients. */
  #settle(connection: Connection, seq: number, head: BackplanePlace): void {
    if (!this.#waiting.delete(connection) || head.life !== this.#ring.ids.life || seq <= head.seq + 1) return;
    connection.goOnFrom(Math.min(connection.cursor, head.seq + 1), UNKNOWN);
  }
}
