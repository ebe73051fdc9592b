/**
 * The bytes of a block that the end of a push cut in two: the data lines that have ended, joined by LF, and
 * behind them the beginning of the line that has not.
 *
 * Bytes and not strings: a chain of strings costs 32 bytes for a data line of none, which would make the
 * event limit a lie, and decoding piece by piece would break characters. One buffer that grows by factors, so a line
 * that comes in a million pieces is copied about twice. The two limits are the parser's and checked before anything is
 * appended here. A large buffer grows eightfold: what is not written to takes no memory, while a copy of half of what
 * is held would take it until the next garbage collection.
 */
import type { UnfinishedBlock } from './handlers.ts';

const SMALLEST_BYTES = 256;
const LARGE_BYTES = 256 * 1024;
const LF = 0x0a;

export class HeldBlock {
  /** The line that has not ended is `bytes[lineStart, lineEnd)`. */
  bytes: Buffer = Buffer.allocUnsafe(SMALLEST_BYTES);
  /** Where the unfinished line begins, which is also where the data ends. */
  lineStart = 0;
  lineEnd = 0;
  /** Where the data begins; -1 until a data line has ended. */
  private dataStart = -1;

  /** -1 when there is no data, which is not the same as empty data. */
  get dataBytes(): number {
    return this.dataStart === -1 ? -1 : this.lineStart - this.dataStart;
  }

  get lineBytes(): number {
    return this.lineEnd - this.lineStart;
  }

  /** Whether the unfinished line is a data line whose value has been added to the data already; an heir's. */
  get lineIsLong(): boolean {
    return false;
  }

  appendToLine(source: Buffer, from: number, to: number): void {
    this.reserve(to - from);
    this.lineEnd += source.copy(this.bytes, this.lineEnd, from, to);
  }

  dropLine(): void {
    this.lineEnd = this.lineStart;
  }

  /** `source[from, to)` is the value of a whole data line. There is no unfinished line. */
  addData(source: Buffer, from: number, to: number): void {
    this.reserve(1 + to - from);
    const at = this.beginData(this.lineStart);
    this.lineStart = at + source.copy(this.bytes, at, from, to);
    this.lineEnd = this.lineStart;
  }

  /** Our own line has ended and was a data line with the value `bytes[from, to)`. */
  addDataOfLine(from: number, to: number): void {
    // The name of the field, before the value, leaves room for the LF.
    const at = this.beginData(from);
    if (at !== from) this.bytes.copyWithin(at, from, to);
    this.lineStart = at + to - from;
    this.lineEnd = this.lineStart;
  }

  /** The line that is long has ended. */
  endLongLine(): void {}

  /** The block is forgotten: what an heir shares with others is theirs. */
  release(): void {}

  /** The bytes of `dataText`, valid until the next change. */
  dataRange(): Buffer {
    return this.bytes.subarray(this.dataStart, this.lineStart);
  }

  dataText(): string {
    return this.bytes.toString('utf8', this.dataStart, this.lineStart);
  }

  /** As it stands, at most so many bytes of each part. */
  unfinished(maxBytes: number): UnfinishedBlock {
    const data = this.dataBytes === -1 ? null : this.dataRange();
    let dataLines = data === null ? 0 : 1;
    for (let at = data?.indexOf(LF) ?? -1; at !== -1; at = data?.indexOf(LF, at + 1) ?? -1) dataLines += 1;
    const [first = ''] = (data ?? this.bytes.subarray(0, 0)).toString('utf8', 0, maxBytes).split('\n', 1);
    return { dataLines, data: first, line: this.lineText(maxBytes) };
  }

  protected lineText(maxBytes: number): string {
    return this.bytes.toString('utf8', this.lineStart, Math.min(this.lineEnd, this.lineStart + maxBytes));
  }

  /** What stands before `from` is held elsewhere: the rest is an unfinished line. */
  protected keepFrom(from: number): void {
    const rest = this.bytes.subarray(from, this.lineEnd);
    this.bytes = Buffer.allocUnsafe(Math.max(SMALLEST_BYTES, rest.length));
    this.dataStart = -1;
    this.lineStart = 0;
    this.lineEnd = rest.copy(this.bytes);
  }

  /** Where the next value goes: behind the data and an LF, or, when it is the first, `first`. */
  private beginData(first: number): number {
    if (this.dataStart === -1) {
      this.dataStart = first;
      return first;
    }
    this.bytes[this.lineStart] = LF;
    return this.lineStart + 1;
  }

  /** How many times as long the next buffer is. */
  protected get growth(): number {
    return this.bytes.length < LARGE_BYTES ? 2 : 8;
  }

  private reserve(moreBytes: number): void {
    const needed = this.lineEnd + moreBytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.growth * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.lineEnd);
    this.bytes = larger;
  }
}
