/**
 * A block that was cut in two and may become long: short, it holds its bytes as every other; once its data is long, the
 * data goes to where all clients of the process read theirs (`long-texts.ts`), and only the line that has not ended stays
 * here, unless it is a long line of data itself.
 */
import { DATA, DECIDED_AFTER_BYTES, fieldOf, valueStart } from '../sse/field.ts';
import { UNFINISHED_BYTES, type UnfinishedBlock } from '../sse/handlers.ts';
import { HeldBlock } from '../sse/held-block.ts';
import { LONG_BYTES, LongReading, type LongTexts } from './long-texts.ts';

const LINE_FEED = Buffer.of(0x0a);
/** Short lines are gathered here before they go there: to hash or to compare ten bytes costs as much as to do it with a thousand. */
const GATHERED_BYTES = 4096;
/** So much of a long line is kept, to be shown. */
const LONG_LINE_BYTES = UNFINISHED_BYTES;

export class LongBlock extends HeldBlock {
  /** The data, once it is long. */
  private reading: LongReading | null = null;
  private readonly texts: LongTexts;
  private dataLines = 0;
  /** Bytes of the unfinished line, where it is a data line whose value is read with the long data; -1 where it is not. */
  private longLineBytes = -1;
  /** The beginning of that line, and where its value begins in the data. */
  private longLine = '';
  private longLineFrom = 0;

  constructor(texts: LongTexts) {
    super();
    this.texts = texts;
  }

  override get lineIsLong(): boolean {
    return this.longLineBytes !== -1;
  }

  override get lineBytes(): number {
    return this.lineIsLong ? this.longLineBytes : super.lineBytes;
  }

  override get dataBytes(): number {
    const { reading } = this;
    if (reading === null) return super.dataBytes;
    // Both are parted by a LF where there is both, and -1 of the gathered ones says that there are none.
    return this.isBegun ? reading.bytes + 1 + super.dataBytes : super.dataBytes;
  }

  override appendToLine(source: Buffer, from: number, to: number): void {
    if (this.lineIsLong) {
      this.longLineBytes += to - from;
      this.reading?.append(source.subarray(from, to));
    } else {
      super.appendToLine(source, from, to);
      this.share();
    }
  }

  override addData(source: Buffer, from: number, to: number): void {
    super.addData(source, from, to);
    if (this.reading === null) this.share();
    else this.gathered();
  }

  override addDataOfLine(from: number, to: number): void {
    super.addDataOfLine(from, to);
    if (this.reading !== null) this.gathered();
  }

  override endLongLine(): void {
    this.longLineBytes = -1;
    this.dataLines += 1;
  }

  override unfinished(maxBytes: number): UnfinishedBlock {
    const { reading } = this;
    if (reading === null) return super.unfinished(maxBytes);
    this.flush(reading);
    const dataBytes = this.lineIsLong ? this.longLineFrom : reading.bytes;
    const [data = ''] = reading.range(Math.min(maxBytes, dataBytes)).toString('utf8').split('\n', 1);
    return {
      dataLines: this.dataLines,
      data,
      line: this.lineIsLong ? this.longLine.slice(0, maxBytes) : this.lineText(maxBytes),
    };
  }

  /** The reading of the data, which is the caller's to release; null where the data is short. */
  takeReading(): LongReading | null {
    const { reading } = this;
    if (reading !== null) this.flush(reading);
    this.reading = null;
    return reading;
  }

  override release(): void {
    this.reading?.release();
    this.reading = null;
  }

  /** A line was added that ended within one read. */
  private gathered(): void {
    if (this.reading !== null && super.dataBytes >= GATHERED_BYTES) this.flush(this.reading);
  }

  /** Gives away the data that was gathered; the line that has not ended stays. */
  private flush(reading: LongReading): void {
    if (super.dataBytes === -1) return;
    if (this.isBegun) reading.append(LINE_FEED);
    reading.append(this.dataRange());
    this.dataLines += super.unfinished(0).dataLines;
    this.keepFrom(this.lineStart);
  }

  /** A line of data, or the beginning of one, was given away before. */
  private get isBegun(): boolean {
    return this.dataLines > 0 || this.lineIsLong;
  }

  /** Gives away what is data of all that is held, if it is long. */
  private share(): void {
    if (this.lineEnd <= LONG_BYTES) return;
    const { bytes, lineStart, lineEnd } = this;
    const inData = lineEnd - lineStart > DECIDED_AFTER_BYTES && fieldOf(bytes, lineStart, lineEnd) === DATA;
    // A long comment, type or id is none of the data.
    if (super.dataBytes === -1 && !inData) return;
    const reading = (this.reading ??= new LongReading(this.texts));
    this.flush(reading);
    if (inData) this.shareLine(reading);
  }

  /** The unfinished line, a data line, is read with the data from now on. */
  private shareLine(reading: LongReading): void {
    const { bytes, lineStart, lineEnd } = this;
    this.longLine = this.lineText(LONG_LINE_BYTES);
    this.longLineBytes = lineEnd - lineStart;
    this.longLineFrom = reading.bytes;
    if (this.dataLines > 0) reading.append(LINE_FEED);
    reading.append(bytes.subarray(valueStart(bytes, lineStart, lineEnd, DATA), lineEnd));
    this.keepFrom(lineEnd);
  }
}
