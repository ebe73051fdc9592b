/**
 * What a parser said, in order, as data that compares; and ways to feed it one stream in many pieces.
 */
import * as fc from 'fast-check';
import { SseParser } from '../../src/sse/parser.ts';
import type { SseEvent, SseLimitError } from '../../src/sse/parser.ts';

export type Said =
  | { event: SseEvent; ownId: boolean }
  | { comment: string }
  | { retry: number }
  | { error: SseLimitError['code'] };

/** Listens with methods on its prototype, as a simulated client does. */
export class Recorder {
  readonly said: Said[] = [];
  readonly maxLineBytes: number | undefined;
  readonly maxEventBytes: number | undefined;
  readonly parser: SseParser;

  constructor(limits: { maxLineBytes?: number; maxEventBytes?: number } = {}) {
    this.maxLineBytes = limits.maxLineBytes;
    this.maxEventBytes = limits.maxEventBytes;
    this.parser = new SseParser(this);
  }

  onEvent(event: SseEvent): void {
    this.said.push({ event, ownId: this.parser.blockSetsId });
  }
  onComment(comment: string): void {
    this.said.push({ comment });
  }
  onRetry(retry: number): void {
    this.said.push({ retry });
  }
  onError(error: SseLimitError): void {
    this.said.push({ error: error.code });
  }

  /** Pushes one piece the way a transport does: a range of a larger buffer that is overwritten afterwards. */
  push(piece: Uint8Array): this {
    const shared = Buffer.alloc(piece.length + 16, '\ndata: stale\n\n');
    shared.set(piece, 7);
    this.parser.push(shared, 7, 7 + piece.length);
    shared.fill('\rid: overwritten\r');
    return this;
  }
}

export function parse(stream: Uint8Array, cuts: readonly number[] = [], limits = {}): Said[] {
  const recorder = new Recorder(limits);
  let from = 0;
  for (const cut of [...cuts, stream.length]) {
    recorder.push(stream.subarray(from, cut));
    from = cut;
  }
  return recorder.said;
}

export function everyByte(stream: Uint8Array): number[] {
  return Array.from({ length: Math.max(0, stream.length - 1) }, (_, i) => i + 1);
}

/** Ascending positions in a stream of this length; the same one twice is an empty push. */
export function cutsOf(length: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max: length }), { maxLength: 12 }).map((cuts) => cuts.toSorted((a, b) => a - b));
}

/** How many cases of a property; their seed is `support/property-seed`'s. */
export function runs(numRuns: number): fc.Parameters<unknown> {
  return { numRuns };
}
