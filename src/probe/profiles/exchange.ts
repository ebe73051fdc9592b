/**
 * One request beside the stream and what came back: the small exchanges that a profile needs.
 *
 * Over the same transport as the stream, so that what is asked beside it goes the same way. Everything that is kept is
 * bounded; what is more is dropped. It follows no redirect and repeats nothing; time is the caller's, by the signal.
 */
import { firstHop } from '../../client/redirect.ts';
import type { Cause } from '../../core/causes.ts';
import type { SseEvent, SseHandlers, SseLimitError } from '../../sse/handlers.ts';
import { SseParser } from '../../sse/parser.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, Transport } from '../../wire/transport.ts';
import { requestBytes } from '../question.ts';
import type { ProfileRequest, Reply } from './profile.ts';

/** Of a body that is no event stream, and of the data of all events together. */
export const MAX_REPLY_BYTES: number = 1024 * 1024;
export const MAX_REPLY_EVENTS = 1000;

/** How a request reaches its server. */
export interface Route {
  transport: Transport;
  /** Address and port of the URL's host, or what stands in for it. */
  host: string;
  port: number;
  version: string;
  nowMs: () => number;
}

/**
 * @param until the event that ends it
 * @throws {UsageError} for a request that cannot be sent
 */
export function exchange(route: Route, request: ProfileRequest, signal: AbortSignal, until?: (event: SseEvent) => boolean): Promise<Reply> {
  return new Promise((resolve, reject) => {
    try {
      new Exchange(route, signal, until, resolve).open(route, request);
    } catch (error) {
      reject(error as Error);
    }
  });
}

class Exchange implements StreamReceiver, SseHandlers {
  readonly maxEventBytes = MAX_REPLY_BYTES;
  private readonly nowMs: () => number;
  private readonly startMs: number;
  private readonly signal: AbortSignal;
  private readonly until: ((event: SseEvent) => boolean) | undefined;
  private readonly resolve: (reply: Reply) => void;
  private connection: StreamConnection | null = null;
  private head: ResponseHead | null = null;
  private headMs: number | null = null;
  private parser: SseParser | null = null;
  private readonly chunks: Buffer[] = [];
  private readonly events: SseEvent[] = [];
  private keptBytes = 0;
  private over = false;

  constructor(route: Route, signal: AbortSignal, until: ((event: SseEvent) => boolean) | undefined, resolve: (reply: Reply) => void) {
    this.nowMs = route.nowMs;
    this.startMs = route.nowMs();
    this.signal = signal;
    this.until = until;
    this.resolve = resolve;
  }

  open({ transport, host, port, version }: Route, request: ProfileRequest): void {
    const { url, method } = request;
    const bytes = requestBytes({ ...request, lastEventId: '', version }, firstHop(url, method, host));
    if (this.signal.aborted) {
      this.finish('closed-by-us', 'there was no time for it');
      return;
    }
    this.signal.addEventListener('abort', this.abort);
    this.connection = transport.open({ host, port, bytes }, this);
  }

  onConnect(): void {}

  onHead(head: ResponseHead): void {
    this.head = head;
    this.headMs = this.nowMs() - this.startMs;
    if (isEventStream(head)) this.parser = new SseParser(this);
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
    if (this.until?.(event) === true) this.leave('heard what was asked for');
    else if (this.events.length === MAX_REPLY_EVENTS || this.keptBytes > MAX_REPLY_BYTES) this.leave('the answer is larger than what is read of it');
  }

  onError(error: SseLimitError): void {
    this.connection?.close();
    this.finish(error.code, error.message);
  }

  onEnd(cause: Cause, detail: string): void {
    this.finish(cause, detail);
  }

  private readonly abort = (): void => this.leave('time was up');

  private leave(detail: string): void {
    this.connection?.close();
    this.finish('closed-by-us', detail);
  }

  private finish(cause: Cause, detail: string): void {
    if (this.over) return;
    this.over = true;
    this.signal.removeEventListener('abort', this.abort);
    this.resolve({
      head: this.head, body: Buffer.concat(this.chunks).toString('utf8'), events: this.events,
      cause, detail, headMs: this.headMs, endMs: this.nowMs() - this.startMs,
    });
  }
}

/** Type and subtype, in any case; parameters do not matter (WHATWG MIME sniffing, 4.4). */
export function isEventStream(head: ResponseHead): boolean {
  return mediaType(head) === 'text/event-stream';
}

export function mediaType(head: ResponseHead): string {
  return (head.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
