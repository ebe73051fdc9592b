/** A parser that shares long data with the other parsers of its process (`long-texts.ts`). Short data it reads alone. */
import type { HeldBlock } from '../sse/held-block.ts';
import type { SseHandlers } from '../sse/handlers.ts';
import { SseParser } from '../sse/parser.ts';
import { LongBlock } from './long-block.ts';
import type { LongReading, LongTexts } from './long-texts.ts';

/** The caller's side of it. */
export interface SharingHandlers extends SseHandlers {
  /** Asked for only when a block is cut in two. */
  readonly longTexts: LongTexts;
  /** Called in place of `onEvent` where the data is long; the reading ends with the call. */
  onLongEvent(type: string, reading: LongReading): void;
}

export class SharingParser extends SseParser {
  declare protected readonly handlers: SharingHandlers;

  protected override newHeld(): HeldBlock {
    return new LongBlock(this.handlers.longTexts);
  }

  protected override endHeld(held: HeldBlock, type: string): void {
    const reading = held instanceof LongBlock ? held.takeReading() : null;
    if (reading === null) return super.endHeld(held, type);
    this.forgetBlock();
    this.handlers.onLongEvent(type, reading);
    reading.release();
  }
}
