import type { Cause } from '../../src/core/causes.ts';
import { ResponseReader, type ResponseSink } from '../../src/wire/response.ts';
import type { ResponseHead } from '../../src/wire/transport.ts';

/** What came out of a response: equal logs mean that readers or cuts made no difference. */
export interface ResponseOutcome {
  head: { statusCode: number; statusText: string; httpVersion: string; headers: Record<string, string> } | undefined;
  /** One latin1 character for each byte. */
  body: string;
  end: 'done' | Cause | 'open';
}

/** A sink that writes everything down, and fails a test that sees a call after the last one. */
export class ResponseLog implements ResponseSink {
  headSeen: ResponseHead | undefined;
  readonly parts: Buffer[] = [];
  end: ResponseOutcome['end'] = 'open';
  detail = '';

  head(head: ResponseHead): void {
    this.mustBeOpen('head');
    if (this.headSeen !== undefined) throw new Error('a second head');
    this.headSeen = head;
  }

  body(bytes: Uint8Array, start: number, end: number): boolean {
    this.mustBeOpen('body');
    if (this.headSeen === undefined) throw new Error('body before the head');
    if (start >= end) throw new Error(`an empty range ${start}..${end}`);
    this.parts.push(Buffer.from(bytes.subarray(start, end)));
    return true;
  }

  done(): void {
    this.mustBeOpen('done');
    this.end = 'done';
  }

  fail(cause: Cause, detail: string): void {
    this.mustBeOpen('fail');
    if (detail === '') throw new Error('no detail');
    this.end = cause;
    this.detail = detail;
  }

  outcome(): ResponseOutcome {
    return {
      head: this.headSeen && {
        statusCode: this.headSeen.statusCode,
        statusText: this.headSeen.statusText,
        httpVersion: this.headSeen.httpVersion,
        headers: Object.fromEntries(this.headSeen.headers),
      },
      body: Buffer.concat(this.parts).toString('latin1'),
      end: this.end,
    };
  }

  private mustBeOpen(call: string): void {
    if (this.end !== 'open') throw new Error(`${call} after ${this.end}`);
  }
}

/**
 * Reads `bytes` in pieces that end at `cuts` (ascending), then FIN. Every piece stands at the same place of one
 * buffer that is overwritten afterwards, as in the transport: a reader that keeps a range is found out.
 */
export function readResponse(bytes: Buffer, cuts: readonly number[], fin = true): ResponseLog {
  const log = new ResponseLog();
  const reader = new ResponseReader(log);
  const shared = Buffer.alloc(bytes.length + 7, 0xee);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to <= from) continue;
    bytes.copy(shared, 3, from, to);
    reader.push(shared, 3, 3 + to - from);
    shared.fill(0xee);
    from = to;
  }
  if (fin) reader.finish();
  return log;
}
