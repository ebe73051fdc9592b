/**
 * What is heard of one stream of a probe, once its body flows: the events of its parser, entered into its log.
 *
 * Long data is held once for all streams that are sent the same (`probe-room.ts`); what finds no room there is digested,
 * and told from other data by that.
 */
import { isUtf8 } from 'node:buffer';
import type { StampPointers } from '../accounts/stamp-pointers.ts';
import type { LongReading, LongTexts } from '../client/long-texts.ts';
import { type SharingHandlers, SharingParser } from '../client/sharing-parser.ts';
import type { Cause } from '../core/causes.ts';
import { type Malformed, SAMPLE_BYTES, type SseEvent, type SseHandlers, type SseLimitError } from '../sse/handlers.ts';
import { LineFeeder } from './line-feeder.ts';
import { ProbeRoom } from './probe-room.ts';
import { StreamLog } from './stream-log.ts';

export interface HeardStreamOptions {
  /** Milliseconds from the start of the probe. */
  nowMs: () => number;
  /** What all probes of the process share. Default: a room of its own. */
  room?: ProbeRoom;
  /** Its events are messages, which are judged by what they say. */
  holdsMessages?: boolean;
  /** The limits of its parser, which has defaults for both. */
  limits?: Pick<SseHandlers, 'maxLineBytes' | 'maxEventBytes'>;
  /** Where the number and the time of an event are. Default: nobody said so. */
  pointers?: StampPointers;
  /** Called with each event, for those that judge its content. @param atMs when the read came that brought it */
  onEvent?: (event: SseEvent, atMs: number) => void;
}

export abstract class HeardStream implements SharingHandlers {
  readonly log: StreamLog;
  readonly maxLineBytes: number | undefined;
  readonly maxEventBytes: number | undefined;
  readonly longTexts: LongTexts;
  /** When the last event came; null before the first one. */
  lastEventMs: number | null = null;
  protected readonly options: HeardStreamOptions;
  protected readonly room: ProbeRoom;
  protected readonly parser: SharingParser;
  protected readonly feeder: LineFeeder;

  constructor(options: HeardStreamOptions) {
    this.options = options;
    this.log = new StreamLog(options.pointers);
    this.maxLineBytes = options.limits?.maxLineBytes;
    this.maxEventBytes = options.limits?.maxEventBytes;
    this.room = options.room ?? new ProbeRoom();
    this.longTexts = options.holdsMessages === true ? this.room.messages : this.room.longTexts;
    this.parser = new SharingParser(this);
    this.feeder = new LineFeeder(this.parser);
  }

  /** The stream is left. */
  protected abstract over(cause: Cause, detail: string): void;

  onEvent(event: SseEvent): void {
    this.log.event(event, this.parser.blockSetsId);
    this.lastEventMs = this.log.lastByteMs;
    this.options.onEvent?.(event, this.log.lastByteMs);
  }

  onLongEvent(type: string, reading: LongReading): void {
    const { lastEventId } = this.parser;
    if (reading.isDigested) {
      this.digested({ type, data: reading.range().toString(), lastEventId }, reading);
      return;
    }
    const bytes = reading.range();
    const data = bytes.toString();
    if (data.includes('\ufffd') && !isUtf8(bytes))
      this.onMalformed('bad-utf8', reading.range(SAMPLE_BYTES).toString().split('\n', 1)[0] ?? '');
    this.onEvent({ type, data, lastEventId });
  }

  /** @param event its data is only the beginning */
  private digested(event: SseEvent, reading: LongReading): void {
    const { maxBytes, mayDigest } = this.longTexts.bounds;
    if (mayDigest) {
      this.log.event(event, this.parser.blockSetsId, reading.digestText());
      this.options.onEvent?.(event, this.log.lastByteMs);
    } else {
      this.over('client-limit', `a message of ${reading.bytes} bytes, above the common limit of ${maxBytes}`);
    }
  }

  onComment(text: string): void {
    this.log.comment(text);
  }

  onNoData(type: string, lastEventId: string): void {
    this.log.withoutData(type, lastEventId);
  }

  onRetry(ms: number): void {
    this.log.retryMs = ms;
  }

  onMalformed(defect: Malformed, sample: string): void {
    // The data of an event is judged at its blank line.
    const offset = defect === 'bad-utf8' ? this.feeder.blockOffset : this.feeder.lineOffset;
    this.log.malformed(defect, sample, offset);
  }

  onError(error: SseLimitError): void {
    this.over(error.code, error.message);
  }
}
