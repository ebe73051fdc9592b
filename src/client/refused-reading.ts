/** An answer that is no stream while it is read: its beginning is all that is of interest, and it may never end. */
import type { Refusal } from '../reach/refusal.ts';
import type { ResponseHead } from '../wire/transport.ts';

/** Takes what answers that are no streams say, of as few clients as it wants to. */
export interface RefusedAnswerSink {
  /** Whether the beginning of this answer is to be read; the attempt counts as failed once it was. */
  wants(refusal: Refusal): boolean;
  /** @param body its beginning, possibly empty; hostile text */
  take(refusal: Refusal, head: ResponseHead, body: string): void;
}

const MAX_BYTES = 500;
/** The rest of an answer that has not come by then is not waited for. */
export const ANSWER_MS = 300;

export class RefusedReading {
  readonly refusal: Refusal;
  private readonly head: ResponseHead;
  private readonly sink: RefusedAnswerSink;
  /** A character may be cut by the end of what was read. */
  private readonly decoder = new TextDecoder();
  private body = '';

  constructor(refusal: Refusal, head: ResponseHead, sink: RefusedAnswerSink) {
    this.refusal = refusal;
    this.head = head;
    this.sink = sink;
  }

  /** @returns whether that is enough */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const room = MAX_BYTES - this.body.length;
    this.body += this.decoder.decode(bytes.subarray(start, Math.min(end, start + room)), { stream: true });
    return this.body.length >= MAX_BYTES;
  }

  tell(): void {
    this.sink.take(this.refusal, this.head, this.body);
  }
}

/** Null where nobody wants it; what is in a content coding shall not be read as text. */
export function readingOf(
  refusal: Refusal,
  head: ResponseHead,
  sink: RefusedAnswerSink | undefined,
): RefusedReading | null {
  if (sink?.wants(refusal) !== true || head.headers.has('content-encoding')) return null;
  return new RefusedReading(refusal, head, sink);
}
