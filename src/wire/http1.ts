/**
 * HTTP/1.1 over plain TCP for tens of thousands of streams in one process.
 *
 * `net.connect` with `onread` reads every socket into one buffer that all of them share, so a silent stream
 * costs a socket, a connection object and a reader: 4 KB instead of the 13 KB of `node:http` (measured at
 * 18,000 streams). Everything that could be a closure for each stream is a function of the module that finds
 * its stream through `this`.
 *
 * Keeps no deadline (the caller's), does not reuse connections, and follows no redirect.
 */
import { connect, type OnReadOpts, type Socket } from 'node:net';
import type { Cause } from '../core/causes.ts';
import { UsageError } from '../core/errors.ts';
import { ResponseReader, type ResponseSink } from './response.ts';
import { socketTrouble } from './socket-error.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from './transport.ts';

/** The one buffer that every socket of the process reads into: the most that one read can deliver. */
export const READ_BUFFER_BYTES = 64 * 1024;

interface StreamSocket extends Socket {
  stream: Http1Connection;
}

const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
const readAll: OnReadOpts = { buffer: readBuffer, callback: onRead };
/** What a connection holds once its request is sent, so that the request can go; also sent to ask for an error. */
const NOTHING = new Uint8Array(0);

export class Http1Transport implements Transport {
  /** @throws {UsageError} for `maxReadBytes` out of range. @throws for a port or source address that is none. */
  open(request: StreamRequest, receiver: StreamReceiver): StreamConnection {
    return new Http1Connection(request, receiver);
  }
}

class Http1Connection implements StreamConnection, ResponseSink {
  private readonly receiver: StreamReceiver;
  private readonly socket: StreamSocket;
  private readonly reader: ResponseReader;
  private requestBytes: Uint8Array;
  private paused = false;
  private over = false;

  constructor(request: StreamRequest, receiver: StreamReceiver) {
    this.receiver = receiver;
    this.requestBytes = request.bytes;
    this.reader = new ResponseReader(this);
    // An IP address is connected to directly; only a name goes through getaddrinfo and Node's happy eyeballs
    // with their timer and objects, so a caller with many streams resolves the name once.
    this.socket = connect({
      host: request.host,
      port: request.port,
      localAddress: request.localAddress,
      noDelay: true,
      onread: request.maxReadBytes === undefined ? readAll : readAtMost(request.maxReadBytes),
    }) as StreamSocket;
    this.socket.stream = this;
    this.socket.on('connect', onConnect).on('end', onEnd).on('error', onError);
  }

  // Node asks the kernel once and keeps an object for the answer: callers ask for the few streams they watch.
  get localPort(): number {
    return this.socket.connecting ? 0 : (this.socket.localPort ?? 0);
  }

  get localAddress(): string {
    return this.socket.connecting ? '' : (this.socket.localAddress ?? '');
  }

  resume(): void {
    if (!this.paused || this.over) return;
    this.paused = false;
    this.socket.resume();
  }

  /**
   * FIN, then the socket is let go. Plain `destroy()` would do while nothing lies unread in the kernel; with
   * unread bytes (a paused stream) Linux answers a close with RST alone, so FIN is sent first by shutdown(2)
   * and the peer reads its end of stream. RST follows when bytes lie unread, or when the peer sends more.
   */
  close(): void {
    if (this.over) return;
    this.leave();
    // Before the connection stands there is nobody to send FIN to. With a request that the kernel has not
    // taken yet, FIN would wait for a peer that reads nothing: the descriptor goes first.
    if (this.socket.connecting || this.socket.writableLength > 0) this.socket.destroy();
    else this.socket.destroySoon();
  }

  /** RST, at once. Node's own would wait for a connection that is still being made, possibly for minutes. */
  reset(): void {
    if (this.over) return;
    this.leave();
    if (this.socket.connecting) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  /** For the socket's listeners below. */
  connected(): void {
    this.socket.write(this.requestBytes);
    this.requestBytes = NOTHING;
    this.receiver.onConnect();
  }

  read(bytes: Uint8Array, end: number): boolean {
    const goOn = this.reader.push(bytes, 0, end);
    this.paused = !goOn;
    return goOn;
  }

  /**
   * Node says that the stream ended. libuv says so of an RST too when it finds data and RST in the same poll
   * (uv__stream_io: POLLHUP after a partial read), as it is for every client that a server resets while it
   * reads slowly. An empty write sends nothing and brings the pending error of the socket to light.
   */
  ended(): void {
    if (this.over) return;
    // Behind a request that the peer does not read the question would wait for ever.
    if (this.socket.writableLength > 0) this.reader.finish();
    else this.socket.write(NOTHING, (error?: NodeJS.ErrnoException | null) => {
      // EPIPE is an RST behind a FIN: all that the peer had to say had been said.
      if (error?.code === 'ECONNRESET') this.failed(error);
      else this.reader.finish();
    });
  }

  failed(error: NodeJS.ErrnoException): void {
    if (this.over) return;
    const { cause, detail } = socketTrouble(error, this.requestBytes === NOTHING);
    this.finish(cause, detail);
  }

  /** For the reader. */
  head(head: ResponseHead): void {
    this.receiver.onHead(head);
  }

  body(bytes: Uint8Array, start: number, end: number): boolean {
    return this.receiver.onBody(bytes, start, end);
  }

  done(): void {
    this.finish('eof-clean', 'the response is complete');
  }

  fail(cause: Cause, detail: string): void {
    this.finish(cause, detail);
  }

  private finish(cause: Cause, detail: string): void {
    this.leave();
    // Whatever comes behind the end of the response is of no interest: the descriptor goes now.
    this.socket.destroy();
    this.receiver.onEnd(cause, detail);
  }

  private leave(): void {
    this.over = true;
    this.requestBytes = NOTHING;
    this.reader.stop();
  }
}

/** A view of the shared buffer: what limits a read is its length. */
function readAtMost(maxReadBytes: number): OnReadOpts {
  if (!Number.isInteger(maxReadBytes) || maxReadBytes < 1 || maxReadBytes > READ_BUFFER_BYTES) {
    throw new UsageError(`maxReadBytes is ${maxReadBytes}; it must be a whole number from 1 to ${READ_BUFFER_BYTES}`);
  }
  return { buffer: readBuffer.subarray(0, maxReadBytes), callback: onRead };
}

// Node calls the onread callback as a method of the socket (lib/internal/stream_base_commons.js,
// `stream[kBufferCb](nread, userBuf)`, the same in 20, 22 and 24), and listeners with `this` as the emitter.
function onRead(this: unknown, bytesRead: number, bytes: Uint8Array): boolean {
  return (this as StreamSocket).stream.read(bytes, bytesRead);
}

function onConnect(this: StreamSocket): void {
  this.stream.connected();
}

function onEnd(this: StreamSocket): void {
  this.stream.ended();
}

function onError(this: StreamSocket, error: NodeJS.ErrnoException): void {
  this.stream.failed(error);
}
