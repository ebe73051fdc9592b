/**
 * One EventSource: connecting, open, waiting, closed (HTML standard, 9.2), with its deadlines, redirects and returns.
 *
 * What it asks, what it does with its stream, and who is told is for its heirs to say: a simulated client of a soak
 * (`subscription.ts`), of which tens of thousands live in one process, and one that tells everything it hears
 * (`listener.ts`). So a client is its own stream receiver, parser handler and wheel node: it needs neither a timer nor a
 * closure. A client does not judge the server: it reports what happened, by a cause of `core/causes.ts`.
 */
import { CAUSES, type Cause } from '../core/causes.ts';
import { SseParser } from '../sse/parser.ts';
import type { Malformed, SseEvent, SseHandlers, SseLimitError } from '../sse/handlers.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from '../wire/transport.ts';
import type { EventSourceContext, ReadLimits } from './event-source-context.ts';
import { type Adjustment, ClientState } from './client-state.ts';
import { isRedirect, nextHop, type Hop } from '../reach/redirect.ts';
import { refusalOf, type Refusal } from '../reach/refusal.ts';
import { ANSWER_MS, readingOf, type RefusedReading } from './refused-reading.ts';
import { clampRetry, waitBeforeRetryMs } from './retry.ts';

export abstract class EventSourceClient extends ClientState implements StreamReceiver, SseHandlers {
  readonly parser: SseParser;
  declare maxLineBytes?: number;
  declare maxEventBytes?: number;
  connection: StreamConnection | null = null;
  private refused: RefusedReading | null = null;

  abstract readonly context: EventSourceContext;
  /** Whether it reconnects after an end that it did not cause. */
  protected abstract readonly returns: boolean;

  constructor(index: number, { retryMs, limits = {} }: { retryMs: number; limits?: ReadLimits }) {
    super(index, retryMs);
    // The parser asks its handlers for limits, which are set only where they are not its defaults, so that thousands of
    // clients need no fields for them.
    if (limits.maxLineBytes !== undefined) this.maxLineBytes = limits.maxLineBytes;
    if (limits.maxEventBytes !== undefined) this.maxEventBytes = limits.maxEventBytes;
    this.parser = this.newParser();
  }

  /** Called by the constructor. */
  protected newParser(): SseParser {
    return new SseParser(this);
  }

  /** The request of this attempt, or of its `hop`. */
  protected abstract request(): StreamRequest;
  /** The connection stands. */
  protected abstract connects(): void;
  protected abstract opens(head: ResponseHead): void;
  /** Takes body bytes; `false` stops reading until the connection is resumed. */
  protected abstract takes(bytes: Uint8Array, start: number, end: number): boolean;
  /** The deadline that an heir armed while the stream is open has come. */
  protected abstract due(): void;
  /** It leaves an open stream of its own accord. */
  protected abstract leaves(): void;
  /** The stream ended, or an attempt failed, and not by our doing. `wasOpen`: events had begun to flow. */
  protected abstract loses(cause: Cause, detail: string, wasOpen: boolean): void;
  protected abstract adjusts(adjustment: Adjustment): void;

  abstract onEvent(event: SseEvent): void;
  abstract onComment(text: string): void;
  abstract onMalformed(defect: Malformed, sample: string): void;

  /** Starts the first attempt, or the next one when the wait is over: always at the original URL (HTML, 9.2.3). */
  connect(): void {
    const { context } = this;
    this.attempts += 1;
    this.resumed = this.parser.lastEventId !== '';
    this.parser.reset(this.parser.lastEventId);
    this.hop = null;
    this.attemptStartMs = context.clock.nowMs();
    this.beginConnecting(this.attemptStartMs);
    this.connection = context.transport.open(this.request(), this);
  }

  /** Leaves for good, with FIN or with RST, and says nothing more. */
  stop(how: 'fin' | 'rst'): void {
    this.leave(how);
    this.state = 'closed';
    this.hasLeft = true;
    this.lastCause ??= 'closed-by-us';
  }

  /** Leaves as a page does that will be back: reconnects after its reconnection time. */
  leaveAndReturn(how: 'fin' | 'rst'): void {
    this.leave(how);
    this.waitToReconnect();
  }

  onConnect(): void {
    const nowMs = this.context.clock.nowMs();
    this.context.nowMs = nowMs;
    this.connects();
    if (this.state !== 'connecting') return;
    this.state = 'requesting';
    this.phaseStartMs = nowMs;
    this.context.wheel.schedule(this, nowMs + this.context.headersTimeoutMs);
  }

  onHead(head: ResponseHead): void {
    const nowMs = this.context.clock.nowMs();
    this.context.nowMs = nowMs;
    if (isRedirect(head.statusCode)) {
      this.follow(head);
      return;
    }
    const refusal = refusalOf(head);
    if (refusal !== null) {
      this.refuse(refusal, head);
      return;
    }
    this.context.wheel.cancel(this);
    this.beginStream(nowMs);
    this.opens(head);
  }

  onCoded(bytes: number, endsFlushed: boolean): void {
    this.heldInCodingBytes = endsFlushed ? 0 : this.heldInCodingBytes + bytes;
  }

  onBody(bytes: Uint8Array, start: number, end: number): boolean {
    const { context } = this;
    const nowMs = context.clock.nowMs();
    context.nowMs = nowMs;
    if (this.refused !== null) {
      if (this.refused.read(bytes, start, end)) this.failRefused(this.refused);
      return true;
    }
    this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - this.lastByteMs);
    this.lastByteMs = nowMs;
    this.receivedBytes += end - start;
    return this.takes(bytes, start, end);
  }

  onEnd(cause: Cause, detail: string): void {
    this.connection = null;
    this.context.nowMs = this.context.clock.nowMs();
    this.context.wheel.cancel(this);
    this.endReading();
    const { refused } = this;
    this.refused = null;
    refused?.tell();
    this.end(refused?.refusal.cause ?? cause, refused?.refusal.detail ?? detail);
  }

  onRetry(retryMs: number): void {
    const clampedMs = clampRetry(retryMs);
    // Not for each of a thousand equal fields.
    if (clampedMs !== retryMs && clampedMs !== this.retryMs) this.adjusts('retry-clamped');
    this.retryMs = clampedMs;
  }

  onError(error: SseLimitError): void {
    this.fail({ cause: error.code, detail: error.message });
  }

  onDue(nowMs: number): void {
    this.context.nowMs = nowMs;
    if (this.state === 'waiting') this.connect();
    else if (this.state === 'open') this.due();
    else if (this.refused !== null) this.failRefused(this.refused);
    else if (this.state === 'connecting' || this.state === 'requesting') {
      const cause = this.state === 'connecting' ? 'connect-timeout' : 'headers-timeout';
      this.fail({ cause, detail: CAUSES[cause].says });
    }
  }

  protected fail({ cause, detail }: Refusal): void {
    this.drop('rst');
    this.end(cause, detail);
  }

  /** Also from within a read: what is left of it is not heard. Nothing unfinished is kept. */
  protected endReading(): void {
    this.parser.end();
  }

  private refuse(refusal: Refusal, head: ResponseHead): void {
    const { refusedAnswers, wheel, nowMs } = this.context;
    this.refusedMs = nowMs;
    this.refused = readingOf(refusal, head, refusedAnswers);
    if (this.refused === null) this.fail(refusal);
    else wheel.schedule(this, nowMs + ANSWER_MS);
  }

  private failRefused(reading: RefusedReading): void {
    reading.tell();
    this.fail(reading.refusal);
  }

  private beginConnecting(nowMs: number): void {
    this.state = 'connecting';
    this.phaseStartMs = nowMs;
    this.context.wheel.schedule(this, nowMs + this.context.connectTimeoutMs);
  }

  /** On to where the redirect leads, with the deadlines of a new connection; the first covers the name's look-up. */
  private follow(head: ResponseHead): void {
    const { hops, nowMs } = this.context;
    const hop = nextHop(this.hop ?? hops.start, head);
    if ('cause' in hop) {
      this.fail(hop);
      return;
    }
    this.drop('fin');
    this.hop = hop;
    this.beginConnecting(nowMs);
    void hops.resolve(hop).then((found) => this.reach(hop, found));
  }

  private reach(hop: Hop, found: Transport | Refusal): void {
    // It may have stopped, or begun anew, while the name was looked up.
    if (this.hop !== hop || this.state !== 'connecting') return;
    const { context } = this;
    context.nowMs = context.clock.nowMs();
    if ('open' in found) this.connection = found.open(this.request(), this);
    else this.fail(found);
  }

  private leave(how: 'fin' | 'rst'): void {
    if (this.state === 'open') this.leaves();
    this.endedMs = this.context.nowMs;
    this.drop(how);
  }

  private drop(how: 'fin' | 'rst'): void {
    this.context.wheel.cancel(this);
    this.endReading();
    if (how === 'fin') this.connection?.close();
    else this.connection?.reset();
    this.connection = null;
    this.refused = null;
  }

  private end(cause: Cause, detail: string): void {
    const wasOpen = this.state === 'open';
    this.endedMs = this.context.nowMs;
    this.lastCause = cause;
    if (!wasOpen) this.failures += 1;
    // Decided before anybody hears of it: who does may stop the client, and has the last word.
    if (CAUSES[cause].retries && this.returns) this.waitToReconnect();
    else this.state = 'closed';
    this.loses(cause, detail, wasOpen);
  }

  private waitToReconnect(): void {
    this.state = 'waiting';
    this.context.wheel.schedule(this, this.context.nowMs + waitBeforeRetryMs(this.retryMs, this.failures));
  }
}
