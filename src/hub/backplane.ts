/**
 * What makes the hubs of several processes one feed: a log that numbers every event once for all of them.
 *
 * A hub with a backplane does not deliver what it is given to publish. It appends it, and delivers what comes back, in
 * the order of the log, as every other hub does. Numbers are dense in each life of the log, so a number means the same
 * event in every hub, and what a hub lacks shows as a hole.
 */
import type { PublishedEvent } from './hub-client.ts';
import type { ComponentState } from './stats.ts';

/** Where in the log an event is. */
export interface BackplanePlace {
  /** The name of the log's life, in the form of `EventIds`. Numbers begin anew with it. */
  life: string;
  /** 1, 2, 3 … in each life; a jump means that entries were removed before they could be read. */
  seq: number;
}

/** An event of the log with its place. */
export interface BackplaneEntry extends BackplanePlace {
  /** The event as it was published; null for what somebody else wrote into the log, which keeps its number. */
  event: PublishedEvent | null;
}

/** Where the log was when it was first reached, with the newest of what it kept. */
export interface BackplaneStart {
  /** The name of the log's life. */
  life: string;
  /** The number of the event after the last of `kept`. */
  nextSeq: number;
  /** The newest entries of this life, oldest first. */
  kept: readonly BackplaneEntry[];
}

/** What a backplane reports to its hub. */
export interface BackplaneFollower {
  /** The log began anew, since it had lost entries; numbers begin with 1 again. */
  onLife(life: string): void;
  /** The next entry. */
  onEntry(entry: BackplaneEntry): void;
}

/** One hub's access to the log. It serves one hub, which closes it. */
export interface Backplane {
  /** Where the log was when it was first reached. */
  readonly start: BackplaneStart;
  /** Reports every entry behind `start`, in order and once. Called once. */
  follow(follower: BackplaneFollower): void;
  /**
   * Resolves with the event's place when the log has it.
   * @throws {BackplaneError} when the log cannot be reached, or did not answer
   */
  append(event: PublishedEvent): Promise<BackplanePlace>;
  /** Resolves with the place of the last event of the log, which the hub may not have read yet; rejects when it cannot be reached. */
  head(): Promise<BackplanePlace>;
  /** Whether the log can be reached: for the `/readyz` of a server. */
  state(): ComponentState;
  /** Ends the access to the log; the hub calls it when it is closed. */
  close(): void;
}
