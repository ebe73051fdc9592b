/**
 * Feeds a parser line by line, so that it is known at which byte of the stream each line began.
 *
 * The parser itself counts no bytes: tens of thousands of them live in a load process. A probe reads one stream and
 * can afford a call for each line.
 */
import type { SseParser } from '../sse/parser.ts';

const LF = 0x0a;
const CR = 0x0d;

export class LineFeeder {
  /** Offset of the first byte of the line that is being read, and of the block that it belongs to. */
  lineOffset = 0;
  blockOffset = 0;
  private readonly parser: SseParser;
  private offset = 0;
  private afterCr = false;
  private lineIsEmpty = true;

  constructor(parser: SseParser) {
    this.parser = parser;
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      let stop = at;
      if (this.afterCr && bytes[at] === LF) {
        // end-of-line = ( cr lf / cr / lf ): it belongs to the line before.
        this.afterCr = false;
        this.lineOffset += 1;
        if (this.blockOffset === this.lineOffset - 1) this.blockOffset += 1;
        stop = at + 1;
        this.parser.push(bytes, at, stop);
        this.offset += 1;
        at = stop;
        continue;
      }
      this.afterCr = false;
      while (stop < end && bytes[stop] !== LF && bytes[stop] !== CR) stop += 1;
      if (stop > at) this.lineIsEmpty = false;
      const endsLine = stop < end;
      if (endsLine) stop += 1;
      this.parser.push(bytes, at, stop);
      this.offset += stop - at;
      if (endsLine) {
        this.afterCr = bytes[stop - 1] === CR;
        this.lineOffset = this.offset;
        if (this.lineIsEmpty) this.blockOffset = this.offset;
        this.lineIsEmpty = true;
      }
      at = stop;
    }
  }
}
