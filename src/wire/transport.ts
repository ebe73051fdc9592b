/**
 * What a simulated client needs from a transport: open a stream, get its head and body bytes, leave it
 * politely or not. `http1.ts` is the lean one; `undici.ts` brings HTTP/2 and proxies behind the same interface.
 *
 * Built for tens of thousands of streams in one process: a receiver is an object with methods on its
 * prototype (no closure for each stream), body bytes are a range of a buffer that all streams share and are
 * valid only during the call, and a transport keeps no timer: deadlines belong to the caller.
 */
import type { Cause } from '../core/causes.ts';

export interface ResponseHead {
  statusCode: number;
  /** As the server wrote it: hostile text, to be escaped wherever it is shown. */
  statusText: string;
  httpVersion: '1.0' | '1.1' | '2';
  /** Names in lower case; repeated fields joined with ", " (RFC 9110, 5.3). */
  headers: ReadonlyMap<string, string>;
}

/**
 * The caller's side of one stream. No method is called before `open()` has returned, after `close()` or
 * `reset()` (also from within another method), or after `onEnd`.
 */
export interface StreamReceiver {
  /** The connection (TCP, TLS) stands and the request is on its way. */
  onConnect(): void;
  onHead(head: ResponseHead): void;
  /**
   * So many bytes of the body came in a content coding that is decoded here; what they say follows as `onBody`, once the
   * server has flushed its compressor. `endsFlushed`: they end as a flush does, so that nothing more follows from them.
   */
  onCoded?(bytes: number, endsFlushed: boolean): void;
  /**
   * `bytes[start, end)` of the body, decoded from its transfer coding and its content coding. The range belongs
   * to the transport and is overwritten after the call. Returning `false` stops reading until `resume()`; what the same
   * read still holds is delivered before that. While reading is stopped neither FIN nor RST of the peer is heard of.
   */
  onBody(bytes: Uint8Array, start: number, end: number): boolean;
  /**
   * The stream is over or never came to be; called once, last, with its descriptor already released. `detail`
   * is for people, and may quote what the server sent.
   */
  onEnd(cause: Cause, detail: string): void;
}

export interface StreamRequest {
  /** IP address (IPv6 without brackets) or name. A name is looked up for each stream: for many, resolve it once. */
  host: string;
  port: number;
  /** The request as it goes over the wire, head and body: see `encodeRequest`. */
  bytes: Uint8Array;
  /** Bind to this source address: more than 28,000 clients need several. */
  localAddress?: string;
  /**
   * Read at most this many bytes at a time; for clients that read slowly. Default: the shared buffer. Over TCP
   * only: over TLS and HTTP/2 the least that can be read is what the server sealed together, up to 16 KiB.
   */
  maxReadBytes?: number;
}

export interface StreamConnection {
  /** Source port while connected, else 0: finds this connection's row in the kernel's tables. HTTP/2: always 0. */
  readonly localPort: number;
  /** Source address while connected, else the empty string. HTTP/2: always empty, since streams share connections. */
  readonly localAddress: string;
  /** Go on after `onBody` returned `false`. Does nothing otherwise: not even within an `onBody` that then pauses. */
  resume(): void;
  /**
   * Leave with FIN (HTTP/2: with RST_STREAM, there is no other way), also while reading is stopped. Does nothing once
   * the stream is over.
   */
  close(): void;
  /** Leave with RST (falls back to FIN where the platform has no RST). Does nothing once the stream is over. */
  reset(): void;
}

export interface Transport {
  /** Never throws for what the network does: that arrives as `onEnd`. */
  open(request: StreamRequest, receiver: StreamReceiver): StreamConnection;
}
