/**
 * An incremental reader of one HTTP/1.1 response: bytes at any cut in, head and body ranges out.
 *
 * We wrote our own because tens of thousands of streams wait in here: at rest a reader is one object of numbers,
 * and body bytes are handed on as ranges of the caller's array, never copied. It stops at the end of the
 * response: bytes behind it are not looked at, since one connection carries one stream.
 *
 * Refuses what two readers could read differently (`head.ts`, `framing.ts`), chunk framing without its CRLF,
 * chunk-size lines above `MAX_CHUNK_LINE_BYTES`, and sizes that a number cannot hold. Does not decode a
 * content coding, and cannot read answers to HEAD or CONNECT, whose framing depends on the request.
 */
import { bodyEnd } from './framing.ts';
import { HeadReader, protocol, type HeadFault } from './head.ts';
import type { ResponseHead } from './transport.ts';

/** Bound on CRLF, size and extensions between two chunks (RFC 9112, 7.1.1: "ought to limit the total length"). */
export const MAX_CHUNK_LINE_BYTES = 4096;

/** Receives one response. An object with methods on its prototype: no closure for each stream. */
export interface ResponseSink {
  head(head: ResponseHead): void;
  /** `bytes[start, end)`, valid during the call, never empty. `false`: take no further reads for now. */
  body(bytes: Uint8Array, start: number, end: number): boolean;
  /** The response is complete by its framing. Last call. */
  done(): void;
  /** The response is invalid or was cut off. Last call. */
  fail(cause: HeadFault['cause'], detail: string): void;
}

const State = {
  head: 0,
  sizeFirstDigit: 1,
  size: 2,
  spaceAfterSize: 3,
  extension: 4,
  sizeLineFeed: 5,
  chunk: 6,
  chunkReturn: 7,
  chunkLineFeed: 8,
  trailers: 9,
  length: 10,
  untilClose: 11,
  over: 12,
} as const;
type State = (typeof State)[keyof typeof State];

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

export class ResponseReader {
  private readonly sink: ResponseSink;
  private state: State = State.head;
  /** Bytes of the chunk or of the declared length still to come; while a size is read, the size so far. */
  private remaining = 0;
  private chunkLineBytes = 0;
  /** Reader of the head or of the trailers; undefined in between. */
  private headReader: HeadReader | undefined = HeadReader.ofResponse();

  constructor(sink: ResponseSink) {
    this.sink = sink;
  }

  /**
   * Reads `bytes[start, end)`. All of it is delivered, also after `body` returned `false`: what would have to
   * be kept otherwise is a copy for each paused stream, and what is delivered is at most one read.
   *
   * @returns whether to go on reading: `false` when `body` asked for a pause, or when the response is over.
   */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    let goOn = true;
    while (at < end && this.state !== State.over) {
      if (this.state === State.chunk || this.state === State.length || this.state === State.untilClose) {
        const stop = this.state === State.untilClose ? end : at + Math.min(end - at, this.remaining);
        if (!this.takeBody(bytes, at, stop)) goOn = false;
        at = stop;
      } else if (this.headReader !== undefined) {
        at = this.takeHead(this.headReader, bytes, at, end);
      } else {
        this.takeFraming(bytes[at] as number);
        at++;
      }
    }
    return goOn && this.state !== State.over;
  }

  /** The peer sent FIN. Calls `done` where that ends the body (RFC 9112, 8), else `fail`. */
  finish(): void {
    if (this.state === State.over) return;
    if (this.state === State.untilClose) this.complete();
    else this.refuse({ cause: 'eof-truncated', detail: `the connection ended ${this.place()}` });
  }

  /** Stops reading: the sink gets no further call, also when it stops the reader from within one. */
  stop(): void {
    this.state = State.over;
    this.headReader = undefined;
  }

  /** Where in the response the reader is, in words for error messages. */
  private place(): string {
    switch (this.state) {
      case State.head:
        if (this.headReader?.untouched === true) return 'before the first byte of the response';
        return 'inside the response headers';
      case State.length:
        return `${this.remaining} bytes before the end that Content-Length declares`;
      case State.chunk:
        return `${this.remaining} bytes before the end of a chunk`;
      default:
        return 'before the last chunk or inside its trailers';
    }
  }

  private takeBody(bytes: Uint8Array, start: number, end: number): boolean {
    const endsHere = this.state !== State.untilClose && this.remaining === end - start;
    if (this.state !== State.untilClose) this.remaining -= end - start;
    if (endsHere && this.state === State.chunk) this.state = State.chunkReturn;
    const goOn = this.sink.body(bytes, start, end);
    if (endsHere && this.state === State.length) this.complete();
    return goOn;
  }

  private takeHead(headReader: HeadReader, bytes: Uint8Array, start: number, end: number): number {
    const at = headReader.push(bytes, start, end);
    if (headReader.refusal !== undefined) this.refuse(headReader.refusal);
    else if (headReader.complete) this.endHead(headReader);
    return at;
  }

  private endHead(headReader: HeadReader): void {
    this.headReader = undefined;
    // Trailers are read for their end only: nothing in an event stream depends on them.
    if (this.state === State.trailers) {
      this.complete();
      return;
    }
    const head = headReader.head();
    const ends = bodyEnd(head);
    if (typeof ends === 'object') {
      this.refuse(ends);
      return;
    }
    if (ends === 'chunked') this.state = State.sizeFirstDigit;
    else if (ends === 'close') this.state = State.untilClose;
    else {
      this.state = State.length;
      this.remaining = ends;
    }
    this.sink.head(head);
    if (this.state === State.length && ends === 0) this.complete();
  }

  /**
   * One byte between chunks: `chunk-size [ chunk-ext ] CRLF` (RFC 9112, 7.1). Only CRLF: the leave to take a
   * bare LF (2.2) is for the start-line and fields, and here it lets two readers see different chunks.
   */
  private takeFraming(byte: number): void {
    if (++this.chunkLineBytes > MAX_CHUNK_LINE_BYTES) {
      this.refuse(protocol(`more than ${MAX_CHUNK_LINE_BYTES} bytes between two chunks`));
      return;
    }
    switch (this.state) {
      case State.sizeFirstDigit:
      case State.size:
        this.takeSize(byte);
        break;
      case State.spaceAfterSize:
        // chunk-ext = *( BWS ";" BWS chunk-ext-name … ): spaces belong to an extension or are an error.
        if (byte === SEMICOLON) this.state = State.extension;
        else if (byte !== SPACE && byte !== TAB) this.refuse(protocol('bad chunk size'));
        break;
      case State.extension:
        // 7.1.1: unrecognized extensions are ignored. No control character can be part of one.
        if (byte === RETURN) this.state = State.sizeLineFeed;
        else if (isControl(byte)) this.refuse(protocol('control character in a chunk extension'));
        break;
      case State.sizeLineFeed:
        if (byte === LINE_FEED) this.endSizeLine();
        else this.refuse(protocol('no CRLF after a chunk size'));
        break;
      case State.chunkReturn:
        if (byte === RETURN) this.state = State.chunkLineFeed;
        else this.refuse(protocol('no CRLF after a chunk'));
        break;
      default:
        if (byte === LINE_FEED) this.state = State.sizeFirstDigit;
        else this.refuse(protocol('no CRLF after a chunk'));
    }
  }

  private takeSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.state = State.size;
      this.remaining = this.remaining * 16 + digit;
      // 7.1: "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors".
      if (this.remaining > Number.MAX_SAFE_INTEGER) this.refuse(protocol('chunk size above 2^53-1'));
    } else if (this.state === State.sizeFirstDigit) this.refuse(protocol('bad chunk size'));
    else if (byte === RETURN) this.state = State.sizeLineFeed;
    else if (byte === SEMICOLON) this.state = State.extension;
    else if (byte === SPACE || byte === TAB) this.state = State.spaceAfterSize;
    else this.refuse(protocol('bad chunk size'));
  }

  private endSizeLine(): void {
    this.chunkLineBytes = 0;
    if (this.remaining > 0) {
      this.state = State.chunk;
      return;
    }
    this.state = State.trailers;
    this.headReader = HeadReader.ofTrailers();
  }

  private complete(): void {
    this.stop();
    this.sink.done();
  }

  private refuse(refusal: HeadFault): void {
    this.stop();
    this.sink.fail(refusal.cause, refusal.detail);
  }
}

function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB) || byte === DELETE;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
