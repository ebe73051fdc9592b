/**
 * One request beside a stream and what came back: JSON, a few events, or nothing at all.
 *
 * It goes over the same transport as the stream, so that what is asked beside it takes the same way. Everything that is
 * kept is bounded; what is more is dropped. It follows no redirect and repeats nothing; the caller bounds its time, by
 * `leave`.
 */
import type { Cause } from '../core/causes.ts';
import type { SseEvent, SseHandlers, SseLimitError } from '../sse/handlers.ts';
import { SseParser } from '../sse/parser.ts';
import { mediaTypeOf } from '../wire/media-type.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from '../wire/transport.ts';

/** What is kept of a body that is no event stream, or of the data of all events together. */
const MAX_REPLY_BYTES: number = 1024 * 1024;
const MAX_REPLY_EVENTS = 1000;

/** What came back to a request beside the stream. Hostile text, bounded. */
export interface Reply {
  /** Null when no head came. */
  head: ResponseHead | null;
  /** The body, where it is no event stream; cut at `MAX_REPLY_BYTES`. */
  body: string;
  /** The events, where the body is an event stream; at most `MAX_REPLY_EVENTS`. */
  events: readonly SseEvent[];
  /** `closed-by-us` when `until` was met or time was up. */
  cause: Cause;
  detail: string;
  /** The time from the start of the request to its head; null when none came. */
  headMs: number | null;
  /** The time from the start of the request to its end. */
  endMs: number;
}

export interface ExchangeOptions {
  nowMs: () => number;
  /** Called once with what came, also where nothing did; not after `forget`. */
  done: (reply: Reply) => void;
  /** The event that ends it. */
  until?: ((event: SseEvent) => boolean) | undefined;
  /** The connection stands. */
  connected?: () => void;
}

export class Exchange implements StreamReceiver, SseHandlers {
  readonly maxLineBytes = MAX_REPLY_BYTES;
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
      if (this.keptBytes === MAX_REPLY_BYTES) this.leave('the response is larger than the limit');
    }
    return true;
  }

  onEvent(event: SseEvent): void {
    if (this.over) return;
    this.keptBytes += event.data.length;
    this.events.push(event);
    if (this.options.until?.(event) === true) this.leave('received the expected event');
    else if (this.events.length === MAX_REPLY_EVENTS || this.keptBytes > MAX_REPLY_BYTES)
      this.leave('the response is larger than the limit');
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
