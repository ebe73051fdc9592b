/**
 * The receiver's side of a stream, the same for every transport: the order of its calls, leaving, and the
 * content coding, if there is one.
 *
 * A base class and not an object beside the connection, since tens of thousands of lean streams would each
 * pay for that object: a stream without a coding costs two fields and one test for each read.
 *
 * Knows nothing of sockets: what carries the bytes tells it what arrived, and is told to go on or to leave.
 */
import type { Cause } from '../core/causes.ts';
import { BodyDecoder, codingOf, type ContentReader, type DecoderOwner, endsFlushed } from './content-coding.ts';
import type { ResponseHead, StreamConnection, StreamReceiver } from './transport.ts';
import { UncodedBody } from './unknown-coding.ts';

export abstract class WireStream implements StreamConnection, DecoderOwner {
  abstract readonly localPort: number;
  abstract readonly localAddress: string;

  /** The receiver is to hear nothing more. */
  protected over = false;
  private readonly receiver: StreamReceiver;
  private decoder: ContentReader | undefined;

  constructor(receiver: StreamReceiver) {
    this.receiver = receiver;
  }

  /** Resumes reading, if it was stopped. */
  abstract resumeSource(): void;
  /** Let go of the connection and call none of the methods below any more. May be called when it is gone. */
  protected abstract leaveSource(how: 'fin' | 'rst'): void;

  resume(): void {
    if (this.over) return;
    if (this.decoder === undefined) this.resumeSource();
    else this.decoder.resume();
  }

  close(): void {
    this.leave('fin');
  }

  reset(): void {
    this.leave('rst');
  }

  protected connected(): void {
    if (!this.over) this.receiver.onConnect();
  }

  head(head: ResponseHead): void {
    if (this.over) return;
    this.receiver.onHead(head);
    const field = head.headers.get('content-encoding');
    // The receiver has judged the head first: that an answer is no stream says more than how it is coded.
    if (field === undefined || this.over) return;
    const coding = codingOf(field);
    if (coding === 'identity') return;
    if (typeof coding === 'string') this.decoder = new BodyDecoder(coding, this);
    else if ('unknown' in coding) this.decoder = new UncodedBody(coding.unknown, this);
    else this.decodeFailed(coding.refusal);
  }

  /** @returns whether to read on. */
  body(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.over) return false;
    if (this.decoder === undefined) return this.receiver.onBody(bytes, start, end);
    if (this.decoder instanceof BodyDecoder)
      this.receiver.onCoded?.(end - start, endsFlushed(this.decoder.coding, bytes, start, end));
    if (this.over) return false;
    return this.decoder.push(bytes, start, end);
  }

  /** The connection is gone, its descriptor released. What was read before is decoded first. */
  protected sourceEnded(cause: Cause, detail: string): void {
    if (this.over) return;
    if (this.decoder === undefined) this.ended(cause, detail);
    else this.decoder.end(cause, detail);
  }

  /** The decoder calls this with decoded bytes. @returns whether to go on */
  decoded(bytes: Uint8Array): boolean {
    return this.receiver.onBody(bytes, 0, bytes.length);
  }

  ended(cause: Cause, detail: string): void {
    this.over = true;
    this.receiver.onEnd(cause, detail);
  }

  decodeFailed(detail: string): void {
    this.over = true;
    this.leaveSource('rst');
    this.receiver.onEnd('decode', detail);
  }

  private leave(how: 'fin' | 'rst'): void {
    if (this.over) return;
    this.over = true;
    this.decoder?.stop();
    this.leaveSource(how);
  }
}
