/**
 * Streams that end as planned: which of them came to the end that the user named (`--until`), and when.
 *
 * Built only where an end is named, so that an event of an endless stream costs nothing for it. What comes after the end
 * on the same stream is judged no more, be it silence or a reset. A stream that ends before it was cut, whatever its last
 * word was; only where the server asks the client to come back for the rest (a rotation) there is more to come. One that
 * is still open when the run is over is counted and held against nobody.
 *
 * Who has heard it all comes back after its reconnection time, as an EventSource does and as a user who asks the next
 * question: with its Last-Event-ID by GET, so that a server may answer 204, and as somebody new by any other method,
 * since a question is no resumption. Either way the next stream is another one: it is not held to what this one said.
 */
import { isCalledBack } from '../../accounts/farewell.ts';
import { isMarker, type StreamMarker } from '../../core/stream-marker.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import type { Cause } from '../../core/causes.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { COMPLETION_FIGURES } from '../../record/load-figures.ts';

type CompletionFigures = Measured<typeof COMPLETION_FIGURES>;

/** What the plan says of finite streams. */
export interface CompletionPlan {
  readonly until: StreamMarker;
  readonly method: string;
}

export class CompletionWatch {
  private readonly figures: CompletionFigures;
  private readonly marker: StreamMarker;
  private readonly asksAnew: boolean;

  constructor(figures: CompletionFigures, { until, method }: CompletionPlan) {
    this.figures = figures;
    this.marker = until;
    this.asksAnew = method !== 'GET';
  }

  /**
   * @param isTimed nothing that the plan asked for is going on, which would be in the time
   * @returns whether the stream came to its end by this event
   */
  heard(client: Subscription, { type, data }: StreamEvent, isTimed: boolean): boolean {
    client.heardFarewell = isCalledBack(type);
    if (client.completed || !isMarker(this.marker, type, data)) return false;
    client.completed = true;
    const { counts, times } = this.figures;
    counts.completed += 1;
    if (isTimed && client.behaviour.kind === 'healthy')
      times.completion.record(client.context.nowMs - client.attemptStartMs);
    return true;
  }

  /** A stream that had come to its end is over. */
  ended(client: Subscription, cause: Cause): void {
    // What it was silent for behind its end is nobody's silence.
    client.longestSilenceMs = 0;
    if (this.asksAnew) client.parser.reset();
    if (cause !== 'eof-clean' && cause !== 'client-limit') countUp(this.figures.brokenAfterEnd, cause);
  }

  /** The run is over: who is still on the way is about to leave. */
  close(clients: readonly Subscription[]): void {
    for (const { behaviour, state, completed } of clients) {
      if (behaviour.reads && state === 'open' && !completed) this.figures.counts.unfinished += 1;
    }
  }
}
