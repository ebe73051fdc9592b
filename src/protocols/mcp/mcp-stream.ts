/**
 * How one client comes to its stream in the Streamable HTTP transport (MCP 2025-11-25, "Transports"): `initialize`,
 * the session that it is given, `notifications/initialized`, then the server's own stream by GET.
 *
 * For its receiver this is one connection: it stands when the first request is on its way, and its head is that of the
 * stream. So a client of a session is a client like all others, with the same deadlines, kinds and reconnection.
 *
 * 405 to the GET means that the server has no stream of its own, as it may: the session is there all the same. Its
 * client then counts as open, and asks `ping` every few seconds, since nothing else would show that the session lives.
 */
import { isFields } from '../../core/json.ts';
import type { Cause } from '../../core/causes.ts';
import { ACCEPT_ANSWER, type RpcAnswer } from './mcp-message.ts';
import type { ResponseHead, StreamConnection, StreamReceiver } from '../../wire/transport.ts';
import { answerOf, answers, Exchange, type Reply, troubleOf } from '../exchange.ts';
import type { McpHost, McpRequest, PingTurn } from './mcp-session.ts';
import { isRedirect } from '../../reach/redirect.ts';
import { refusalOf } from '../../reach/refusal.ts';

/** Turns that a `ping` may wait for its answer. */
const MAX_UNANSWERED = 2;
const GONE = 404;
const NO_STREAM = 405;

export class McpStream implements StreamConnection, StreamReceiver, PingTurn {
  private readonly host: McpHost;
  private readonly request: McpRequest;
  private readonly receiver: StreamReceiver;
  private asking: Exchange | null = null;
  private stream: StreamConnection | null = null;
  private over = false;
  private toldConnect = false;
  private toldHead = false;
  /** This session was begun here: 404 is then no end of it, but a wrong path. */
  private isNew = false;
  private unanswered = 0;

  constructor(host: McpHost, request: McpRequest, receiver: StreamReceiver) {
    this.host = host;
    this.request = request;
    this.receiver = receiver;
    if (request.session.stands) this.listen();
    else this.initialize();
  }

  get localPort(): number {
    return this.stream?.localPort ?? 0;
  }

  get localAddress(): string {
    return this.stream?.localAddress ?? '';
  }

  resume(): void {
    this.stream?.resume();
  }

  close(): void {
    this.leave('fin');
  }

  reset(): void {
    this.leave('rst');
  }

  onConnect(): void {
    this.connected();
  }

  onHead(head: ResponseHead): void {
    const { session } = this.request;
    if (head.statusCode === NO_STREAM) this.goOnWithoutStream(head);
    else if (head.statusCode === GONE && session.id !== null && !this.isNew) {
      this.stream?.close();
      this.beginAnew();
    } else if (isRedirect(head.statusCode)) {
      // The session belongs to where it was opened.
      this.stream?.close();
      this.end('redirect-refused', `the stream got status ${head.statusCode}; give the URL that it leads to`);
    } else if (this.toldHead) {
      // Of the session that was begun for one without a stream.
      if (refusalOf(head) === null) return;
      this.stream?.close();
      this.end('session-refused', `the stream got status ${head.statusCode}`);
    } else {
      this.toldHead = true;
      this.receiver.onHead(head);
    }
  }

  onBody(bytes: Uint8Array, start: number, end: number): boolean {
    return this.receiver.onBody(bytes, start, end);
  }

  onEnd(cause: Cause, detail: string): void {
    this.end(cause, detail);
  }

  /** Its turn has come. */
  ping(): void {
    const { session } = this.request;
    if (this.asking !== null) {
      this.unanswered += 1;
      if (this.unanswered < MAX_UNANSWERED) return;
      this.asking.forget('rst');
      this.host.observer.failed('ping', 'no answer', false);
      this.end('headers-timeout', 'ping got no answer');
      return;
    }
    this.unanswered = 0;
    const { id, body } = session.request('ping');
    this.ask(body, id, (reply) => this.ponged(reply, answerOf(reply, id)));
  }

  private ponged(reply: Reply, answer: RpcAnswer | null): void {
    const { observer } = this.host;
    if (answer !== null && 'result' in answer) observer.pinged(reply.endMs);
    else if (reply.head === null) {
      observer.failed('ping', reply.cause, false);
      this.end(reply.cause, `ping: ${reply.detail}`);
    } else if (reply.head.statusCode === GONE && this.request.session.id !== null) this.beginAnew();
    else observer.failed('ping', answer === null ? troubleOf(reply) : `the error ${answer.error}`, true);
  }

  /** "When a client receives HTTP 404 in response to a request containing an Mcp-Session-Id, it MUST start a new session." */
  private beginAnew(): void {
    const {
      host,
      request: { session, lastEventId },
    } = this;
    host.rest(this);
    host.observer.expired();
    session.forget(lastEventId);
    this.initialize();
  }

  private initialize(): void {
    const {
      host,
      request: { session },
    } = this;
    this.isNew = true;
    session.forget(session.foreignEventId);
    const { id, body } = session.initialize(host.version);
    this.ask(body, id, (reply) => {
      const answer = answerOf(reply, id);
      if (answer === null || !('result' in answer) || !isFields(answer.result)) {
        this.refused('initialize', reply, answer);
        return;
      }
      session.introduced(answer.result, reply.head?.headers.get('mcp-session-id'));
      this.confirm(reply.endMs);
    });
  }

  private confirm(initializeMs: number): void {
    const {
      host,
      request: { session },
    } = this;
    this.ask(session.initialized(), null, (reply) => {
      const status = reply.head?.statusCode ?? 0;
      // It is to be 202; what other servers answer with is no reason to stay away.
      if (status < 200 || status > 299) {
        this.refused('notifications/initialized', reply, null);
        return;
      }
      session.stands = true;
      host.observer.opened(initializeMs);
      this.listen();
    });
  }

  private listen(): void {
    const {
      host,
      request: { session, lastEventId, ...address },
    } = this;
    const after = lastEventId === session.foreignEventId ? '' : lastEventId;
    this.stream = host.transport.open(
      {
        ...address,
        bytes: host.bytes(session, { method: 'GET', accept: 'text/event-stream', body: null, lastEventId: after }),
      },
      this,
    );
  }

  private goOnWithoutStream(head: ResponseHead): void {
    const {
      host,
      request: { session },
      receiver,
    } = this;
    this.stream?.close();
    this.stream = null;
    if (!session.hasNoStream) host.observer.streamless();
    session.hasNoStream = true;
    if (session.asksOn) host.tick(this);
    if (this.toldHead) return;
    this.toldHead = true;
    receiver.onHead({ ...head, statusCode: 200, headers: new Map([['content-type', 'text/event-stream']]) });
  }

  private refused(step: string, reply: Reply, answer: RpcAnswer | null): void {
    const isAnswered =
      reply.head !== null &&
      (reply.head.statusCode !== 200 || reply.cause === 'eof-clean' || reply.cause === 'closed-by-us');
    const why =
      answer !== null && 'error' in answer ? `the error ${answer.error}` : isAnswered ? troubleOf(reply) : reply.cause;
    this.host.observer.failed(step, why, isAnswered);
    this.end(isAnswered ? 'session-refused' : reply.cause, isAnswered ? `${step}: ${why}` : `${step}: ${reply.detail}`);
  }

  /** @param id of the answer that is wanted; null for a notification */
  private ask(body: string, id: number | null, done: (reply: Reply) => void): void {
    const {
      host,
      request: { session, lastEventId: _id, maxReadBytes: _slow, ...address },
    } = this;
    const asking = new Exchange({
      nowMs: () => host.nowMs(),
      until: id === null ? undefined : answers(id),
      connected: () => this.connected(),
      done: (reply) => {
        this.asking = null;
        if (!this.over) done(reply);
      },
    });
    this.asking = asking;
    asking.open(host.transport, {
      ...address,
      bytes: host.bytes(session, { method: 'POST', accept: ACCEPT_ANSWER, body }),
    });
  }

  private connected(): void {
    if (this.toldConnect || this.over) return;
    this.toldConnect = true;
    this.receiver.onConnect();
  }

  private end(cause: Cause, detail: string): void {
    if (this.over) return;
    this.over = true;
    this.host.rest(this);
    this.receiver.onEnd(cause, detail);
  }

  private leave(how: 'fin' | 'rst'): void {
    this.over = true;
    this.host.rest(this);
    this.asking?.forget(how);
    if (how === 'fin') this.stream?.close();
    else this.stream?.reset();
  }
}
