/**
 * One request beside a stream and what came back: JSON, a few events, or nothing at all.
 *
 * Over the same transport as the stream, so that what is asked beside it goes the same way. Everything that is kept is
 * bounded; what is more is dropped. It follows no redirect and repeats nothing; time is the caller's, by `leave`.
 */
import type { Cause } from '../core/causes.ts';
import { printable } from '../core/printable.ts';
import type { SseEvent, SseHandlers, SseLimitError } from '../sse/handlers.ts';
import { SseParser } from '../sse/parser.ts';
import { answerIn, errorIn, type RpcAnswer } from './mcp/mcp-message.ts';
import { mediaTypeOf } from '../wire/media-type.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from '../wire/transport.ts';

/** Of a body that is no event stream, and of the data of all events together. */
const MAX_REPLY_BYTES: number = 1024 * 1024;
const MAX_REPLY_EVENTS = 1000;
const SHOWN_CHARACTERS = 160;

/** What came back to a request beside the stream. Hostile text, bounded. */
export interface Reply {
  /** Null when no head came. */
  head: ResponseHead | null;
  /** Of a body that is no event stream; cut at `MAX_REPLY_BYTES`. */
  body: string;
  /** Of a body that is one; at most `MAX_REPLY_EVENTS`. */
  events: readonly SseEvent[];
  /** `closed-by-us` when `until` was met or time was up. */
  cause: Cause;
  detail: string;
  /** From the start of the request. */
  headMs: number | null;
  endMs: number;
}

export interface ExchangeOptions {
  nowMs: () => number;
  /** Told once, whatever came of it; not after `forget`. */
  done: (reply: Reply) => void;
  /** The event that ends it. */
  until?: ((event: SseEvent) => boolean) | undefined;
  /** The connection stands. */
  connected?: () => void;
}

export class Exchange implements StreamReceiver, SseHandlers {
  readonly maxEventBytes = MAX_REPLY_BYTES;
  private readonly options: ExchangeOptions;
  private readonly startMs: number;
  private connection: StreamConnection | null = null;
  private head: ResponseHead | null = null;
  private headMs: number | null = null;
  private parser: SseParser | null = null;
  private readonly chunks: Buffer[] = [];
  private readonly events: SseEvent[] = [];
  private keptBytes = 0;
  private over = false;

  constructor(options: ExchangeOptions) {
    this.options = options;
    this.startMs = options.nowMs();
  }

  open(transport: Transport, request: StreamRequest): void {
    this.connection = transport.open(request, this);
  }

  /** Nothing more is wanted: `done` hears of what came so far. */
  leave(detail: string): void {
    this.connection?.close();
    this.finish('closed-by-us', detail);
  }

  /** Ends it without a word. */
  forget(how: 'fin' | 'rst'): void {
    this.over = true;
    if (how === 'fin') this.connection?.close();
    else this.connection?.reset();
  }

  onConnect(): void {
    this.options.connected?.();
  }

  onHead(head: ResponseHead): void {
    this.head = head;
    this.headMs = this.options.nowMs() - this.startMs;
    if (mediaTypeOf(head) === 'text/event-stream') this.parser = new SseParser(this);
  }

  onBody(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.parser !== null) {
      this.parser.push(bytes, start, end);
    } else {
      const kept = Math.min(end - start, MAX_REPLY_BYTES - this.keptBytes);
      this.keptBytes += kept;
      this.chunks.push(Buffer.from(bytes.subarray(start, start + kept)));
      if (this.keptBytes === MAX_REPLY_BYTES) this.leave('the answer is larger than what is read of it');
    }
    return true;
  }

  onEvent(event: SseEvent): void {
    if (this.over) return;
    this.keptBytes += event.data.length;
    this.events.push(event);
    if (this.options.until?.(event) === true) this.leave('heard what was asked for');
    else if (this.events.length === MAX_REPLY_EVENTS || this.keptBytes > MAX_REPLY_BYTES)
      this.leave('the answer is larger than what is read of it');
  }

  onError(error: SseLimitError): void {
    this.connection?.close();
    this.finish(error.code, error.message);
  }

  onEnd(cause: Cause, detail: string): void {
    this.finish(cause, detail);
  }

  private finish(cause: Cause, detail: string): void {
    if (this.over) return;
    this.over = true;
    const { done, nowMs } = this.options;
    done({
      head: this.head,
      body: Buffer.concat(this.chunks).toString('utf8'),
      events: this.events,
      cause,
      detail,
      headMs: this.headMs,
      endMs: nowMs() - this.startMs,
    });
  }
}

/** Whether a message is a response to `id`: what a stream that answers a request is read for. */
export function answers(id: number): (event: SseEvent) => boolean {
  return ({ data }) => answerIn(data, id) !== null;
}

/** The answer in what came back to a POST, which may be JSON or a stream; null where there is none. */
export function answerOf(reply: Reply, id: number): RpcAnswer | null {
  for (const { data } of reply.events) {
    const answer = answerIn(data, id);
    if (answer !== null) return answer;
  }
  return reply.head !== null && mediaTypeOf(reply.head) === 'application/json' ? answerIn(reply.body, id) : null;
}

/** What is wrong with a reply, for people. */
export function troubleOf({ head, cause, detail, body }: Reply): string {
  if (head === null) return `no answer (${cause}: ${printable(detail, SHOWN_CHARACTERS)})`;
  if (head.statusCode !== 200)
    return `status ${head.statusCode}${body === '' ? '' : `, ${printable(errorIn(body), SHOWN_CHARACTERS)}`}`;
  if (cause === 'closed-by-us') return 'no answer in time';
  return `an answer (${printable(mediaTypeOf(head) || head.headers.get('content-type') || 'no content-type', 60)}) without the response in it (${cause})`;
}
