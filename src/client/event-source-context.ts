/** What an EventSource is given by those who make it. */
import type { Clock } from '../core/clock.ts';
import type { HopResolver } from '../reach/hop-resolver.ts';
import type { SseHandlers } from '../sse/handlers.ts';
import type { Transport } from '../wire/transport.ts';
import type { RefusedAnswerSink } from './refused-reading.ts';
import type { Wheel } from './wheel.ts';

/** What an EventSource needs to come to its streams; many may share one. */
export interface EventSourceContext {
  readonly transport: Transport;
  /** Resolves where redirects lead. */
  readonly hops: HopResolver;
  readonly wheel: Wheel;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Default: answers that are no streams are left unread. */
  readonly refusedAnswers?: RefusedAnswerSink;
  /** When the bytes that are being read came in: one reading of the clock for each read. */
  nowMs: number;
}

/** Limits of the parser; it has defaults for both. */
export type ReadLimits = Pick<SseHandlers, 'maxLineBytes' | 'maxEventBytes'>;
