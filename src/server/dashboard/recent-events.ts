/** The newest of what was published since the last look, and how much it was. */
import type { WatchedEvent } from '../publish-watch.ts';
import type { PublishedLine } from './message.ts';

const MAX_EVENTS = 20;
const MAX_TEXT_CHARS = 200;

export class RecentEvents {
  #count = 0;
  readonly #newest: Array<{ id: string; event: WatchedEvent }> = [];

  note(id: string, event: WatchedEvent): void {
    this.#newest[this.#count++ % MAX_EVENTS] = { id, event };
  }

  /** Returns the events since the last call, oldest first, and forgets them. */
  take(): { count: number; newest: PublishedLine[] } {
    const count = this.#count;
    const oldestAt = count > MAX_EVENTS ? count % MAX_EVENTS : 0;
    const inOrder = [...this.#newest.slice(oldestAt), ...this.#newest.slice(0, oldestAt)];
    this.#count = 0;
    this.#newest.length = 0;
    return {
      count,
      newest: inOrder.map(({ id, event: { event = 'message', data } }) => ({
        id: cut(id),
        event: cut(event),
        data: cut(data),
        dataBytes: Buffer.byteLength(data),
      })),
    };
  }
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS - 1)}…`;
}
