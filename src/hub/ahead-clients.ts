/**
 * Clients that resume behind an event which this hub has not read yet: another hub was faster. Such a client waits, and
 * goes on with the event after its own.
 *
 * Whether there is such an event only the log knows. A number that the log never gave, or that it has lost with its
 * newest entries, is an unknown id; so is a publisher's own id that is not found up to what was the end of the log when
 * its client came. Clients with an unknown id are told so, and receive what was published since they came.
 */
import type { Backplane, BackplanePlace } from './backplane.ts';
import type { Connection } from './connection.ts';
import { missedBlock } from './messages.ts';
import type { ReplayRing, ResumePoint } from './replay.ts';

const RETRY_MS = 1000;
const UNKNOWN = missedBlock({ from: null, to: null, reason: 'unknown-id' });

interface Wanted {
  /** The number that the client needs next; Infinity where only the id of its event is known. */
  seq: number;
  /** A publisher's own id that this hub has not read, or one of a later life. */
  id: string | null;
  /** What the client is sent from on, where its id turns out to be unknown. */
  fromSeq: number;
}

export class AheadClients {
  readonly #backplane: Backplane;
  readonly #ring: ReplayRing;
  readonly #waiting = new Map<Connection, Wanted>();
  /** Clients whose event may be among those up to this number. */
  readonly #reading = new Map<Connection, Wanted & { untilSeq: number }>();
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(backplane: Backplane, ring: ReplayRing) {
    this.#backplane = backplane;
    this.#ring = ring;
  }

  /** A client was admitted; nothing is done with one that is not ahead. */
  watch(connection: Connection, resume: ResumePoint | null): void {
    const { nextSeq: fromSeq } = this.#ring;
    if (connection.cursor <= fromSeq) return;
    const id = resume?.kind === 'unread' ? resume.id : null;
    this.#waiting.set(connection, { seq: connection.cursor, id, fromSeq });
    void this.#ask();
  }

  unwatch(connection: Connection): void {
    this.#waiting.delete(connection);
    this.#reading.delete(connection);
  }

  /** The hub has read on. */
  readOn(): void {
    for (const [connection, { id, fromSeq, untilSeq }] of this.#reading) {
      if (id === null || this.#ring.nextSeq <= untilSeq) continue;
      this.#reading.delete(connection);
      const resume = this.#ring.resumeAfter(id);
      if (resume.kind === 'kept') connection.goOnFrom(resume.nextSeq);
      else connection.goOnFrom(fromSeq, UNKNOWN);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#reading.clear();
  }

  /** One question at a time, for all that were here when it was asked. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    while (this.#waiting.size > 0) {
      const asked = [...this.#waiting];
      let head: BackplanePlace;
      try {
        head = await this.#backplane.head();
      } catch {
        // Asked again when the log may be back; until then nobody knows better than the client.
        if (this.#waiting.size > 0) this.#timer = setTimeout(() => void this.#ask(), RETRY_MS);
        break;
      }
      for (const [connection, wanted] of asked) this.#settle(connection, wanted, head);
      this.readOn();
    }
    this.#isAsking = false;
  }

  /** In a new life of the log the hub has other words for all of its clients. */
  #settle(connection: Connection, wanted: Wanted, head: BackplanePlace): void {
    if (!this.#waiting.delete(connection) || head.life !== this.#ring.ids.life) return;
    if (wanted.id !== null) this.#reading.set(connection, { ...wanted, untilSeq: head.seq });
    else if (wanted.seq > head.seq + 1) connection.goOnFrom(Math.min(connection.cursor, head.seq + 1), UNKNOWN);
  }
}
