/**
 * A parser that hands on long data as the bytes that it came in, once its event is complete: the one copy that there is.
 * A text of them would be a second one, twice as large where one character is not Latin.
 */
import { HeldBlock } from '../sse/held-block.ts';
import type { SseHandlers } from '../sse/handlers.ts';
import { SseParser } from '../sse/parser.ts';

/** Data that is longer is handed on as bytes. */
const LONG_DATA_BYTES = 256 * 1024;

/** The caller's side of it. */
export interface WholeHandlers extends SseHandlers {
  /** Called in place of `onEvent` where the data is long. The bytes are the caller's; they may not be UTF-8. */
  onLongEvent(event: { type: string; data: Uint8Array; lastEventId: string }): void;
}

export class WholeParser extends SseParser {
  declare protected readonly handlers: WholeHandlers;

  protected override newHeld(): HeldBlock {
    return new WholeBlock();
  }

  protected override endHeld(held: HeldBlock, type: string): void {
    if (held.dataBytes < LONG_DATA_BYTES) return super.endHeld(held, type);
    const data = held.dataRange();
    this.forgetBlock();
    this.handlers.onLongEvent({ type, data, lastEventId: this.committedId });
  }
}

/** From here on the next buffer has room for all that a parser holds at its defaults. */
const VERY_LARGE_BYTES = 2 * 1024 ** 2;

/** No copy of what it holds lies beside it. There is one such block in a process, so that its buffer may be long. */
class WholeBlock extends HeldBlock {
  protected override get growth(): number {
    return this.bytes.length < VERY_LARGE_BYTES ? super.growth : 32;
  }
}
