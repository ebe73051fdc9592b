/**
 * Lines of a block → one event: the half of the parser that knows what fields mean (HTML standard, 9.2.6,
 * "Interpreting an event stream"). Where lines begin and end is the other half, in parser.ts.
 *
 * It is a base class and not a part, so that both halves are one object: there are tens of thousands. A
 * block with one data line that arrives in one push costs nothing but its strings; any other is held.
 */
import { isUtf8 } from 'node:buffer';
import { COMMENT, DATA, EVENT, fieldOf, ID, nameIsWhole, RETRY, UNKNOWN, valueStart } from './field.ts';
import {
  checkedLimit,
  DEFAULT_MAX_EVENT_BYTES,
  DEFAULT_MAX_LINE_BYTES,
  MAX_FIELD_BYTES,
  SAMPLE_BYTES,
} from './handlers.ts';
import type { Malformed, SseHandlers } from './handlers.ts';
import { HeldBlock } from './held-block.ts';

/** V8 makes chains of longer strings. */
const HAND_MADE_CHARACTERS = 12;
const LINE_END = /[\r\n]/;

export abstract class BlockReader {
  protected readonly handlers: SseHandlers;
  protected readonly maxLineBytes: number;
  protected get maxFieldBytes(): number {
    return Math.min(this.maxLineBytes, MAX_FIELD_BYTES);
  }

  protected readonly maxEventBytes: number;
  /** Whether a line, or a part of one, has come since the last blank line. */
  protected inBlock = false;
  protected held: HeldBlock | undefined = undefined;
  /** Until the end of a push a block's only data line stays in the array being pushed, from here; else -1. */
  protected dataFrom = -1;
  protected dataTo = -1;
  protected eventType = '';
  protected idBuffer = '';
  protected committedId = '';
  protected blockFrom = -1;
  protected blockTo = -1;
  protected pure = true;
  protected setsId = false;

  /** @throws {UsageError} when a limit is not a positive whole number */
  constructor(handlers: SseHandlers) {
    this.handlers = handlers;
    this.maxLineBytes = checkedLimit('maxLineBytes', handlers.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES);
    this.maxEventBytes = checkedLimit('maxEventBytes', handlers.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES);
  }

  /** The id to reconnect with: that of the last block that ended, or the one given to `reset` or `skipBlock`. */
  get lastEventId(): string {
    return this.committedId;
  }

  /** What an unfinished block takes of memory; between blocks and within short ones nothing. */
  get heldBytes(): number {
    return this.held === undefined ? 0 : this.held.lineEnd;
  }

  /** During `onEvent` only: where its block begins in the array being pushed, -1 if in an earlier one. */
  get blockStart(): number {
    return this.blockFrom;
  }

  /** During `onEvent` only: one past the byte that completed the block. */
  get blockEnd(): number {
    return this.blockTo;
  }

  /**
   * During `onEvent` only: the block did nothing but this event (no comment, no `retry`, nothing malformed that
   * somebody listens for) and all its lines ended in LF, so that it does the same to every parser that meets it
   * at a boundary.
   */
  get blockIsPure(): boolean {
    return this.pure;
  }

  /** During `onEvent` only: the id is the block's own. If not, it is the one that this parser had before. */
  get blockSetsId(): boolean {
    return this.setsId;
  }

  /** A limit was passed: tell the caller, or throw, and read nothing more. */
  protected abstract fail(code: 'line-limit' | 'event-limit', limitBytes: number): void;

  /** `bytes[start, end)` is a whole line that is not blank. */
  protected readLine(bytes: Buffer, start: number, end: number): void {
    const field = fieldOf(bytes, start, end);
    if (field === COMMENT) this.pure = false;
    // "If the line starts with a U+003A COLON character: ignore the line."
    if (field === COMMENT && this.handlers.onComment === undefined) return;
    // "Otherwise: the field is ignored."
    if (field === UNKNOWN || !nameIsWhole(field, end - start))
      return this.malformed('unknown-field', bytes, start, end);
    // A limit that held only for lines cut in two would make the outcome depend on the cuts.
    const limitBytes = field === DATA ? this.maxLineBytes : this.maxFieldBytes;
    if (end - start > limitBytes) return this.fail('line-limit', limitBytes);
    const from = valueStart(bytes, start, end, field);
    if (field === DATA) return this.addData(bytes, from, end);
    if (field === RETRY) return this.readRetry(bytes, start, from, end);
    const value = decode(bytes, from, end);
    // "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value."
    if (field === ID && value.includes('\0')) return this.malformed('nul-in-id', bytes, start, end);
    if (this.isBroken(value, bytes, from, end)) this.malformed('bad-utf8', bytes, start, end);
    if (field === COMMENT) this.handlers.onComment?.(value);
    // "Set the event type buffer to the field value."
    if (field === EVENT) this.eventType = value;
    if (field === ID) {
      this.idBuffer = value;
      this.setsId = true;
    }
  }

  /**
   * "Append the field value to the data buffer, then append a single U+000A": here the LF goes in front of
   * the next line, since the last one is removed again before the event is dispatched.
   */
  private addData(bytes: Buffer, from: number, to: number): void {
    const heldBytes = this.held === undefined ? -1 : this.held.dataBytes;
    const before = this.dataFrom === -1 ? heldBytes : this.dataTo - this.dataFrom;
    if (before + 1 + to - from > this.maxEventBytes) return this.fail('event-limit', this.maxEventBytes);
    if (bytes === this.held?.bytes) return this.held.addDataOfLine(from, to);
    if (this.dataFrom !== -1) this.holdData(bytes);
    if (this.held !== undefined) return this.held.addData(bytes, from, to);
    this.dataFrom = from;
    this.dataTo = to;
  }

  /** A line of data has ended whose value is in the held data already. */
  protected endLongLine(held: HeldBlock): void {
    if (held.dataBytes > this.maxEventBytes) return this.fail('event-limit', this.maxEventBytes);
    held.endLongLine();
  }

  protected holdData(source: Buffer): void {
    this.held = this.newHeld();
    this.held.addData(source, this.dataFrom, this.dataTo);
    this.dataFrom = -1;
  }

  /** "If the field value consists of only ASCII digits, interpret [it] as an integer in base ten." At once. */
  private readRetry(bytes: Buffer, start: number, from: number, to: number): void {
    this.pure = false;
    if (from === to) return this.malformed('bad-retry', bytes, start, to);
    let ms = 0;
    for (let i = from; i < to; i += 1) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit < 0 || digit > 9) return this.malformed('bad-retry', bytes, start, to);
      ms = ms * 10 + digit;
    }
    this.handlers.onRetry?.(Math.min(ms, Number.MAX_SAFE_INTEGER));
  }

  /** A blank line, completed by the byte before `blockTo`: "dispatch the event". */
  protected endBlock(source: Buffer, blockTo: number): void {
    // "Set the last event ID string of the event source to the value of the last event ID buffer": data or not.
    this.committedId = this.idBuffer;
    if (this.held === undefined && this.dataFrom === -1) {
      // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string."
      const { eventType, setsId } = this;
      this.forgetBlock();
      if (eventType !== '' || setsId) this.handlers.onNoData?.(eventType, this.committedId);
    } else {
      const { held } = this;
      const type = this.eventType === '' ? 'message' : this.eventType;
      this.blockTo = blockTo;
      if (held === undefined) {
        const data = this.dataOf(source, this.dataFrom, this.dataTo);
        this.forgetBlock();
        this.handlers.onEvent({ type, data, lastEventId: this.committedId });
      } else {
        this.endHeld(held, type);
      }
    }
    this.beginBlock(blockTo);
  }

  protected newHeld(): HeldBlock {
    return new HeldBlock();
  }

  protected endHeld(held: HeldBlock, type: string): void {
    const data = this.dataOfHeld(held);
    this.forgetBlock();
    this.handlers.onEvent({ type, data, lastEventId: this.committedId });
  }

  private dataOf(bytes: Buffer, from: number, to: number): string {
    const data = decode(bytes, from, to);
    if (this.isBroken(data, bytes, from, to)) this.malformed('bad-utf8', bytes, from, to);
    return data;
  }

  private dataOfHeld(held: HeldBlock): string {
    const data = held.dataText();
    const bytes = held.dataRange();
    if (this.isBroken(data, bytes, 0, bytes.length)) this.malformed('bad-utf8', bytes, 0, bytes.length);
    return data;
  }

  /** What was not UTF-8 has become U+FFFD; a server may also have sent that character itself. */
  private isBroken(text: string, bytes: Buffer, from: number, to: number): boolean {
    return this.handlers.onMalformed !== undefined && text.includes('\ufffd') && !isUtf8(bytes.subarray(from, to));
  }

  /** `bytes[start, end)` begins with the line that is malformed. Where nobody listens it is as if it were not there. */
  protected malformed(defect: Malformed, bytes: Buffer, start: number, end: number): void {
    if (this.handlers.onMalformed === undefined) return;
    this.pure = false;
    const [sample = ''] = bytes.toString('utf8', start, Math.min(end, start + SAMPLE_BYTES)).split(LINE_END, 1);
    this.handlers.onMalformed(defect, sample);
  }

  protected beginBlock(from: number): void {
    this.blockFrom = from;
    this.pure = true;
    this.setsId = false;
  }

  protected forgetBlock(): void {
    this.inBlock = false;
    if (this.held !== undefined) {
      this.held.release();
      this.held = undefined;
    }
    this.dataFrom = -1;
    this.eventType = '';
  }
}

/**
 * Invalid UTF-8 becomes U+FFFD; a BOM is kept: "UTF-8 decode" drops one at the start of the stream only.
 * Ids and types are a few ASCII bytes: built by hand they cost half of a call into Buffer (28 and 65 ns for
 * five bytes, a fifth of a small event).
 */
function decode(bytes: Buffer, from: number, to: number): string {
  if (to - from > HAND_MADE_CHARACTERS) return bytes.toString('utf8', from, to);
  let text = '';
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i] as number;
    if (byte > 0x7f) return bytes.toString('utf8', from, to);
    text += String.fromCharCode(byte);
  }
  return text;
}
