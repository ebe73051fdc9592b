/**
 * Bytes of a `text/event-stream` body → events, as the HTML standard (9.2.5, 9.2.6) says. This half finds
 * the lines ("Parsing an event stream"); what they mean is block-reader.ts.
 *
 * It works on bytes because chunk boundaries are not character boundaries: line ends and field names are
 * ASCII, only whole values are decoded, so a character cut in half, or a broken one, can reach neither.
 * What comes out does not depend on where the stream is cut. An event is delivered with the last byte of
 * its blank line; where that is a bare CR, without waiting to see whether an LF follows.
 *
 * Tens of thousands of parsers live in one process: one at rest is one flat object. It owns a buffer only
 * while the end of a push has cut a block in two, or a block has several `data` lines.
 *
 * It refuses to keep what nobody asked for (unknown fields, comments without a listener: any length, no
 * memory), to keep more than its two limits, and to reconnect: that is the client's. Handlers must not push
 * into the parser that calls them; they may `reset()` or `end()` it: the rest of that push is then ignored.
 */
import { BlockReader } from './block-reader.ts';
import { COMMENT, DATA, DECIDED_AFTER_BYTES, fieldOf, UNKNOWN } from './field.ts';
import { MAX_FIELD_BYTES, SAMPLE_BYTES, SseLimitError, type UnfinishedBlock, UNFINISHED_BYTES } from './handlers.ts';
import type { HeldBlock } from './held-block.ts';

export type { Malformed, SseEvent } from './handlers.ts';
export { SseLimitError } from './handlers.ts';

// Where the next byte falls. At 1 and 2 that many bytes of a BOM have come: passBom counts up to LINE_START.
const STREAM_START = 0;
const LINE_START = 3;
const AFTER_CR = 4;
const IN_HELD_LINE = 5;
const IN_SKIPPED_LINE = 6;
const FAILED = 7;
type State = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

const BOM: readonly number[] = [0xef, 0xbb, 0xbf];
const LF = 0x0a;
const CR = 0x0d;

export class SseParser extends BlockReader {
  private state: State = STREAM_START;

  /** Whether a limit was passed: everything is ignored until `reset()`. */
  get failed(): boolean {
    return this.state === FAILED;
  }

  /**
   * True when nothing is held and the next byte begins a block: a caller that knows the bytes of a whole
   * block may account for it itself, call `skipBlock` and not push it. False at the start of a stream,
   * where a BOM may come, after a CR, whose LF may come, and after a failure.
   */
  get atBoundary(): boolean {
    return this.state === LINE_START && !this.inBlock;
  }

  /** Whether a block has begun that has not ended. */
  get isInBlock(): boolean {
    return this.inBlock;
  }

  /** Whether anything of a line or of data is held between two pushes. */
  get holdsPart(): boolean {
    return this.held !== undefined;
  }

  /** Stands for pushing one whole block that leaves `lastEventId`. @throws {Error} away from a boundary */
  skipBlock(lastEventId: string): void {
    if (!this.atBoundary) throw new Error('skipBlock() was called where no block begins; test atBoundary first');
    this.idBuffer = lastEventId;
    this.committedId = lastEventId;
  }

  /** A new stream: forgets line, block and failure, takes a BOM again, goes on with this last event id. */
  reset(lastEventId = ''): void {
    this.state = STREAM_START;
    this.idBuffer = lastEventId;
    this.committedId = lastEventId;
    this.forgetBlock();
    this.beginBlock(-1);
  }

  /** What stands unfinished between two pushes; null where no `data` line and no part of a line is held. */
  unfinished(): UnfinishedBlock | null {
    return this.held?.unfinished(UNFINISHED_BYTES) ?? null;
  }

  /**
   * The stream is over: "any pending data must be discarded". Returns whether there was such, lone comments
   * not counted. The last event id stays and the next push begins a new stream; a failure stays too.
   */
  end(): boolean {
    if (this.state === FAILED) return false;
    const inLine = this.state === IN_HELD_LINE || this.state === IN_SKIPPED_LINE;
    const inData = this.held !== undefined || this.dataFrom !== -1;
    const discarded = inLine || inData || this.eventType !== '' || this.setsId;
    this.reset(this.committedId);
    return discarded;
  }

  /**
   * The next bytes of the stream, `bytes[start, end)`, cut anywhere. They are not kept after the call.
   * @throws {SseLimitError} when a limit is passed and there is no `onError`
   * @throws {RangeError} when the range is not inside the array
   */
  push(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      throw new RangeError(`push() was given the range ${start} to ${end} of ${bytes.length} bytes`);
    }
    if (this.state === FAILED) return;
    const source = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.blockFrom = this.inBlock ? -1 : start;
    let pos = this.state < LINE_START ? this.passBom(source, start, end) : start;
    while (pos < end) {
      if (this.state === AFTER_CR) {
        this.state = LINE_START;
        // end-of-line = ( cr lf / cr / lf ): the CR has ended the line, its LF ends nothing.
        if (source[pos] === LF) {
          pos += 1;
          if (!this.inBlock) this.blockFrom = pos;
          continue;
        }
      }
      let lineEnd = pos;
      while (lineEnd < end && source[lineEnd] !== LF && source[lineEnd] !== CR) lineEnd += 1;
      if (lineEnd === end) {
        this.extendLine(source, pos, end);
        break;
      }
      this.endLine(source, pos, lineEnd);
      if (this.isCutShort()) return;
      pos = lineEnd + 1;
    }
    if (this.dataFrom !== -1) this.holdData(source);
  }

  /** A handler has reset us, or a limit was passed: what is left of the push is not ours. */
  private isCutShort(): boolean {
    return this.state === STREAM_START || this.state === FAILED;
  }

  /** stream = [ bom ] *event: one BOM, here only. A line that only begins like one is an unknown field. */
  private passBom(source: Buffer, start: number, end: number): number {
    let pos = start;
    while (pos < end && this.state < LINE_START) {
      if (source[pos] === BOM[this.state]) {
        this.state = (this.state + 1) as State;
        pos += 1;
        if (this.state === LINE_START) this.blockFrom = pos;
      } else if (this.state === STREAM_START) {
        this.state = LINE_START;
      } else {
        // What came of the BOM in an earlier push is gone; the rest of the line tells enough.
        this.malformed('unknown-field', source, Math.max(start, pos - this.state), end);
        this.state = IN_SKIPPED_LINE;
        this.inBlock = true;
      }
    }
    return pos;
  }

  /** `source[start, end)` is a piece of a line that goes on. Keeps it while it may matter, else skips the line. */
  private extendLine(source: Buffer, start: number, end: number): void {
    if (this.state === IN_SKIPPED_LINE) return;
    if (this.dataFrom !== -1) this.holdData(source);
    this.inBlock = true;
    this.state = IN_HELD_LINE;
    const held = (this.held ??= this.newHeld());
    let from = start;
    const undecidedBytes = DECIDED_AFTER_BYTES - held.lineBytes;
    if (undecidedBytes > 0) {
      // Just enough to know the field: what will be skipped is neither copied nor held against the limit.
      from = Math.min(end, start + undecidedBytes);
      held.appendToLine(source, start, from);
      const field = fieldOf(held.bytes, held.lineStart, held.lineEnd);
      if (field === COMMENT) this.pure = false;
      if (field === UNKNOWN && this.handlers.onMalformed !== undefined) {
        held.appendToLine(source, from, Math.min(end, from + SAMPLE_BYTES));
        this.malformed('unknown-field', held.bytes, held.lineStart, held.lineEnd);
      }
      if (field === UNKNOWN || (field === COMMENT && this.handlers.onComment === undefined)) {
        this.state = IN_SKIPPED_LINE;
        this.dropLine(held);
        return;
      }
    }
    const limitBytes = this.limitOf(held, held.lineBytes + end - from);
    if (limitBytes === null) held.appendToLine(source, from, end);
    else this.fail('line-limit', limitBytes);
  }

  /** The limit that a line passes which would be so long; null for none. */
  private limitOf(held: HeldBlock, lineBytes: number): number | null {
    if (lineBytes > this.maxLineBytes) return this.maxLineBytes;
    if (lineBytes <= MAX_FIELD_BYTES || held.lineIsLong) return null;
    return fieldOf(held.bytes, held.lineStart, held.lineEnd) === DATA ? null : MAX_FIELD_BYTES;
  }

  /** A line ends at `source[end]`; `source[start, end)` is the whole of it, or the rest of one cut in two. */
  private endLine(source: Buffer, start: number, end: number): void {
    const endedByCr = source[end] === CR;
    const next = endedByCr ? AFTER_CR : LINE_START;
    if (endedByCr) this.pure = false;
    if (this.state === LINE_START) {
      this.state = next;
      if (start === end) return this.endBlock(source, end + 1);
      this.inBlock = true;
      return this.readLine(source, start, end);
    }
    this.extendLine(source, start, end);
    if (this.isCutShort()) return;
    const { held } = this;
    const skipped = this.state === IN_SKIPPED_LINE;
    this.state = next;
    if (skipped || held === undefined) return;
    if (held.lineIsLong) this.endLongLine(held);
    else this.readLine(held.bytes, held.lineStart, held.lineEnd);
    if (this.held === held) this.dropLine(held);
  }

  private dropLine(held: HeldBlock): void {
    held.dropLine();
    if (held.dataBytes === -1) this.held = undefined;
  }

  protected override fail(code: 'line-limit' | 'event-limit', limitBytes: number): void {
    this.state = FAILED;
    this.forgetBlock();
    const error = new SseLimitError(code, limitBytes);
    if (this.handlers.onError === undefined) throw error;
    this.handlers.onError(error);
  }
}
