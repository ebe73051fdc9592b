/**
 * Counts what is published on its way to the stream server, and shows it to a watcher. It stands in front of the server
 * and not in it, so a server with a fault is watched in the same way. While there is no watcher, events are only counted.
 */
import type { PublishedEvent } from '../hub/hub-client.ts';

/** What can be published. */
export interface WatchedEvent {
  event?: string;
  data: string;
  id?: string;
}

/** Told of each event after it went out, with the id that it got. */
export type PublishWatcher = (id: string, event: PublishedEvent) => void;

/** Where the events go. */
export interface PublishTarget {
  /** The number of the next event; null where several servers number one feed, so that nobody knows it before. */
  readonly nextSeq: number | null;
  /** The id of the event; a promise of it where the event goes to several servers. */
  publish(event: WatchedEvent): string | Promise<string>;
}

export class PublishWatch implements PublishTarget {
  readonly #target: PublishTarget;
  #watcher: PublishWatcher | null = null;
  #total = 0;

  constructor(target: PublishTarget) {
    this.#target = target;
  }

  get nextSeq(): number | null {
    return this.#target.nextSeq;
  }

  publish(event: WatchedEvent): string | Promise<string> {
    const id = this.#target.publish(event);
    // What goes to several servers comes back from their log, and is noted then.
    if (typeof id === 'string') this.note(id, event);
    return id;
  }

  /** An event went out. */
  note(id: string, event: PublishedEvent): void {
    this.#total++;
    this.#watcher?.(id, event);
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
