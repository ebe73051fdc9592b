/**
 * One EventSource that tells everything it hears: what `sse-probe listen` prints.
 *
 * It comes to its streams as the clients of a soak do, so what it shows is what they see; only that every event is read
 * for itself (nobody shares its stream), that silence can end a stream, and that the receiver may be slow: then the
 * stream waits, and nothing piles up here.
 */
import { CAUSES, type Cause } from '../core/causes.ts';
import { portOf } from '../core/host.ts';
import { formatDuration, rounded } from '../core/units.ts';
import { hopRequest, type Asked } from '../reach/hop-request.ts';
import type { SseEvent } from '../sse/handlers.ts';
import type { SseParser } from '../sse/parser.ts';
import type { ResponseHead, StreamRequest } from '../wire/transport.ts';
import type { Adjustment } from './client-state.ts';
import { EventSourceClient } from './event-source.ts';
import type { EventSourceContext, ReadLimits } from './event-source-context.ts';
import { clampRetry, waitBeforeRetryMs } from './retry.ts';
import { type WholeHandlers, WholeParser } from './whole-parser.ts';

/** What is told, in the order in which it happened: the lines of `--jsonl`. `atMs` counts from the start. */
export type ListenRecord =
  | { kind: 'open'; status: number; contentType: string; atMs: number }
  /** `id` is the last event id as it stands, also when an earlier event set it; long data is told as its bytes. */
  | { kind: 'event'; type: string; data: string | Uint8Array; id: string; atMs: number }
  | { kind: 'comment'; comment: string; atMs: number }
  /** As the server wrote it; what a client makes of it may be more (floor) or less (ceiling). */
  | { kind: 'retry'; retryMs: number; atMs: number }
  /** `willRetryInMs` is null when it does not come back. */
  | { kind: 'error'; cause: Cause; message: string; willRetryInMs: number | null; atMs: number }
  | { kind: 'closed'; cause: Cause; atMs: number };

/** Takes what one listening client hears. */
export interface ListenObserver {
  /** So many bytes of a body have come. */
  read(bytes: number): void;
  /** False when the one who is told has no room: nothing more is read until {@link Listener.resume}. */
  tell(record: ListenRecord): boolean;
  /** The client did something other than the server asked for. */
  adjusted(adjustment: Adjustment): void;
  /** The client has ended and does not reconnect; called once, last. */
  ended(cause: Cause): void;
}

export interface ListenerOptions {
  /** What every request asks, beside the id to resume after. */
  asked: Omit<Asked, 'lastEventId'>;
  /** Where the URL's host is: an address, or a name, which is looked up for each attempt as a browser does. */
  host: string;
  retryMs: number;
  /** The id to resume after, as if it had been received; empty for none. */
  lastEventId: string;
  idleTimeoutMs: number | null;
  /** Number of events after which listening ends; null for no limit. */
  events: number | null;
  /** Most reconnections; null for any number. */
  maxReconnects: number | null;
  limits: ReadLimits;
  listening: ListenObserver;
}

export class Listener extends EventSourceClient implements WholeHandlers {
  readonly context: EventSourceContext;
  protected readonly returns = true;
  private readonly options: ListenerOptions;
  private readonly startMs: number;
  private events = 0;
  private mayRead = true;
  /** Whether the wait is over but the receiver has no room for another stream. */
  private isDue = false;
  /** The stream that ended was in the middle of a block, which is "pending data" and dropped (HTML standard, 9.2.6). */
  private hasDiscarded = false;

  constructor(context: EventSourceContext, options: ListenerOptions) {
    super(0, options);
    this.context = context;
    this.options = options;
    this.startMs = context.clock.nowMs();
    if (options.lastEventId !== '') this.parser.reset(options.lastEventId);
  }

  /** Leaves for good. Does nothing once it has ended. */
  hangUp(): void {
    if (this.state === 'closed') return;
    this.stop('fin');
    this.closes('closed-by-us');
  }

  /** The receiver has room again: goes on reading. */
  resume(): void {
    if (this.mayRead) return;
    this.mayRead = true;
    this.awaitBytes();
    if (this.isDue && this.state === 'waiting') this.connect();
    else this.connection?.resume();
  }

  // Each stream brings a first read, however often the last one was paused: no stream is opened that nobody reads.
  override connect(): void {
    this.isDue = !this.mayRead;
    if (this.mayRead) super.connect();
  }

  onMalformed(): void {}

  protected override newParser(): SseParser {
    return new WholeParser(this);
  }

  onEvent(event: SseEvent): void {
    this.hears(event);
  }

  onLongEvent(event: { type: string; data: Uint8Array; lastEventId: string }): void {
    this.hears(event);
  }

  private hears({ type, data, lastEventId }: { type: string; data: string | Uint8Array; lastEventId: string }): void {
    this.tell({ kind: 'event', type, data, id: lastEventId, atMs: this.atMs() });
    this.events += 1;
    if (this.events === this.options.events) this.hangUp();
  }

  onComment(comment: string): void {
    this.tell({ kind: 'comment', comment, atMs: this.atMs() });
  }

  override onRetry(retryMs: number): void {
    this.tell({ kind: 'retry', retryMs, atMs: this.atMs() });
    if (clampRetry(retryMs) !== retryMs) this.adjusts('retry-clamped');
    super.onRetry(retryMs);
  }

  protected override endReading(): void {
    this.hasDiscarded = this.parser.end();
  }

  protected request(): StreamRequest {
    const { asked, host } = this.options;
    const { lastEventId } = this.parser;
    const hop = this.hop ?? this.context.hops.start;
    const { bytes, lastEventIdSent } = hopRequest({ ...asked, lastEventId }, hop);
    if (this.hop === null && lastEventId !== '' && !lastEventIdSent) this.adjusts('id-unsendable');
    return { host: this.hop === null ? host : hop.address, port: portOf(hop.url), bytes };
  }

  protected connects(): void {}

  protected opens({ statusCode, headers }: ResponseHead): void {
    this.tell({ kind: 'open', status: statusCode, contentType: headers.get('content-type') ?? '', atMs: this.atMs() });
    this.awaitBytes();
  }

  protected takes(bytes: Uint8Array, start: number, end: number): boolean {
    this.parser.push(bytes, start, end);
    this.options.listening.read(end - start);
    this.awaitBytes();
    return this.mayRead;
  }

  protected due(): void {
    this.fail({ cause: 'idle-timeout', detail: `no byte for ${formatDuration(this.options.idleTimeoutMs ?? 0)}` });
  }

  protected leaves(): void {}

  protected loses(cause: Cause, detail: string): void {
    const { maxReconnects } = this.options;
    const returns = this.state === 'waiting' && (maxReconnects === null || this.attempts <= maxReconnects);
    if (cause !== 'server-stop') {
      const willRetryInMs = returns ? waitBeforeRetryMs(this.retryMs, this.failures) : null;
      const what = detail === '' ? CAUSES[cause].says : detail;
      const message = this.hasDiscarded ? `${what}; an unfinished block was discarded` : what;
      this.tell({ kind: 'error', cause, message, willRetryInMs, atMs: this.atMs() });
    }
    if (returns) return;
    if (this.state === 'waiting') this.stop('fin');
    this.closes(cause);
  }

  protected adjusts(adjustment: Adjustment): void {
    this.options.listening.adjusted(adjustment);
  }

  /** Starts the silence limit anew. */
  private awaitBytes(): void {
    const { idleTimeoutMs } = this.options;
    if (idleTimeoutMs === null || this.state !== 'open') return;
    // While we do not read, it is not the server that is silent.
    if (this.mayRead) this.context.wheel.schedule(this, this.context.clock.nowMs() + idleTimeoutMs);
    else this.context.wheel.cancel(this);
  }

  private closes(cause: Cause): void {
    this.tell({ kind: 'closed', cause, atMs: this.atMs() });
    this.options.listening.ended(cause);
  }

  private tell(record: ListenRecord): void {
    if (!this.options.listening.tell(record)) this.mayRead = false;
  }

  private atMs(): number {
    return rounded(this.context.clock.nowMs() - this.startMs);
  }
}
