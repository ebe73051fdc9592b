/**
 * The sessions of all clients of a load process with a server of the Model Context Protocol: a transport whose
 * connections lead through `initialize` to the stream (mcp-stream.ts), and what outlives a connection.
 *
 * A session is ended by DELETE when its client leaves for good, since servers keep those that nobody ends; clients that
 * die as phones and processes do (abrupt, vanished, stalled, churn by RST) leave theirs behind, as they would.
 */
import { pingResponse, ACCEPT_ANSWER } from './mcp-message.ts';
import { encodeRequest, type RequestOptions } from '../../wire/request.ts';
import type { StreamConnection, StreamReceiver, StreamRequest, Transport } from '../../wire/transport.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import { Exchange } from '../exchange.ts';
import {
  McpSession,
  type McpHost,
  type McpObserver,
  type McpRequest,
  type PingTurn,
  type SessionAsk,
} from './mcp-session.ts';
import { McpStream } from './mcp-stream.ts';
import type { Subscription } from '../../client/subscription.ts';

/** Between two questions of a client that has no stream to listen to. */
export const PING_EVERY_MS = 5000;
const TICK_MS = 100;
/** Sessions that are ended at the same time: each is a connection. */
const ENDING_AT_ONCE = 250;
/** For all of them; what is left then stays. */
const END_WITHIN_MS = 15_000;
/** Requests beside the streams at once: a server may ask more than anybody can answer. */
const MOST_BESIDE = 1000;

export interface McpOptions {
  transport: Transport;
  observer: McpObserver;
  /** Path, host, version and the user's header fields of every request. */
  ask: Pick<RequestOptions, 'path' | 'host' | 'headers' | 'version'>;
  nowMs: () => number;
}

export class McpSessions implements Transport, McpHost {
  readonly transport: Transport;
  readonly observer: McpObserver;
  readonly version: string;
  readonly nowMs: () => number;
  private readonly ask: McpOptions['ask'];
  private readonly requests = new WeakMap<Subscription, McpRequest>();
  /** Streams that ask on, the one whose turn is next first, and when that is. */
  private readonly asking = new Map<PingTurn, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly beside = new Set<Exchange>();
  private readonly endings = new Set<Promise<void>>();

  constructor({ transport, observer, ask, nowMs }: McpOptions) {
    this.transport = transport;
    this.observer = observer;
    this.ask = ask;
    this.version = ask.version;
    this.nowMs = nowMs;
  }

  /** What `open` takes. @param request where the server is */
  requestFor(client: Subscription, request: StreamRequest): McpRequest {
    const session = this.requests.get(client)?.session ?? new McpSession(client.behaviour.reads);
    const full = { ...request, session, lastEventId: client.parser.lastEventId };
    this.requests.set(client, full);
    return full;
  }

  /** @param request from `requestFor` */
  open(request: McpRequest, receiver: StreamReceiver): StreamConnection {
    return new McpStream(this, request, receiver);
  }

  bytes(session: McpSession, { method, accept, body, lastEventId = '' }: SessionAsk): Uint8Array {
    const headers = session.headers(this.ask.headers, accept, body !== null);
    return encodeRequest({ ...this.ask, method, headers, lastEventId, ...(body === null ? {} : { body }) }).bytes;
  }

  tick(stream: PingTurn): void {
    this.asking.set(stream, this.nowMs() + PING_EVERY_MS);
    this.timer ??= setInterval(() => this.turn(), TICK_MS);
  }

  rest(stream: PingTurn): void {
    this.asking.delete(stream);
    if (this.asking.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Answers what the server asks: one that pings its clients ends the sessions of those that are silent. */
  heard(client: Subscription, { data }: StreamEvent): void {
    const body = pingResponse(data);
    const request = this.requests.get(client);
    if (body !== null && request !== undefined && this.beside.size < MOST_BESIDE)
      void this.send(request, 'POST', ACCEPT_ANSWER, body);
  }

  /** A client that leaves for good while the load goes on. */
  left(client: Subscription, how: 'fin' | 'rst'): void {
    if (how === 'fin') this.endSession(client);
    else this.abandon(client);
  }

  /** The run is over, and all have left. */
  async end(clients: readonly Subscription[]): Promise<void> {
    const polite: Subscription[] = [];
    for (const client of clients) {
      if (client.behaviour.reads && client.behaviour.kind !== 'abrupt') polite.push(client);
      else this.abandon(client);
    }
    const untilMs = this.nowMs() + END_WITHIN_MS;
    const timer = setTimeout(() => {
      for (const one of this.beside) one.leave('time was up');
    }, END_WITHIN_MS);
    const one = async (): Promise<void> => {
      for (let client = polite.pop(); client !== undefined; client = polite.pop()) {
        if (this.nowMs() < untilMs) await this.endSession(client);
        else this.abandon(client);
      }
    };
    await Promise.all(Array.from({ length: ENDING_AT_ONCE }, one));
    await Promise.all(this.endings);
    clearTimeout(timer);
    for (const one of this.beside) one.forget('rst');
  }

  private endSession(client: Subscription): Promise<void> {
    const request = this.take(client);
    if (request === null) return Promise.resolve();
    const ending = this.send(request, 'DELETE', 'application/json', null).then((status) => {
      this.observer.ended(status >= 200 && status < 300);
      this.endings.delete(ending);
    });
    this.endings.add(ending);
    return ending;
  }

  private abandon(client: Subscription): void {
    if (this.take(client) !== null) this.observer.abandoned();
  }

  /** Once; null where there is no session to end. */
  private take(client: Subscription): McpRequest | null {
    const request = this.requests.get(client);
    this.requests.delete(client);
    return request === undefined || request.session.id === null ? null : request;
  }

  /** @returns the status; 0 when no head came */
  private send(
    { session, lastEventId: _id, maxReadBytes: _slow, ...address }: McpRequest,
    method: string,
    accept: string,
    body: string | null,
  ): Promise<number> {
    return new Promise((resolve) => {
      const sending = new Exchange({
        nowMs: this.nowMs,
        done: ({ head }) => {
          this.beside.delete(sending);
          resolve(head?.statusCode ?? 0);
        },
      });
      this.beside.add(sending);
      sending.open(this.transport, { ...address, bytes: this.bytes(session, { method, accept, body }) });
    });
  }

  private turn(): void {
    const nowMs = this.nowMs();
    for (const [stream, dueMs] of this.asking) {
      if (dueMs > nowMs) return;
      this.asking.delete(stream);
      this.asking.set(stream, nowMs + PING_EVERY_MS);
      stream.ping();
    }
  }
}
