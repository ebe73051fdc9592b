/** The newest events since the last look at the server. */
import { printable } from '../../core/printable.ts';
import type { PublishedEvent } from '../../hub/hub-client.ts';
import type { PublishedLine } from './message.ts';

const MAX_EVENTS = 20;
const MAX_TEXT_CHARS = 200;

export class RecentEvents {
  #count = 0;
  readonly #newest: Array<{ id: string; event: PublishedEvent; atMs: number }> = [];

  /** @param atMs when it was published, as Unix time */
  note(id: string, event: PublishedEvent, atMs: number): void {
    this.#newest[this.#count++ % MAX_EVENTS] = { id, event, atMs };
  }

  /** Returns the events since the last call, oldest first, and forgets them. */
  take(): PublishedLine[] {
    const oldestAt = this.#count > MAX_EVENTS ? this.#count % MAX_EVENTS : 0;
    const inOrder = [...this.#newest.slice(oldestAt), ...this.#newest.slice(0, oldestAt)];
    this.#count = 0;
    this.#newest.length = 0;
    return inOrder.map(({ id, event: { event = 'message', data }, atMs }) => ({
      atMs,
      id: printable(id),
      event: printable(event),
      data: onOneLine(data),
      dataBytes: Buffer.byteLength(data),
    }));
  }
}

/** The lines of data follow each other, as in HTML; a text that is longer than what is shown says so. */
function onOneLine(data: string): string {
  return printable(data.slice(0, MAX_TEXT_CHARS + 1).replaceAll('\n', ' '), MAX_TEXT_CHARS);
}
