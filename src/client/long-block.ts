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
    return this.reading === null ? super.dataBytes : this.reading.bytes;
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
    if (this.reading === null) {
      super.addData(source, from, to);
      this.share();
    } else {
      this.addToReading(this.reading, source.subarray(from, to));
    }
  }

  override addDataOfLine(from: number, to: number): void {
    if (this.reading === null) {
      super.addDataOfLine(from, to);
    } else {
      this.addToReading(this.reading, this.bytes.subarray(from, to));
      this.lineEnd = this.lineStart;
    }
  }

  override endLongLine(): void {
    this.longLineBytes = -1;
    this.dataLines += 1;
  }

  override unfinished(maxBytes: number): UnfinishedBlock {
    const { reading } = this;
    if (reading === null) return super.unfinished(maxBytes);
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
    this.reading = null;
    return reading;
  }

  override release(): void {
    this.reading?.release();
    this.reading = null;
  }

  private addToReading(reading: LongReading, value: Buffer): void {
    if (this.dataLines > 0) reading.append(LINE_FEED);
    reading.append(value);
    this.dataLines += 1;
  }

  /** Gives away what is data of all that is held, if it is long. */
  private share(): void {
    if (this.lineEnd <= LONG_BYTES) return;
    const { bytes, lineStart, lineEnd } = this;
    const inData = lineEnd - lineStart > DECIDED_AFTER_BYTES && fieldOf(bytes, lineStart, lineEnd) === DATA;
    // A long comment, type or id is none of the data.
    if (super.dataBytes === -1 && !inData) return;
    const reading = (this.reading ??= new LongReading(this.texts));
    if (super.dataBytes !== -1) {
      this.dataLines = super.unfinished(0).dataLines;
      reading.append(this.dataRange());
    }
    if (!inData) return this.keepFrom(lineStart);
    this.longLine = this.lineText(LONG_LINE_BYTES);
    this.longLineBytes = lineEnd - lineStart;
    this.longLineFrom = reading.bytes;
    if (this.dataLines > 0) reading.append(LINE_FEED);
    reading.append(bytes.subarray(valueStart(bytes, lineStart, lineEnd, DATA), lineEnd));
    this.keepFrom(lineEnd);
  }
}
