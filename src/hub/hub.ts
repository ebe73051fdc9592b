/**
 * The hub: keyed clients, and events that are encoded once and written to all of them.
 *
 * It owns who is connected and what happens to all at once: publishing and shutdown. What happens to one client is in
 * connection.ts, what is kept for those behind in replay.ts, what runs by timers in upkeep.ts. It knows nothing of
 * paths, methods or listeners, so it works on any `node:http` server.
 *
 * It refuses to evict anybody for a newcomer: at `maxClients` the newcomer is told to come back later.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import { UsageError } from '../core/errors.ts';
import type { SseMessage } from '../sse/encoder.ts';
import { announce } from './announce.ts';
import { type Block, encodeBlock } from './block.ts';
import { encodedEvent } from './encoded-event.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { describe, statsOf } from './describe.ts';
import { drain } from './drain.ts';
import type { DisconnectReason, HandleArguments, HubClient, HubEvents, PublishedEvent } from './hub-client.ts';
import {
  checkedHubOptions,
  CLOSE_DEFAULTS,
  type CloseOptions,
  type HubOptions,
  type SseHubOptions,
} from './hub-options.ts';
import { greeting } from './messages.ts';
import { hangUp, outletOf } from './outlet.ts';
import { ReplayRing } from './replay.ts';
import { SharedFeed } from './shared-feed.ts';
import { answerHead, checkUnanswered, lastEventIdOf, openStream, refuseForNow } from './stream-head.ts';
import type { ClientDescription, ClientOrder, ComponentState, HubCounters, HubStats } from './stats.ts';
import { ClientTally } from './tally.ts';
import { Upkeep } from './upkeep.ts';

/**
 * A feed: whatever is published goes to every client. `Data` is what `handle()` is given of each client.
 *
 * It holds timers from its construction to `close()`, without which a process does not end.
 */
export class SseHub<Data = undefined> extends EventEmitter<HubEvents<Data>> {
  readonly #options: HubOptions;
  readonly #ring: ReplayRing;
  readonly #clients = new Map<string, Connection>();
  readonly #counters: HubCounters = { published: 0, delivered: 0, dropped: 0, replayed: 0 };
  readonly #tally = new ClientTally();
  readonly #upkeep: Upkeep;
  readonly #owner: ConnectionOwner;
  readonly #shared: SharedFeed | null;
  #closing: Promise<void> | null = null;
  readonly #hurry = new AbortController();

  /** @throws {UsageError} naming the option that makes no sense */
  constructor(options: SseHubOptions = {}) {
    super();
    this.#options = checkedHubOptions(options);
    const { clock, maxQueueBytes, overflow, backplane } = this.#options;
    this.#ring = new ReplayRing({ ...this.#options, queueBytes: maxQueueBytes });
    this.#owner = {
      ring: this.#ring,
      counters: this.#counters,
      maxQueueBytes,
      overflow,
      forget: (connection, reason) => this.#forget(connection, reason),
      nowMs: () => clock.nowMs(),
    };
    this.#upkeep = new Upkeep(this.#options, this.#clients);
    this.#shared = backplane && new SharedFeed(backplane, this.#ring, this.#clients, (block) => this.#deliver(block));
  }

  /** The connected clients by id, oldest first; the map changes as clients come and go. */
  get clients(): ReadonlyMap<string, HubClient<Data>> {
    return this.#clients as ReadonlyMap<string, Connection & { data: Data }>;
  }

  /** The name in the hub's own ids, `LIFE-N`: drawn when it began, so that no id of an earlier hub is taken for its own. */
  get life(): string {
    return this.#ring.ids.life;
  }

  /** The sequence number of the next event, for publishers that write it into the data. */
  get nextSeq(): number {
    return this.#ring.nextSeq;
  }

  /**
   * Turns this response into a stream and keeps it: from here on the response is the hub's, which writes its
   * head (with the fields that were set on it before), its bytes and its end. To be called once it is known
   * that the request may have the stream, and before anything is written.
   *
   * Answers 503 with `Retry-After` at `maxClients`, and hangs up while closing: a browser never comes back
   * after a 503 (HTML standard, 9.2.3: any status but 200 fails the connection for good), but it does after a
   * network error. HEAD gets the head.
   *
   * @returns the client, which can be sent to; null when there is none: refused, gone already, or HEAD
   * @throws {UsageError} for a response that is answered already, and for what is none of Node's
   */
  handle(
    req: IncomingMessage | Http2ServerRequest,
    res: ServerResponse | Http2ServerResponse,
    ...[options]: HandleArguments<Data>
  ): HubClient<Data> | null {
    // The compatibility API of node:http2 is made to be this one; where it differs see outlet.ts.
    return this.#handle(req as IncomingMessage, res as ServerResponse, options?.data) as HubClient<Data> | null;
  }

  #handle(req: IncomingMessage, res: ServerResponse, data: unknown): Connection | null {
    checkUnanswered(req, res);
    // A request behind a stream on its connection would wait for ever, and its sender could pile up any number of them.
    const out = outletOf(res);
    if (out === null || this.#closing !== null) hangUp(req, res);
    else if (req.method === 'HEAD') answerHead(res);
    else if (this.#clients.size >= this.#options.maxClients) {
      this.#tally.refused++;
      refuseForNow(req, res, this.#options.retryMs);
    } else {
      openStream(req, res);
      return this.#admit(lastEventIdOf(req), res, out, data);
    }
    return null;
  }

  /**
   * Sends an event to every client and keeps it for those that come back.
   * @returns the event's id as it goes over the wire
   * @throws {UsageError} on CR, LF or NUL in `event` or `id`, on an empty `id`, on data that is no text, and with a backplane
   */
  publish(event: PublishedEvent): string {
    if (this.#shared !== null)
      throw new UsageError('a hub with a backplane publishes with `await hub.publishShared(event)`');
    const { id, block } = encodedEvent(event, this.#ring);
    this.#ring.push(block, event.id ?? null);
    this.#deliver(block);
    return id;
  }

  /**
   * The same for a hub with a backplane: resolves with the id when the backplane has the event, which all hubs then
   * deliver in the backplane's order. Without a backplane it publishes at once.
   * @throws {UsageError} as `publish()` does; {BackplaneError} when the backplane cannot be reached or does not confirm it
   */
  async publishShared(event: PublishedEvent): Promise<string> {
    return this.#shared === null ? this.publish(event) : this.#shared.append(event);
  }

  #deliver(block: Block): void {
    this.#counters.published++;
    const nowMs = this.#options.clock.nowMs();
    for (const client of this.#clients.values()) client.deliver(block, nowMs);
  }

  /**
   * Sends to one client alone, in order with what is published. It is not kept for those that come back, so an
   * `id` is better left out: it would become the one that the client resumes by.
   * @returns false when the client is not here or has no room
   * @throws {UsageError} for an event that cannot be encoded
   */
  send(clientId: string, event: SseMessage): boolean {
    const block = encodeBlock(event);
    return this.#clients.get(clientId)?.send(block) ?? false;
  }

  /**
   * The same to every client that is meant, such as all tabs of one person. It looks at each client: for what
   * goes to many, all the time, a hub of its own is better.
   * @returns how many have it, or have it waiting
   */
  sendWhere(isMeant: (client: HubClient<Data>) => boolean, event: SseMessage): number {
    const block = encodeBlock(event);
    let taken = 0;
    for (const client of this.#clients.values()) {
      if (isMeant(client as HubClient<Data>) && client.send(block)) taken++;
    }
    return taken;
  }

  /**
   * Ends a client's stream. A browser comes back after the reconnection time, so refuse it then.
   * @param reason what `disconnect` will say
   * @returns false when it is not here
   */
  remove(clientId: string, reason: DisconnectReason = 'removed'): boolean {
    const connection = this.#clients.get(clientId);
    if (connection === undefined) return false;
    // A blocked one would keep what it never reads: an end waits behind it.
    connection.close(reason, connection.blocked ? 'reset' : 'end');
    return true;
  }

  /** What works and what does not, each with a sentence: for the `/readyz` of a server. */
  ready(): Record<'heartbeat' | 'eviction' | 'replay', ComponentState> & { backplane?: ComponentState } {
    const backplane = this.#options.backplane?.state();
    return { ...this.#upkeep.state(), replay: this.#ring.state(), ...(backplane && { backplane }) };
  }

  /** Counters since the hub began, and what waits now; it looks at each client. */
  stats(): HubStats {
    return statsOf(this.#clients, this.#tally, this.#counters);
  }

  /** Describes at most `limit` clients. */
  describeClients(limit: number, order?: ClientOrder): ClientDescription[] {
    return describe(this.#clients.values(), this.#options.clock.nowMs(), limit, order);
  }

  /**
   * Says farewell to every client and ends its stream; those that have not taken it after `graceMs` are
   * reset. Resolves when all are gone. A second call waits for the first, or with `graceMs: 0` cuts it short.
   * The server is not the hub's: close it too, before or after.
   */
  close({ graceMs = CLOSE_DEFAULTS.graceMs }: CloseOptions = {}): Promise<void> {
    if (graceMs === 0) this.#hurry.abort();
    if (this.#closing === null) {
      this.#upkeep.stop();
      this.#shared?.close();
      this.#closing = drain(this.#clients.values(), {
        graceMs,
        retryMs: this.#options.retryMs,
        hurry: this.#hurry.signal,
      });
    }
    return this.#closing;
  }

  #admit(lastEventId: string | null, res: ServerResponse, out: Duplex, data: unknown): Connection {
    const resume = lastEventId === null ? null : this.#ring.resumeAfter(lastEventId);
    const cursor = resume === null || resume.kind === 'unknown' ? this.#ring.nextSeq : resume.nextSeq;
    const connection = new Connection(this.#owner, { id: randomUUID(), res, out, cursor });
    connection.data = data;
    this.#clients.set(connection.id, connection);
    this.#upkeep.watch(connection);
    this.#tally.came(this.#clients.size);
    connection.begin(greeting(this.#options, connection.id, resume, this.#ring.nextSeq));
    this.#shared?.ahead.watch(connection, resume);
    announce(this, 'connect', connection);
    return connection;
  }

  #forget(connection: Connection, reason: DisconnectReason): void {
    this.#clients.delete(connection.id);
    this.#upkeep.unwatch(connection);
    this.#shared?.ahead.unwatch(connection);
    this.#tally.went(reason);
    announce(this, 'disconnect', connection, reason);
  }
}
