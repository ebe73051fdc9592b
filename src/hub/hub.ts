/**
 * The hub: keyed clients, and events that are encoded once and written to all of them.
 *
 * It owns who is connected and what happens to all at once: publishing, heartbeats, the staleness sweep,
 * shutdown. What happens to one client is in connection.ts, what is kept for those behind in replay.ts. It
 * knows nothing of paths, methods or listeners (http.ts, server.ts), so it works on any `node:http` server.
 *
 * It refuses to evict anybody for a newcomer: at `maxClients` the newcomer is told to come back later.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import { encodeEvent, type SseMessage } from '../sse/encoder.ts';
import { AgeLimit } from './age-limit.ts';
import { Connection, type ConnectionOwner, type DisconnectReason } from './connection.ts';
import { drain } from './drain.ts';
import { Heartbeat } from './heartbeat.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { checkedHubOptions, type HubOptions } from './hub-options.ts';
import { KernelTables } from './kernel-tables.ts';
import { greeting, HEARTBEAT_COMMENT, HEARTBEAT_EVENT } from './messages.ts';
import { hangUp, outletOf } from './outlet.ts';
import { ReplayRing } from './replay.ts';
import { lastEventIdOf, openStream, refuseForNow } from './stream-head.ts';
import { StalenessSweep } from './staleness.ts';
import { type ClientDescription, type ComponentState, EVICTION_REASONS, type EvictionReason, type HubCounters, type HubStats } from './stats.ts';

/** What can be published: an event with data. */
export interface PublishedEvent {
  event?: string;
  data: string;
  /** An id of the publisher's own. Default: the sequence number. */
  id?: string;
}

export interface HubEvents {
  connect: [client: HubClient];
  disconnect: [clientId: string, reason: DisconnectReason];
}

/** One client as others may see it. */
export type HubClient = Pick<Connection, 'id' | 'connectedMs' | 'blocked' | 'queuedBytes' | 'lastAcceptedMs'>;

export class SseHub extends EventEmitter<HubEvents> {
  readonly #options: HubOptions;
  readonly #ring: ReplayRing;
  readonly #clients = new Map<string, Connection>();
  readonly #counters: HubCounters = { published: 0, delivered: 0, dropped: 0, replayed: 0 };
  readonly #evicted = Object.fromEntries(EVICTION_REASONS.map((reason) => [reason, 0])) as Record<EvictionReason, number>;
  readonly #heartbeat: Heartbeat | null;
  readonly #staleness: StalenessSweep;
  readonly #http2Sessions: Http2Sessions;
  readonly #ageLimit: AgeLimit | null;
  readonly #owner: ConnectionOwner;
  #total = 0;
  #peak = 0;
  #refused = 0;
  #expired = 0;
  #closing: Promise<void> | null = null;
  readonly #hurry = new AbortController();

  /** @throws {UsageError} naming the option that makes no sense */
  constructor(options: Partial<HubOptions> = {}) {
    super();
    this.#options = checkedHubOptions(options);
    const { heartbeatKind, heartbeatMs, evictAfterMs, maxAgeMs, retryMs, clock, maxQueueBytes, overflow } = this.#options;
    this.#ring = new ReplayRing({ ...this.#options, queueBytes: maxQueueBytes });
    this.#owner = {
      ring: this.#ring,
      counters: this.#counters,
      maxQueueBytes,
      overflow,
      forget: (connection, reason) => this.#forget(connection, reason),
      nowMs: () => clock.nowMs(),
    };
    const beat = heartbeatKind === 'event' ? HEARTBEAT_EVENT : HEARTBEAT_COMMENT;
    this.#heartbeat = heartbeatKind === 'none' ? null : new Heartbeat(heartbeatMs, clock, (nowMs) => {
      for (const client of this.#clients.values()) client.heartbeat(beat, nowMs);
    });
    this.#staleness = new StalenessSweep({
      evictAfterMs,
      clock,
      clients: this.#clients,
      maxAgeMs,
      evict: (connection, reason) => connection.close(reason, 'reset'),
      heartbeatMs: this.#heartbeat === null ? null : heartbeatMs,
      tables: this.#options.useKernelTable === false ? null : KernelTables.open(),
    });
    this.#http2Sessions = new Http2Sessions({ evictAfterMs, clock });
    this.#ageLimit = maxAgeMs === null ? null : new AgeLimit({ maxAgeMs, retryMs, clock, clients: this.#clients });
    this.#heartbeat?.start();
    this.#staleness.start();
    this.#ageLimit?.start();
  }

  get clients(): ReadonlyMap<string, HubClient> {
    return this.#clients;
  }

  /** The sequence number of the next event, for publishers that write it into the data. */
  get nextSeq(): number {
    return this.#ring.nextSeq;
  }

  /**
   * Turns this response into a stream and keeps it. Answers 503 with `Retry-After` at `maxClients`, and
   * hangs up while draining: a browser never comes back after a 503 (HTML standard, 9.2.3: any status but
   * 200 fails the connection for good), but it does after a network error.
   */
  handle(req: IncomingMessage | Http2ServerRequest, res: ServerResponse | Http2ServerResponse): void {
    // The compatibility API of node:http2 is made to be this one; where it differs see outlet.ts.
    this.#handle(req as IncomingMessage, res as ServerResponse);
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    // RFC 9112, 9.6: after a response with `Connection: close` further requests are not processed. A
    // request behind a stream would wait for ever, and its sender could pile up any number of them.
    const out = outletOf(res);
    if (out === null || this.#closing !== null) {
      hangUp(req, res);
      return;
    }
    if (this.#clients.size >= this.#options.maxClients) {
      this.#refused++;
      refuseForNow(req, res, this.#options.retryMs);
      return;
    }
    openStream(req, res);
    this.#admit(lastEventIdOf(req), res, out);
  }

  /**
   * Sends an event to every client and keeps it for those that come back.
   * @returns the event's id as it goes over the wire
   * @throws {UsageError} on CR, LF or NUL in `event` or `id`
   */
  publish(event: PublishedEvent): string {
    const id = event.id ?? String(this.#ring.nextSeq);
    const bytes = encodeEvent({ id, event: event.event, data: event.data });
    this.#ring.push(bytes, event.id ?? null);
    this.#counters.published++;
    const nowMs = this.#options.clock.nowMs();
    for (const client of this.#clients.values()) client.deliver(bytes, nowMs);
    return id;
  }

  /**
   * Sends to one client alone, in order with what is published; it is not kept for resuming, so an `id` is
   * better left out. False when the client is not here or has no room.
   */
  send(clientId: string, event: SseMessage): boolean {
    const bytes = encodeEvent(event);
    return this.#clients.get(clientId)?.send(bytes) ?? false;
  }

  /** Ends a client's stream. False when it is not here. */
  remove(clientId: string, reason: DisconnectReason = 'removed'): boolean {
    const connection = this.#clients.get(clientId);
    if (connection === undefined) return false;
    // A blocked one would keep what it never reads: an end waits behind it.
    connection.close(reason, connection.blocked ? 'reset' : 'end');
    return true;
  }

  ready(): Record<'heartbeat' | 'eviction' | 'replay', ComponentState> {
    const { replayEvents, replayBytes, maxQueueBytes } = this.#options;
    const heldBytes = this.#ring.heldBytes;
    return {
      heartbeat: this.#heartbeat?.state() ?? { ready: true, detail: 'turned off' },
      eviction: this.#staleness.state(),
      replay: {
        ready: true,
        detail: `${this.#ring.nextSeq - this.#ring.firstSeq} events, ${heldBytes} bytes held (at most ${replayEvents} events and ${Math.max(replayBytes, maxQueueBytes)} bytes)`,
      },
    };
  }

  stats(): HubStats {
    let blocked = 0;
    let queuedBytes = 0;
    for (const client of this.#clients.values()) {
      if (client.blocked) blocked++;
      queuedBytes += client.queuedBytes;
    }
    const connected = this.#clients.size;
    return {
      clients: { connected, accepting: connected - blocked, blocked, total: this.#total, peak: this.#peak, refused: this.#refused },
      evicted: { ...this.#evicted },
      expired: this.#expired,
      queuedBytes,
      events: { ...this.#counters },
    };
  }

  /** The first `limit` clients, oldest first. */
  describeClients(limit: number): ClientDescription[] {
    const nowMs = this.#options.clock.nowMs();
    const described: ClientDescription[] = [];
    for (const { id, connectedMs, queuedBytes, blocked, lastAcceptedMs } of this.#clients.values()) {
      if (described.length >= limit) break;
      described.push({ id, ageMs: nowMs - connectedMs, queuedBytes, blocked, lastAcceptedAgoMs: nowMs - lastAcceptedMs });
    }
    return described;
  }

  /**
   * Says farewell to every client and ends its stream; those that have not taken it after `graceMs` are
   * reset. Resolves when all are gone. A second call waits for the first, or with `graceMs: 0` cuts it short.
   */
  close({ graceMs }: { graceMs: number }): Promise<void> {
    if (graceMs === 0) this.#hurry.abort();
    if (this.#closing === null) {
      this.#heartbeat?.stop();
      this.#staleness.stop();
      this.#http2Sessions.stop();
      this.#ageLimit?.stop();
      this.#closing = drain(this.#clients.values(), { graceMs, retryMs: this.#options.retryMs, hurry: this.#hurry.signal });
    }
    return this.#closing;
  }

  #admit(lastEventId: string | null, res: ServerResponse, out: Duplex): void {
    const resume = lastEventId === null ? null : this.#ring.resumeAfter(lastEventId);
    const cursor = resume === null || resume.kind === 'unknown' ? this.#ring.nextSeq : resume.nextSeq;
    const connection = new Connection(randomUUID(), res, out, this.#owner, cursor);
    this.#clients.set(connection.id, connection);
    this.#staleness.watch(connection);
    this.#http2Sessions.watch(connection);
    this.#ageLimit?.admit(connection);
    this.#total++;
    this.#peak = Math.max(this.#peak, this.#clients.size);
    connection.begin(greeting(this.#options, connection.id, resume, this.#ring.nextSeq));
    this.emit('connect', connection);
  }

  #forget(connection: Connection, reason: DisconnectReason): void {
    this.#clients.delete(connection.id);
    this.#staleness.unwatch(connection);
    this.#http2Sessions.unwatch(connection);
    if (Object.hasOwn(this.#evicted, reason)) this.#evicted[reason as EvictionReason]++;
    else if (reason === 'max-age') this.#expired++;
    this.emit('disconnect', connection.id, reason);
  }
}
