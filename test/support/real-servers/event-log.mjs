/**
 * What the real servers of the tests send, and to whom is theirs: numbered events at an even rate, the last ones kept
 * for clients that return. `node SERVER.mjs EVENTS_PER_SECOND BYTES`.
 */
import process from 'node:process';

const KEPT = 1000;
export const HEARTBEAT_MS = 2000;

export class EventLog {
  #kept = [];
  #waiting = new Set();

  constructor(perSecond = Number(process.argv[2] ?? 4), bytes = Number(process.argv[3] ?? 128)) {
    const periodMs = 1000 / perSecond;
    const pad = 'x'.repeat(bytes);
    const startMs = Date.now();
    let seq = 0;
    setInterval(() => {
      seq += 1;
      this.#kept.push({ seq, scheduled: startMs + seq * periodMs, sent: Date.now(), pad });
      if (this.#kept.length > KEPT) this.#kept.shift();
      const woken = [...this.#waiting];
      this.#waiting.clear();
      for (const wake of woken) wake();
    }, periodMs);
  }

  /** What is kept behind an id that a client came back with; nothing for one that comes for the first time. */
  since(lastEventId) {
    const seq = Number(lastEventId);
    return Number.isSafeInteger(seq) && seq > 0 ? this.#kept.filter((event) => event.seq > seq) : [];
  }

  /** Calls back for each event from now on, until the signal. */
  async each(visit, signal) {
    while (!signal.aborted) {
      await this.#next(signal);
      if (!signal.aborted) visit(this.#kept.at(-1));
    }
  }

  /** Everything behind that id and then what comes, for one who takes it as fast as he can. */
  async *follow(lastEventId, signal) {
    let seq = this.since(lastEventId)[0]?.seq ?? (this.#kept.at(-1)?.seq ?? 0) + 1;
    while (!signal.aborted) {
      const event = this.#kept.find((one) => one.seq >= seq);
      if (event === undefined) {
        await this.#next(signal);
      } else {
        seq = event.seq + 1;
        yield event;
      }
    }
  }

  #next(signal) {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** Tells the test where the stream is. */
export function sayWhere(port) {
  process.stdout.write(`listening on http://127.0.0.1:${port}/events\n`);
}
