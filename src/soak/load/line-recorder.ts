/** What a recorder hears of the lines and the bytes of a stream, beside its events: all of it is for the protocol watch. */
import type { EventReader, LineObserver } from '../../client/event-reader.ts';
import type { Malformed, UnfinishedBlock } from '../../sse/handlers.ts';
import type { ProtocolWatch } from './protocol-watch.ts';

export abstract class LineRecorder implements LineObserver {
  protected abstract readonly protocol: ProtocolWatch;

  onMalformed(client: EventReader, defect: Malformed, sample: string): void {
    this.protocol.malformed(client, defect, sample);
  }

  onUnheard(client: EventReader, unfinished: UnfinishedBlock | null): void {
    this.protocol.unheard(client, unfinished);
  }

  onCoded(client: EventReader): void {
    this.protocol.stopInEvent(client);
  }
}
