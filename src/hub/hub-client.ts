/**
 * What a hub shows of its clients and says of them: the types that its users write against. What a client is
 * inside is connection.ts.
 */

/** One stream, as the hub's users see it. A person with two tabs is two clients. */
export interface HubClient<Data = undefined> {
  /** A random id of the hub's own: a name that users could choose would let two tabs throw each other out. */
  readonly id: string;
  /** What `handle()` was given with the client: who this is, what it may see. It is never sent to anybody. */
  readonly data: Data;
  /** When the client came, in milliseconds on the clock of `performance.now()`. */
  readonly connectedMs: number;
  /**
   * Whether the client has not yet taken what was written last; what comes now waits, at most `maxQueueBytes` of it.
   */
  readonly blocked: boolean;
  /** Bytes that wait for the client, in the hub and in its socket. */
  readonly queuedBytes: number;
  /** When the client was last known to take what it is sent, in milliseconds on the clock of `performance.now()`. */
  readonly lastAcceptedMs: number;
}

/**
 * Why a client is no longer with us:
 *
 * - `closed`: it left, or its connection broke; `error`: its response failed
 * - `stalled`: it took nothing of what waits in our queue for `evictAfterMs`
 * - `unacknowledged`: its machine acknowledged nothing for `evictAfterMs` (the kernel's word, or HTTP/2's PING)
 * - `overflow`: more than `maxQueueBytes` waited for it
 * - `max-age`: it reached `maxAgeMs`; `shutdown`: the hub was closed
 * - `removed`, or the word that `remove()` was given
 */
export type DisconnectReason =
  | 'closed'
  | 'error'
  | 'stalled'
  | 'unacknowledged'
  | 'overflow'
  | 'max-age'
  | 'shutdown'
  | 'removed'
  | (string & {});

/**
 * What a hub emits. Listeners are called at once, in the middle of its work; what one throws does not disturb
 * that work and becomes an uncaught exception.
 */
export interface HubEvents<Data = undefined> {
  /** A client has its greeting, and its replay as far as it takes it; it can be sent to. */
  connect: [client: HubClient<Data>];
  /** A client is gone from `clients`. Emitted once for each that was announced. */
  disconnect: [client: HubClient<Data>, reason: DisconnectReason];
}

/** What can be published: an event with data. */
export interface PublishedEvent {
  /**
   * The event's type, without line ends; a browser hears it by `addEventListener(type, …)`.
   * @defaultValue `'message'`
   */
  event?: string | undefined;
  /** The event's data, any text, lines too: `JSON.stringify(value)` mostly. */
  data: string;
  /**
   * An id of the publisher's own, not empty and without line ends; clients resume by it.
   * @defaultValue the hub's own, `LIFE-N`: a name that it drew when it began, and the sequence number 1, 2, 3 …
   */
  id?: string | undefined;
}

/** What `handle()` takes with a request. It can be left out where the hub's clients have no data. */
export interface HandleOptions<Data> {
  /** What is kept with the client until it leaves; see `HubClient`. */
  data: Data;
}

/** The options of `handle()`: needed when the hub's clients have data. */
export type HandleArguments<Data> = undefined extends Data
  ? [options?: HandleOptions<Data>]
  : [options: HandleOptions<Data>];
