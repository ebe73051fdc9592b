/**
 * One connection of a probe: asks, follows redirects as a browser does, and notes what it hears and when.
 *
 * Bounded in bytes here, in time by its caller. Never comes back by itself: a probe wants to know how a stream
 * ended.
 */
import { isRedirect, nextHop, type Hop } from '../reach/redirect.ts';
import { refusalOf, type Refusal } from '../reach/refusal.ts';
import type { Cause } from '../core/causes.ts';
import { portOf } from '../core/host.ts';
import { beginsReplaced, endsReplaced } from '../sse/replacement-character.ts';
import type { UnfinishedBlock } from '../sse/handlers.ts';
import type { Protocol } from '../wire/tls.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, Transport } from '../wire/transport.ts';
import { HeardStream, type HeardStreamOptions } from './heard-stream.ts';
import { requestBytes, type RequestSpec } from './request-spec.ts';
import type { Connector } from '../reach/connector.ts';

/** Most bytes of a body that are read; a longer stream is left there, which is no fault of the stream. */
const MAX_BYTES = 64 * 1024 ** 2;
/** Most bytes that are kept, to be shown, of an answer that is no stream. */
const MAX_EXCERPT_BYTES = 300;
/** Before the connection stood; the next address may do. */
const UNREACHED = new Set<Cause>(['refused', 'connect-timeout', 'reset']);

export interface ListeningOptions extends HeardStreamOptions {
  connector: Connector;
  requestSpec: RequestSpec;
  /** Default: what the connector speaks. */
  protocol?: Protocol;
  /** Most bytes of a body that are read. Default: those of a main stream. */
  maxBytes?: number;
  /** Something was heard. */
  onNews: () => void;
}

export interface StreamEnd {
  cause: Cause;
  /** For people; may hold text of the server. */
  detail: string;
  atMs: number;
}

export class Listening extends HeardStream implements StreamReceiver {
  readonly requestSpec: RequestSpec;
  readonly redirects: { statusCode: number; to: string }[] = [];
  startedMs = 0;
  /** When the request went out, the first one of those that redirects led to. */
  askedMs: number | null = null;
  headMs: number | null = null;
  head: ResponseHead | null = null;
  /** Why the answer is no stream; null while it is one, or there is no answer. */
  refusal: Refusal | null = null;
  end: StreamEnd | null = null;
  /** What stood unfinished when the stream ended, or was left. */
  unfinished: UnfinishedBlock | null = null;
  /** The stream was left in the middle of an event. */
  endedInEvent = false;
  /** So much was read, or is held, that the stream was left. */
  isFull = false;
  /** The beginning of an answer that is no stream; hostile text. */
  excerpt = '';
  /** Where the answer came from. */
  hop: Hop;
  declare protected readonly options: ListeningOptions;
  private connection: StreamConnection | null = null;
  private isBrotli = false;

  constructor(options: ListeningOptions) {
    super(options);
    this.requestSpec = options.requestSpec;
    this.hop = options.connector.resolver.start;
  }

  /** An open event stream, now or before it ended. */
  get isStream(): boolean {
    return this.head !== null && this.refusal === null;
  }

  /** @throws {UsageError} when the request cannot be sent as it is */
  async start(): Promise<void> {
    const { connector, requestSpec, protocol, nowMs } = this.options;
    this.startedMs = nowMs();
    const { start } = connector.resolver;
    this.hop = {
      ...start,
      url: bare(requestSpec.url),
      method: requestSpec.method,
      address: connector.addresses[0] ?? start.address,
    };
    const transport = await connector.transport(protocol ?? connector.protocol);
    if (this.end === null) this.open(transport, connector.port);
  }

  /** Leaves, if it has not ended. */
  leave(): void {
    this.over('closed-by-us', '');
  }

  onConnect(): void {
    this.askedMs ??= this.options.nowMs();
  }

  onHead(head: ResponseHead): void {
    if (isRedirect(head.statusCode)) {
      this.redirect(head);
      return;
    }
    this.head = head;
    this.headMs = this.options.nowMs();
    this.refusal = refusalOf(head);
    this.isBrotli = head.headers.get('content-encoding')?.trim().toLowerCase() === 'br';
    this.log.opened(this.headMs);
    // What the same read brings behind the head came at the same time: nothing is done about the head before it is noted.
    queueMicrotask(this.options.onNews);
    // What could not be decoded shall not be read as text.
    if (this.refusal !== null && head.headers.has('content-encoding'))
      this.over(this.refusal.cause, this.refusal.detail);
  }

  onCoded(bytes: number, endsFlushed: boolean): void {
    if (this.refusal !== null) return;
    if (this.parser.holdsPart) this.log.stoppedInEvent(this.options.nowMs());
    this.log.coded(bytes, endsFlushed);
  }

  onBody(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.refusal !== null) {
      const room = MAX_EXCERPT_BYTES - this.excerpt.length;
      this.excerpt += Buffer.from(bytes.subarray(start, Math.min(end, start + room))).toString('utf8');
      if (this.excerpt.length >= MAX_EXCERPT_BYTES) this.over(this.refusal.cause, this.refusal.detail);
      return true;
    }
    if (this.parser.isInBlock) this.log.goesOn(this.options.nowMs(), beginsReplaced(bytes, start, end));
    this.log.arrived(this.options.nowMs(), end - start);
    this.feeder.push(bytes, start, end);
    this.log.endsReplaced = endsReplaced(bytes, start, end);
    if (this.isBrotli) this.room.decoded(this, this.log.bytes);
    if (!this.room.read(end - start, this.log.bytes) || this.log.bytes >= (this.options.maxBytes ?? MAX_BYTES)) {
      this.isFull = true;
      this.leave();
    }
    this.options.onNews();
    return true;
  }

  onEnd(cause: Cause, detail: string): void {
    this.connection = null;
    const { connector, nowMs } = this.options;
    if (this.askedMs === null && UNREACHED.has(cause) && this.redirects.length === 0 && connector.nextAddress()) {
      void this.start();
      return;
    }
    this.unfinished = this.parser.unfinished();
    this.endedInEvent = this.parser.end();
    if (this.refusal === null) this.settle(cause, detail, nowMs());
    else this.settle(this.refusal.cause, this.refusal.detail, nowMs());
  }

  private open(transport: Transport, port: number): void {
    const { requestSpec, hop } = this;
    this.connection = transport.open({ host: hop.address, port, bytes: requestBytes(requestSpec, hop) }, this);
  }

  private redirect(head: ResponseHead): void {
    this.connection?.close();
    const next = nextHop(this.hop, head);
    if ('cause' in next) {
      this.settle(next.cause, next.detail, this.options.nowMs());
      return;
    }
    this.redirects.push({ statusCode: head.statusCode, to: next.url.href });
    void this.follow(next);
  }

  private async follow(next: Hop): Promise<void> {
    const { connector } = this.options;
    const found = await connector.resolver.resolve(next);
    // It may have been left meanwhile.
    if (this.end !== null) return;
    if ('cause' in found) {
      this.settle(found.cause, found.detail, this.options.nowMs());
      return;
    }
    this.hop = next;
    const isStart = next.url.origin === connector.resolver.start.url.origin;
    this.open(found, isStart ? connector.port : portOf(next.url));
  }

  protected over(cause: Cause, detail: string): void {
    if (this.end !== null) return;
    this.connection?.close();
    this.settle(cause, detail, this.options.nowMs());
  }

  private settle(cause: Cause, detail: string, atMs: number): void {
    this.connection = null;
    if (this.end === null && this.parser.holdsPart) this.log.stoppedInEvent(atMs);
    this.unfinished ??= this.parser.unfinished();
    this.parser.end();
    this.room.leave(this);
    this.end ??= { cause, detail, atMs };
    if (this.isStream) this.log.silentUntil(atMs);
    this.options.onNews();
  }
}

/** User info goes in a header. */
function bare(url: URL): URL {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy;
}
