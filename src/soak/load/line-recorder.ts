/** What a recorder hears beside events: of the lines and the bytes of a stream, of ids, and of what a client adjusted. */
import { isEndWord, isLastComment, isLastWord } from '../../accounts/farewell.ts';
import { isHeartbeat } from '../../accounts/server-words.ts';
import type { EventReader, LineObserver } from '../../client/event-reader.ts';
import type { Adjustment } from '../../client/client-state.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import { printable } from '../../core/printable.ts';
import { type Malformed, SAMPLE_BYTES, type UnfinishedBlock } from '../../sse/handlers.ts';
import type { ProtocolWatch } from './protocol-watch.ts';
import type { ReturnWatch } from './return-watch.ts';
import type { Timing } from './timing.ts';

export abstract class LineRecorder implements LineObserver {
  /** Null where streams have an end, or are no feed. */
  returnWatch: ReturnWatch | null = null;
  protected abstract readonly protocol: ProtocolWatch;
  abstract readonly timing: Timing;
  /** The part of the figures that is written here. */
  abstract readonly summary: {
    readonly heartbeatIds: Map<string, number>;
    readonly counts: Record<
      'comments' | 'eventsWithoutRoom' | 'resumptions' | 'idsTakenAway' | 'retryClamped' | 'idsUnsendable',
      number
    >;
  };

  /** The stream has shown that it lives. */
  protected abstract beat(client: Subscription): void;

  onMalformed(client: EventReader, defect: Malformed, sample: string): void {
    this.protocol.malformed(client, defect, sample);
  }

  onRead(data: string): void {
    this.protocol.read(data);
  }

  onRest(client: Subscription, afterMs: number): void {
    this.protocol.rest(client, afterMs);
  }

  onSplitMark(client: Subscription): void {
    this.protocol.splitMark(client);
  }

  onUnheard(client: EventReader, unfinished: UnfinishedBlock | null): void {
    this.protocol.unheard(client, unfinished);
  }

  onNoRoom(): void {
    this.summary.counts.eventsWithoutRoom += 1;
  }

  onNoData(client: Subscription, type: string, lastEventId: string): void {
    this.protocol.withoutData(type, lastEventId);
    if (client.parser.blockSetsId && lastEventId !== '') this.gaveId(client, lastEventId, true);
    if (isHeartbeat(type)) this.beat(client);
  }

  /** What came last that has an id is what the client returns with. @param isBeats it is no event's */
  protected gaveId(client: Subscription, id: string, isBeats: boolean): void {
    client.hadId = true;
    client.idIsBeats = isBeats;
    const { heartbeatIds } = this.summary;
    if (isBeats && heartbeatIds.size === 0) heartbeatIds.set(printable(id, SAMPLE_BYTES), 1);
  }

  /** A stream opened that is not the client's first. */
  protected returned(client: Subscription): void {
    if (client.resumed) this.summary.counts.resumptions += 1;
    else if (client.hadId) this.summary.counts.idsTakenAway += 1;
    client.hadId = client.resumed;
  }

  onComment(client: Subscription, text: string): void {
    this.summary.counts.comments += 1;
    client.heardFarewell = isLastComment(text);
    this.timing.item(client);
    this.beat(client);
  }

  protected hearFarewell(client: Subscription, { type, data }: StreamEvent): void {
    client.heardFarewell = isLastWord(type, data);
    if (client.heardFarewell) client.heardEnd = isEndWord(type, data);
  }

  onAdjusted(_client: Subscription, adjustment: Adjustment): void {
    this.summary.counts[adjustment === 'retry-clamped' ? 'retryClamped' : 'idsUnsendable'] += 1;
  }

  onCoded(client: EventReader): void {
    this.protocol.stopInEvent(client);
  }
}
