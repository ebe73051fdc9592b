/**
 * HTTP/1.1 over TCP or TLS for tens of thousands of streams in one process.
 *
 * `onread` reads every socket into one buffer that all of them share, so a silent stream costs a socket, a
 * connection object and a reader: 4 KB instead of the 13 KB of `node:http` (measured at 18,000 streams; over
 * TLS 42 KB, nearly all OpenSSL's). Everything that could be a closure for each stream is a function of the
 * module that finds its stream through `this`.
 *
 * Keeps no deadline (the caller's), does not reuse connections, and follows no redirect.
 */
import { connect, type OnReadOpts, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Cause } from '../core/causes.ts';
import { UsageError } from '../core/errors.ts';
import { resetConnection, wasReset } from './reset.ts';
import { ResponseReader, type ResponseSink } from './response.ts';
import { socketTrouble } from './socket-error.ts';
import { WireStream } from './stream.ts';
import { TlsClient, type TlsOptions } from './tls.ts';
import type { StreamConnection, StreamReceiver, StreamRequest, Transport } from './transport.ts';

/** The one buffer that every socket of the process reads into: the most that one read can deliver. */
export const READ_BUFFER_BYTES = 64 * 1024;

interface StreamSocket extends Socket {
  stream: Http1Connection;
}

const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
const readAll: OnReadOpts = { buffer: readBuffer, callback: onRead };
/** What a connection holds once its request is sent, so that the request can go; also sent to ask for an error. */
const NOTHING = new Uint8Array(0);

export interface Http1Options {
  /** How to do TLS; absent for plain TCP. */
  tls?: TlsOptions;
}

export class Http1Transport implements Transport {
  private readonly tls: TlsClient | undefined;

  /** @throws {UsageError} for a CA file that holds no certificate. */
  constructor(options: Http1Options = {}) {
    this.tls = options.tls === undefined ? undefined : new TlsClient(options.tls, 'http/1.1');
  }

  /** @throws {UsageError} for `maxReadBytes` out of range. @throws for a port or source address that is none. */
  open(request: StreamRequest, receiver: StreamReceiver): StreamConnection {
    return new Http1Connection(request, receiver, this.tls);
  }
}

class Http1Connection extends WireStream implements ResponseSink {
  private readonly socket: StreamSocket;
  private readonly reader: ResponseReader;
  private requestBytes: Uint8Array;
  private paused = false;
  /** Whether the stream was left; later events of the socket are ignored. */
  private left = false;

  constructor(request: StreamRequest, receiver: StreamReceiver, tls: TlsClient | undefined) {
    super(receiver);
    this.requestBytes = request.bytes;
    this.reader = new ResponseReader(this);
    const onread = request.maxReadBytes === undefined ? readAll : readAtMost(request.maxReadBytes);
    const { host, port, localAddress } = request;
    // An IP address is connected to directly; only a name goes through getaddrinfo and Node's happy eyeballs
    // with their timer and objects, so a caller with many streams resolves the name once.
    // Node hands a TLS record on in pieces of the buffer's size without minding a pause between them: a small
    // buffer would not make a slow reader there, but one that is called often.
    this.socket = (
      tls === undefined
        ? connect({ host, port, localAddress, noDelay: true, onread })
        : tls.connect({ host, port, localAddress, onread: readAll })
    ) as StreamSocket;
    this.socket.stream = this;
    this.socket
      .on(tls === undefined ? 'connect' : 'secureConnect', onConnect)
      .on('end', onEnd)
      .on('error', onError);
  }

  // Node asks the kernel once and keeps an object for the answer: callers ask for the few streams they watch.
  get localPort(): number {
    return this.socket.connecting ? 0 : (this.socket.localPort ?? 0);
  }

  get localAddress(): string {
    return this.socket.connecting ? '' : (this.socket.localAddress ?? '');
  }

  resumeSource(): void {
    if (!this.paused) return;
    this.paused = false;
    this.socket.resume();
  }

  /**
   * FIN, then the socket is let go. Plain `destroy()` would do while nothing lies unread in the kernel; with
   * unread bytes (a paused stream) Linux answers a close with RST alone, so FIN is sent first by shutdown(2)
   * and the peer reads its end of stream. RST follows when bytes lie unread, or when the peer sends more.
   *
   * RST goes at once. Node's own would wait for a connection that is still being made, possibly for minutes.
   */
  protected leaveSource(how: 'fin' | 'rst'): void {
    const { socket } = this;
    const stands = this.connectionStands();
    this.forget();
    if (how === 'rst') {
      if (socket.connecting) socket.destroy();
      else resetConnection(socket);
      // Before the connection stands there is nobody to send FIN to. With a request that the kernel has not
      // taken yet, FIN would wait for a peer that reads nothing: the descriptor goes first.
    } else if (!stands || socket.writableLength > 0) socket.destroy();
    else socket.destroySoon();
  }

  /** The socket's listeners below call this once it is connected. */
  handleConnect(): void {
    this.socket.write(this.requestBytes);
    this.requestBytes = NOTHING;
    this.connected();
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
   *
   * TLS swallows the answer to that question, but the kernel has no peer to name any more after an RST.
   *
   * Over TLS a body that lasts until the close would be complete only with a closure alert (RFC 9112, 9.8);
   * Node says `end` of an alert and of a bare FIN alike, so it is taken as complete here.
   */
  handleEnd(): void {
    // A TLS handshake that ends in FIN is an error, which follows.
    if (this.left || this.socket.destroyed) return;
    // Behind a request that the peer does not read the question would wait for ever.
    if (this.socket.writableLength > 0) this.reader.finish();
    else if (this.socket instanceof TLSSocket) {
      if (wasReset(this.socket)) this.finish('reset', 'the connection was reset');
      else this.reader.finish();
    } else
      this.socket.write(NOTHING, (error?: NodeJS.ErrnoException | null) => {
        // EPIPE is an RST behind a FIN: all that the peer had to say had been said.
        if (error?.code === 'ECONNRESET') this.handleError(error);
        else this.reader.finish();
      });
  }

  handleError(error: NodeJS.ErrnoException): void {
    if (this.left) return;
    const { cause, detail } = socketTrouble(error, this.connectionStands());
    this.finish(cause, detail);
  }

  /** The response reader calls this, as it does `head` and `body`. */
  done(): void {
    this.finish('eof-clean', 'the response is complete');
  }

  fail(cause: Cause, detail: string): void {
    this.finish(cause, detail);
  }

  private connectionStands(): boolean {
    return this.requestBytes === NOTHING;
  }

  private finish(cause: Cause, detail: string): void {
    this.forget();
    // Whatever comes behind the end of the response is of no interest: the descriptor goes now.
    this.socket.destroy();
    this.sourceEnded(cause, detail);
  }

  private forget(): void {
    this.left = true;
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
  this.stream.handleConnect();
}

function onEnd(this: StreamSocket): void {
  this.stream.handleEnd();
}

function onError(this: StreamSocket, error: NodeJS.ErrnoException): void {
  this.stream.handleError(error);
}
