/**
 * The head of an HTTP/1.1 response: bytes at any cut in, a `ResponseHead` out; reads trailers too.
 *
 * Line by line on text, with the clause beside each rule: a head comes once for each connection, so it may
 * be plain where the body reader must be fast. One object for the time of the head, dropped afterwards.
 *
 * Refused, since what cannot be read in one way only is how responses get smuggled: control characters,
 * space before a colon, folding before the first field, HTTP/2 prefaces, 101, more than `MAX_INTERIM`
 * interim responses, and more than `MAX_HEAD_BYTES` of all that together.
 */
import type { Cause } from '../core/causes.ts';
import { quote } from '../core/printable.ts';
import type { ResponseHead } from './transport.ts';

/** Bound on everything before the body, interim heads included, and again on the trailers. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** Bound on 1xx responses before the final one (RFC 9110, 15.2: a client must read "one or more"). */
export const MAX_INTERIM = 16;

/** What is wrong with a response, as data: the network's trouble is nobody's exception. */
export interface HeadFault {
  cause: Extract<Cause, 'http-protocol' | 'headers-too-large' | 'eof-truncated'>;
  detail: string;
}

const LINE_FEED = 0x0a;
const VERSION_PREFIX = 'HTTP/';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export class HeadReader {
  /** Whether the empty line that ends the head was read. */
  complete = false;
  refusal: HeadFault | undefined;

  private statusCode = 0;
  private statusText = '';
  private httpVersion: '1.0' | '1.1' = '1.1';
  private readonly headers: Map<string, string> = new Map();
  private awaitsStatus: boolean;
  private bytesRead = 0;
  private interimHeads = 0;
  /** The part of a line that came with an earlier read. */
  private partial = '';
  /** The last field, kept back until the next line shows that it is not folded. */
  private name = '';
  private value = '';

  private constructor(awaitsStatus: boolean) {
    this.awaitsStatus = awaitsStatus;
  }

  static ofResponse(): HeadReader {
    return new HeadReader(true);
  }

  /** Trailers are fields without a status line, under the same limit (RFC 9112, 7.1.2). */
  static ofTrailers(): HeadReader {
    return new HeadReader(false);
  }

  /** The final head; valid once `complete`. */
  head(): ResponseHead {
    return {
      statusCode: this.statusCode,
      statusText: this.statusText,
      httpVersion: this.httpVersion,
      headers: this.headers,
    };
  }

  /** Whether nothing has arrived yet, not even an interim response. */
  get untouched(): boolean {
    return this.bytesRead === 0;
  }

  /** Reads `bytes[start, end)` up to the end of the head; returns where the body begins, or `end`. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.complete && this.refusal === undefined) {
      let stop = at;
      while (stop < end && bytes[stop] !== LINE_FEED) stop++;
      const text = latin1(bytes, at, stop);
      const next = stop < end ? stop + 1 : stop;
      this.bytesRead += next - at;
      at = next;
      this.refusal = this.take(text, stop < end);
    }
    return at;
  }

  private take(text: string, lineEnds: boolean): HeadFault | undefined {
    // Said at the first wrong byte: a TLS port answers a plain request with a few bytes and no line at all.
    if (this.awaitsStatus && this.partial.length < VERSION_PREFIX.length && !beginsLikeHttp(this.partial + text)) {
      return protocol('the response does not begin with "HTTP/"');
    }
    if (this.bytesRead > MAX_HEAD_BYTES) {
      return { cause: 'headers-too-large', detail: `more than ${MAX_HEAD_BYTES} bytes of response headers` };
    }
    this.partial += text;
    if (!lineEnds) return undefined;
    // RFC 9112, 2.2: "a recipient MAY recognize a single LF as a line terminator and ignore any preceding CR".
    const line = this.partial.endsWith('\r') ? this.partial.slice(0, -1) : this.partial;
    this.partial = '';
    if (this.awaitsStatus) return this.takeStatus(line);
    if (line === '') return this.takeEmptyLine();
    if (line.startsWith(' ') || line.startsWith('\t')) return this.takeFold(line);
    return this.takeField(line);
  }

  private takeStatus(line: string): HeadFault | undefined {
    const match = STATUS_LINE.exec(line);
    // RFC 9112, 4: the SP after the code belongs to the grammar, but servers without a reason leave it out.
    if (match === null) return protocol(`bad status line ${quote(line)}`);
    this.httpVersion = match[1] === '0' ? '1.0' : '1.1';
    this.statusCode = Number(match[2]);
    this.statusText = match[3] ?? '';
    this.awaitsStatus = false;
    return undefined;
  }

  private takeField(line: string): HeadFault | undefined {
    this.commitField();
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    // RFC 9112, 5.1: "No whitespace is allowed between the field name and colon". A space is no token character.
    if (!TOKEN.test(name)) return protocol(`bad header field ${quote(line)}`);
    const value = trimOws(line.slice(colon + 1));
    // RFC 9110, 5.5: CR and NUL are dangerous and refused; other control characters MAY be kept: we do not.
    if (!FIELD_VALUE.test(value)) return protocol(`control character in header field ${quote(name)}`);
    this.name = name.toLowerCase();
    this.value = value;
    return undefined;
  }

  private takeFold(line: string): HeadFault | undefined {
    // RFC 9112, 2.2: white space between the start-line and the first field is refused or skipped: we refuse.
    if (this.name === '') return protocol('white space before the first header field');
    if (!FIELD_VALUE.test(line)) return protocol(`control character in header field ${quote(this.name)}`);
    // RFC 9112, 5.2: a user agent "MUST replace each received obs-fold with one or more SP octets".
    this.value = trimOws(`${this.value} ${trimOws(line)}`);
    return undefined;
  }

  private takeEmptyLine(): HeadFault | undefined {
    this.commitField();
    if (this.statusCode === 101) return protocol('the server switched protocols (101) without being asked');
    if (this.statusCode < 100 || this.statusCode > 199) {
      this.complete = true;
      return undefined;
    }
    // RFC 9110, 15.2: interim responses end with their head and may be ignored.
    this.interimHeads++;
    if (this.interimHeads > MAX_INTERIM) return protocol(`more than ${MAX_INTERIM} interim responses`);
    this.awaitsStatus = true;
    this.headers.clear();
    return undefined;
  }

  private commitField(): void {
    if (this.name === '') return;
    const before = this.headers.get(this.name);
    this.headers.set(this.name, before === undefined ? this.value : `${before}, ${this.value}`);
    this.name = '';
  }
}

function beginsLikeHttp(text: string): boolean {
  return text.length < VERSION_PREFIX.length ? VERSION_PREFIX.startsWith(text) : text.startsWith(VERSION_PREFIX);
}

/** RFC 9110, 5.6.3. By hand: a regular expression for it is quadratic in hostile spaces. */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  // RFC 9110, 5.5: octets above ASCII are opaque; latin1 keeps each of them as one character.
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

export function protocol(detail: string): HeadFault {
  return { cause: 'http-protocol', detail };
}
