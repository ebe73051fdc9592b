/**
 * How one client of a soak comes to its stream in the Streamable HTTP transport: it takes the steps of its session
 * (mcp-session.ts) up to the server's own stream, each when the one before it is answered.
 *
 * For its receiver this is one connection: it stands when the first request is on its way, and its head is that of the
 * stream. So a client of a session is a client like all others, with the same deadlines, kinds and reconnection.
 *
 * A client whose server has no stream of its own counts as open, and asks `ping` every few seconds, since nothing else
 * would show that the session lives.
 */
import type { Cause } from '../../core/causes.ts';
import { refusalOf } from '../../reach/refusal.ts';
import type { ResponseHead, StreamConnection, StreamReceiver } from '../../wire/transport.ts';
import { Exchange, type Reply } from '../exchange.ts';
import type { McpHost, McpRequest, PingTurn } from './mcp-host.ts';
import type { RpcAnswer } from './mcp-message.ts';
import { answerOf, answers, heardIn, troubleOf } from './mcp-reply.ts';
import { headed, type McpMeaning, type McpStep } from './mcp-step.ts';

/** Turns that a `ping` may wait for its answer. */
const MAX_UNANSWERED = 2;

export class McpStream implements StreamConnection, StreamReceiver, PingTurn {
  private readonly host: McpHost;
  private readonly request: McpRequest;
  private readonly receiver: StreamReceiver;
  private asking: Exchange | null = null;
  private stream: StreamConnection | null = null;
  private over = false;
  private toldConnect = false;
  private toldHead = false;
  private initializeMs = 0;
  private unanswered = 0;

  constructor(host: McpHost, request: McpRequest, receiver: StreamReceiver) {
    this.host = host;
    this.request = request;
    this.receiver = receiver;
    request.session.begin(request.lastEventId);
    this.goOn();
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
    const meaning = session.took('stream', headed(head.statusCode));
    if (meaning === 'no-stream') this.goOnWithoutStream(head);
    else if (meaning === 'lost') {
      this.stream?.close();
      this.beginAnew();
    } else if (meaning === 'elsewhere') {
      this.stream?.close();
      this.end('redirect-refused', `the stream got status ${head.statusCode}; use the URL that it redirects to`);
    } else if (this.toldHead) {
      // The client counts as open already: this is the stream of a session that followed one without a stream.
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
    if (this.asking === null) {
      this.unanswered = 0;
      this.goOn();
      return;
    }
    this.unanswered += 1;
    if (this.unanswered < MAX_UNANSWERED) return;
    this.asking.forget('rst');
    this.host.observer.failed('ping', 'no answer', false);
    this.end('headers-timeout', 'ping got no response');
  }

  /** Sends what is due in the session. */
  private goOn(): void {
    const step = this.request.session.next();
    if (step?.name === 'stream') this.listen(step);
    else if (step !== null) this.ask(step);
  }

  private answered(step: McpStep, reply: Reply): void {
    const { host, request } = this;
    const { session } = request;
    const answer = answerOf(reply, step.id);
    const meaning = session.took(step.name, heardIn(reply, answer));
    if (step.name === 'ping') this.ponged(reply, answer, meaning);
    else if (meaning !== 'taken') this.refused(step.name, reply, answer);
    else {
      if (step.name === 'initialize') this.initializeMs = reply.endMs;
      if (session.stands) host.observer.opened(this.initializeMs);
      this.goOn();
    }
  }

  private ponged(reply: Reply, answer: RpcAnswer | null, meaning: McpMeaning): void {
    const { observer } = this.host;
    if (meaning === 'taken') observer.pinged(reply.endMs);
    else if (meaning === 'lost') this.beginAnew();
    else if (reply.head === null) {
      observer.failed('ping', reply.cause, false);
      this.end(reply.cause, `ping: ${reply.detail}`);
    } else observer.failed('ping', troubleIn(reply, answer), true);
  }

  private beginAnew(): void {
    const { host, request } = this;
    host.rest(this);
    host.observer.expired();
    request.session.beginAnew();
    this.goOn();
  }

  private listen(step: McpStep): void {
    const { host, request } = this;
    const { session, lastEventId: _id, ...address } = request;
    this.stream = host.transport.open({ ...address, bytes: host.bytes(session, step) }, this);
  }

  private goOnWithoutStream(head: ResponseHead): void {
    const { host, request, receiver } = this;
    const { session } = request;
    this.stream?.close();
    this.stream = null;
    if (!session.isStreamless) host.observer.streamless();
    session.isStreamless = true;
    if (session.options.questions === 'on') host.tick(this);
    if (this.toldHead) return;
    this.toldHead = true;
    receiver.onHead({ ...head, statusCode: 200, headers: new Map([['content-type', 'text/event-stream']]) });
  }

  private refused(step: string, reply: Reply, answer: RpcAnswer | null): void {
    const isAnswered =
      reply.head !== null &&
      (reply.head.statusCode !== 200 || reply.cause === 'eof-clean' || reply.cause === 'closed-by-us');
    const isError = answer !== null && 'error' in answer;
    const why = isAnswered || isError ? troubleIn(reply, answer) : reply.cause;
    this.host.observer.failed(step, why, isAnswered);
    this.end(isAnswered ? 'session-refused' : reply.cause, isAnswered ? `${step}: ${why}` : `${step}: ${reply.detail}`);
  }

  private ask(step: McpStep): void {
    const { host, request } = this;
    const { session, lastEventId: _id, maxReadBytes: _slow, ...address } = request;
    const asking = new Exchange({
      nowMs: () => host.nowMs(),
      until: answers(step.id),
      connected: () => this.connected(),
      done: (reply) => {
        this.asking = null;
        if (!this.over) this.answered(step, reply);
      },
    });
    this.asking = asking;
    asking.open(host.transport, { ...address, bytes: host.bytes(session, step) });
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

function troubleIn(reply: Reply, answer: RpcAnswer | null): string {
  return answer !== null && 'error' in answer ? `the error ${answer.error}` : troubleOf(reply);
}
