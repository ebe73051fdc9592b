/**
 * The sessions of all clients of a load process with a server of the Model Context Protocol: a transport whose
 * connections lead through `initialize` to the stream (mcp-stream.ts), and what outlives a connection.
 *
 * A session is ended by DELETE when its client leaves for good, since servers keep those that nobody ends; clients that
 * die as phones and processes do (abrupt, vanished, stalled, churn by RST) leave theirs behind, as they would.
 */
import { encodeRequest, type RequestOptions } from '../../wire/request.ts';
import type { StreamConnection, StreamReceiver, StreamRequest, Transport } from '../../wire/transport.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import { Exchange, type Reply } from '../exchange.ts';
import type { McpHost, McpObserver, McpRequest, PingTurn } from './mcp-host.ts';
import { heardIn } from './mcp-reply.ts';
import { McpSession } from './mcp-session.ts';
import type { McpStep } from './mcp-step.ts';
import { McpStream } from './mcp-stream.ts';
import type { Subscription } from '../../client/subscription.ts';

/** The time between two questions of a client that has no stream to listen to. */
export const PING_EVERY_MS = 5000;
const TICK_MS = 100;
/** Sessions that are ended at the same time: each is a connection. */
const ENDING_AT_ONCE = 250;
/** The time to end all of them; sessions that are left then stay. */
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
    this.nowMs = nowMs;
  }

  /** What `open` takes. @param request where the server is */
  requestFor(client: Subscription, request: StreamRequest): McpRequest {
    const session = this.requests.get(client)?.session ?? this.sessionFor(client);
    const full = { ...request, session, lastEventId: client.parser.lastEventId };
    this.requests.set(client, full);
    return full;
  }

  /** @param request from `requestFor` */
  open(request: McpRequest, receiver: StreamReceiver): StreamConnection {
    return new McpStream(this, request, receiver);
  }

  bytes(session: McpSession, step: McpStep): Uint8Array {
    const { method, body, lastEventId } = step;
    const headers = session.headers(this.ask.headers, step);
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
    const request = this.requests.get(client);
    const step = request?.session.respond(data) ?? null;
    if (request !== undefined && step !== null && this.beside.size < MOST_BESIDE) void this.send(request, step);
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

  private sessionFor({ behaviour }: Subscription): McpSession {
    return new McpSession({
      transport: 'streamable-http',
      questions: behaviour.reads ? 'on' : 'nothing',
      version: this.ask.version,
    });
  }

  private endSession(client: Subscription): Promise<void> {
    const request = this.take(client);
    const step = request?.session.next() ?? null;
    if (request === null || step === null) return Promise.resolve();
    const ending = this.send(request, step).then((reply) => {
      this.observer.ended(request.session.took(step.name, heardIn(reply, null)) === 'taken');
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
    return request?.session.leave() === true ? request : null;
  }

  /** Sends a step beside the stream. */
  private send(
    { session, lastEventId: _id, maxReadBytes: _slow, ...address }: McpRequest,
    step: McpStep,
  ): Promise<Reply> {
    return new Promise((resolve) => {
      const sending = new Exchange({
        nowMs: this.nowMs,
        done: (reply) => {
          this.beside.delete(sending);
          resolve(reply);
        },
      });
      this.beside.add(sending);
      sending.open(this.transport, { ...address, bytes: this.bytes(session, step) });
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
