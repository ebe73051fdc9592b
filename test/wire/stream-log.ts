import type { Cause } from '../../src/core/causes.ts';
import type { ResponseHead, StreamReceiver } from '../../src/wire/transport.ts';

/** A receiver that writes down what it is told, and throws where the interface promises silence. */
export class StreamLog implements StreamReceiver {
  readonly calls: string[] = [];
  readonly parts: Buffer[] = [];
  head: ResponseHead | undefined;
  bodyBytes = 0;
  largestRead = 0;
  cause: Cause | undefined;
  detail = '';
  /** Set by a test that has left the stream: from then on every call is an error. */
  left = false;
  /** What `onBody` answers. */
  goOn = true;
  readonly ended: Promise<Cause>;
  private resolveEnded: (cause: Cause) => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  onConnect(): void {
    this.note('connect');
  }

  onHead(head: ResponseHead): void {
    this.note('head');
    this.head = head;
  }

  onBody(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.calls.at(-1) !== 'body') this.note('body');
    this.mustBeOpen('body');
    this.parts.push(Buffer.from(bytes.subarray(start, end)));
    this.bodyBytes += end - start;
    this.largestRead = Math.max(this.largestRead, end - start);
    return this.goOn;
  }

  onEnd(cause: Cause, detail: string): void {
    this.note('end');
    this.cause = cause;
    this.detail = detail;
    this.resolveEnded(cause);
  }

  get body(): Buffer {
    return Buffer.concat(this.parts);
  }

  private note(call: string): void {
    this.mustBeOpen(call);
    this.calls.push(call);
  }

  private mustBeOpen(call: string): void {
    if (this.left) throw new Error(`${call} after the stream was left`);
    if (this.cause !== undefined) throw new Error(`${call} after the end`);
  }
}
