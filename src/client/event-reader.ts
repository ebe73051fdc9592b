/**
 * How a simulated client reads its stream: blocks that a neighbour has received already are known by their bytes, all
 * others go through its parser, and the two cannot be told apart by what comes out.
 *
 * A base class and not a part, as the parser's own: tens of thousands live in one process.
 */
import { isUtf8 } from 'node:buffer';
import { beginsReplaced, endsReplaced } from '../sse/replacement-character.ts';
import { type Malformed, SAMPLE_BYTES, type SseEvent, type UnfinishedBlock } from '../sse/handlers.ts';
import type { SseParser } from '../sse/parser.ts';
import type { EventCache, StreamEvent } from './event-cache.ts';
import { EventSourceClient } from './event-source.ts';
import type { EventSourceContext } from './event-source-context.ts';
import { type LongReading, type LongTexts, MAX_HELD_BYTES } from './long-texts.ts';
import { type SharingHandlers, SharingParser } from './sharing-parser.ts';

/** A client that holds no more than this is not the one to go where all hold too much together. */
export const SPARED_BYTES: number = 4 * 1024;

export interface LineObserver {
  /** A line that is not of the format; `sample` is hostile text. */
  onMalformed(client: EventReader, defect: Malformed, sample: string): void;
  /** The data of an event was read, which neighbours that are sent the same bytes do not read again. Hostile text. */
  onRead(data: string): void;
  /** More came of an event whose beginning had come `afterMs` before. */
  onRest(client: EventReader, afterMs: number): void;
  /** What had come of the event ended with a replacement character, and the rest begins with one. */
  onSplitMark(client: EventReader): void;
  /** Its unfinished event is dropped, and its stream left: all clients together hold what they may. */
  onNoRoom(client: EventReader): void;
  /** Bytes came in a content coding, and have yet to be decoded. */
  onCoded(client: EventReader): void;
  /** A stream is over that gave no event. @param unfinished what stood unfinished at its end; null: nothing */
  onUnheard(client: EventReader, unfinished: UnfinishedBlock | null): void;
}

/** Bytes that all readers of this process hold of unfinished events. */
let heldBytesOfAll = 0;

export abstract class EventReader extends EventSourceClient implements SharingHandlers {
  /** What the parser is being given. */
  private parsing: Uint8Array | null = null;

  /** What all clients that may share blocks have in common. */
  abstract override readonly context: EventSourceContext & {
    readonly cache: EventCache;
    readonly longTexts: LongTexts;
    readonly observer: LineObserver;
  };

  /** An event, from the cache or from the parser. */
  protected abstract heard(event: StreamEvent): void;

  /** Bytes of the stream, for behaviours that read them. */
  read(bytes: Uint8Array, start: number, end: number): void {
    const { cache } = this.context;
    if (this.partSinceMs !== 0) this.goOn(bytes, start, end);
    let at = start;
    while (at < end && this.parser.atBoundary) {
      const known = cache.find(this.cacheSlot, bytes, at, end);
      if (known === null) break;
      if (known.lastEventId !== null) this.parser.skipBlock(known.lastEventId);
      this.cacheSlot = known.event.slot;
      at += known.bytes.length;
      this.heard(known.event);
      if (this.state !== 'open') return;
    }
    if (at < end) {
      this.parsing = bytes;
      this.parser.push(bytes, at, end);
      this.parsing = null;
      if (this.parser.heldBytes !== this.heldBytes) this.account();
      if (this.parser.isInBlock) {
        this.partSinceMs = this.context.nowMs;
        this.partEndsReplaced = endsReplaced(bytes, start, end);
      }
    }
  }

  /** More of an event comes that was cut. */
  private goOn(bytes: Uint8Array, start: number, end: number): void {
    this.context.observer.onRest(this, this.context.nowMs - this.partSinceMs);
    if (this.partEndsReplaced && beginsReplaced(bytes, start, end)) this.context.observer.onSplitMark(this);
    this.partSinceMs = 0;
  }

  get longTexts(): LongTexts {
    return this.context.longTexts;
  }

  protected override newParser(): SseParser {
    return new SharingParser(this);
  }

  override onCoded(bytes: number, endsFlushed: boolean): void {
    this.context.observer.onCoded(this);
    super.onCoded(bytes, endsFlushed);
  }

  protected override endReading(): void {
    if (this.state === 'open' && !this.heardEvent) this.context.observer.onUnheard(this, this.parser.unfinished());
    super.endReading();
    if (this.heldBytes !== 0) this.account();
  }

  private account(): void {
    const bytes = this.parser.heldBytes;
    heldBytesOfAll += bytes - this.heldBytes;
    this.heldBytes = bytes;
    const { maxHeldBytes = MAX_HELD_BYTES } = this.context.longTexts.bounds;
    if (heldBytesOfAll > maxHeldBytes && bytes > SPARED_BYTES) this.lacksRoom(bytes, maxHeldBytes);
  }

  private lacksRoom(bytes: number, maxBytes: number): void {
    this.context.observer.onNoRoom(this);
    this.fail({
      cause: 'event-limit',
      detail: `an unfinished event of ${bytes} bytes, while all clients of a load process together hold more than ${maxBytes}`,
    });
  }

  onMalformed(defect: Malformed, sample: string): void {
    this.context.observer.onMalformed(this, defect, sample);
  }

  onEvent({ type, data, lastEventId }: SseEvent): void {
    const { cache } = this.context;
    const { parser, parsing } = this;
    const id = parser.blockSetsId ? lastEventId : null;
    const event = cache.read(type, data, id === '' ? null : id);
    this.context.observer.onRead(data);
    if (parsing !== null && parser.blockIsPure && parser.blockStart >= 0) {
      cache.keep(parsing, parser, event, id);
      this.cacheSlot = event.slot;
    }
    this.heard(event);
  }

  onLongEvent(type: string, reading: LongReading): void {
    const { cache, longTexts } = this.context;
    const { blockSetsId, lastEventId } = this.parser;
    const id = blockSetsId && lastEventId !== '' ? lastEventId : null;
    if (!reading.isDigested) {
      const event = this.readLong(type, reading, id);
      if (reading.isBroken)
        this.onMalformed('bad-utf8', reading.range(SAMPLE_BYTES).toString().split('\n', 1)[0] ?? '');
      this.heard(event);
    } else if (longTexts.bounds.mayDigest) {
      const head = reading.range().toString();
      this.heard(cache.digested(type, head, reading.digestText(), id));
    } else {
      this.lacksRoom(reading.bytes, longTexts.bounds.maxBytes);
    }
  }

  /** What another client was sent is not read again. */
  private readLong(type: string, reading: LongReading, id: string | null): StreamEvent {
    const known = reading.known(type);
    if (known !== null) return known.id === id ? known : { ...known, id, number: -1, numbering: 0 };
    const bytes = reading.range();
    const event = this.context.cache.read(type, bytes.toString(), id);
    reading.learn(event, event.data.includes('\ufffd') && !isUtf8(bytes));
    return event;
  }
}
