/**
 * Counts what is published on its way to the stream server, and shows it to a watcher. It stands in front of the server
 * and not in it, so a server with a fault is watched in the same way. While there is no watcher, events are only counted.
 */

/** What can be published. */
export interface WatchedEvent {
  event?: string;
  data: string;
  id?: string;
}

/** Told of each event after it went out, with the id that it got. */
export type PublishWatcher = (id: string, event: WatchedEvent) => void;

export class PublishWatch {
  readonly #target: { readonly nextSeq: number; publish(event: WatchedEvent): string };
  #watcher: PublishWatcher | null = null;
  #total = 0;

  constructor(target: { readonly nextSeq: number; publish(event: WatchedEvent): string }) {
    this.#target = target;
  }

  get nextSeq(): number {
    return this.#target.nextSeq;
  }

  publish(event: WatchedEvent): string {
    const id = this.#target.publish(event);
    this.#total++;
    this.#watcher?.(id, event);
    return id;
  }

  /** How many events went through so far. */
  get total(): number {
    return this.#total;
  }

  /** One watcher at a time; null ends it. */
  watch(watcher: PublishWatcher | null): void {
    this.#watcher = watcher;
  }
}
