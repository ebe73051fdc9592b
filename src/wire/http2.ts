/**
 * HTTP/2: many streams over each connection, and as many connections as that takes.
 *
 * On Node's own client and not on undici's, which cuts every stream of a connection when the server sends
 * GOAWAY (tried with 7.30; nodejs/undici#5089), though RFC 9113, 6.8 has them live on: each reload of a proxy
 * would be counted as a server that drops its clients.
 *
 * Only by ALPN. Does not report ports: a row in the kernel's tables belongs to many streams here.
 */
import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import type { Cause } from '../core/causes.ts';
import { UsageError } from '../core/errors.ts';
import type { Address, Route } from './dial.ts';
import { EngineStream } from './engine-stream.ts';
import { MAX_HEAD_BYTES, MAX_INTERIM } from './head.ts';
import { Http2Session, type SessionOwner, type SessionStream } from './http2-session.ts';
import { http2Trouble, resetTrouble } from './http2-trouble.ts';
import { requestFields, type RequestFields } from './request-fields.ts';
import type { SocketTrouble } from './socket-error.ts';
import type { ResponseHead, StreamConnection, StreamReceiver, StreamRequest, Transport } from './transport.ts';

/** RFC 9113, 6.5.2: "It is recommended that this value be no smaller than 100"; most servers allow 100 to 250. */
const DEFAULT_STREAMS_PER_CONNECTION = 100;
const MAX_STREAMS_PER_CONNECTION = 10_000;

export class Http2Transport implements Transport {
  private readonly route: Route;
  private readonly streamsPerConnection: number;
  private readonly pools: Map<string, SessionPool> = new Map();

  /** @throws {UsageError} for `streamsPerConnection` out of range. */
  constructor(route: Route, streamsPerConnection: number = DEFAULT_STREAMS_PER_CONNECTION) {
    if (
      !Number.isInteger(streamsPerConnection) ||
      streamsPerConnection < 1 ||
      streamsPerConnection > MAX_STREAMS_PER_CONNECTION
    ) {
      throw new UsageError(
        `streamsPerConnection is ${streamsPerConnection}; it must be a whole number from 1 to ${MAX_STREAMS_PER_CONNECTION}`,
      );
    }
    this.route = route;
    this.streamsPerConnection = streamsPerConnection;
  }

  /** @throws {UsageError} for a header that belongs to the connection. */
  open(request: StreamRequest, receiver: StreamReceiver): StreamConnection {
    const stream = new Http2Stream(requestFields(request.bytes), receiver);
    const { host, port, localAddress } = request;
    const key = `${host} ${port} ${localAddress ?? ''}`;
    let pool = this.pools.get(key);
    if (pool === undefined) {
      pool = new SessionPool({ host, port, localAddress }, this.route, this.streamsPerConnection);
      this.pools.set(key, pool);
    }
    pool.place(stream);
    return stream;
  }
}

/** The connections from one source address to one target. */
class SessionPool implements SessionOwner {
  streamLimit: number;
  private readonly address: Address;
  private readonly route: Route;
  /** Sessions that take another stream. */
  private readonly withRoom: Set<Http2Session> = new Set();

  constructor(address: Address, route: Route, streamLimit: number) {
    this.address = address;
    this.route = route;
    this.streamLimit = streamLimit;
  }

  place(stream: SessionStream): void {
    let [session] = this.withRoom;
    if (session === undefined) {
      session = new Http2Session(this.address, this.route, this);
      this.withRoom.add(session);
    }
    session.add(stream);
  }

  roomChanged(session: Http2Session): void {
    if (session.hasRoom) this.withRoom.add(session);
    else this.withRoom.delete(session);
  }
}

class Http2Stream extends EngineStream implements SessionStream {
  readonly localPort = 0;
  readonly localAddress = '';
  readonly fields: RequestFields;
  /** The session that carries the stream; while it is set, the stream counts among that session's. */
  session: Http2Session | undefined;
  private engine: ClientHttp2Stream | undefined;
  private interimHeads = 0;
  private sawEnd = false;
  /** The error that Node reported before `close`; the end is reported at `close`. */
  private error: NodeJS.ErrnoException | undefined;

  constructor(fields: RequestFields, receiver: StreamReceiver) {
    super(receiver);
    this.fields = fields;
  }

  /** The session has sent the request as the HTTP/2 stream `engine`. */
  begin(engine: ClientHttp2Stream): void {
    this.engine = engine;
    engine.on('response', (fields) => this.headArrived(fields));
    // RFC 9110, 15.2: interim responses end with their head and may be ignored.
    engine.on('headers', () => this.interimHeadArrived());
    engine.on('data', (chunk: Buffer) => this.chunkArrived(chunk));
    engine.on('end', () => {
      this.sawEnd = true;
    });
    engine.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error;
    });
    engine.on('close', () => this.handleClose(engine.rstCode));
    if (this.fields.body.length > 0) engine.end(this.fields.body);
    this.connected();
  }

  /** Ends the stream: its connection was not made, or took no streams. */
  fail(cause: Cause, detail: string): void {
    this.session = undefined;
    this.sourceEnded(cause, detail);
  }

  protected pauseEngine(): void {
    this.engine?.pause();
  }

  protected resumeEngine(): void {
    this.engine?.resume();
  }

  /**
   * RST_STREAM in both cases: the request was ended long ago, and a client has no other way to leave a response
   * (RFC 9113, 8.1 and 5.4.2); fetch does the same. CANCEL: "the stream is no longer needed".
   */
  protected leaveSource(): void {
    const { engine, session } = this;
    this.session = undefined;
    if (engine !== undefined) {
      // Bytes that wait in it would keep the stream, and with it the session, for ever.
      engine.resume();
      engine.close(constants.NGHTTP2_CANCEL);
    }
    session?.remove(this);
  }

  private headArrived(fields: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    const head = headOf(fields);
    if (sizeOf(head) <= MAX_HEAD_BYTES) {
      this.head(head);
      return;
    }
    this.giveUp('headers-too-large', `more than ${MAX_HEAD_BYTES} bytes of response headers`);
  }

  private interimHeadArrived(): void {
    this.interimHeads += 1;
    if (this.interimHeads > MAX_INTERIM) this.giveUp('http-protocol', `more than ${MAX_INTERIM} interim responses`);
  }

  private giveUp(cause: Cause, detail: string): void {
    if (this.over) return;
    this.leaveSource();
    this.sourceEnded(cause, detail);
  }

  private handleClose(code: number): void {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    const { cause, detail } = this.trouble(session, code);
    session.remove(this);
    this.engineEnded(cause, detail);
  }

  private trouble(session: Http2Session, code: number): SocketTrouble {
    if (this.sawEnd && code === constants.NGHTTP2_NO_ERROR)
      return { cause: 'eof-clean', detail: 'the response is complete' };
    if (this.error !== undefined && this.error.code !== 'ERR_HTTP2_STREAM_ERROR') return http2Trouble(this.error);
    // Node closes the streams of a connection that ended as if each had been cancelled.
    if (session.isLost)
      return { cause: 'eof-truncated', detail: 'the connection closed before the response was complete' };
    return resetTrouble(code);
  }
}

function headOf(fields: IncomingHttpHeaders & IncomingHttpStatusHeader): ResponseHead {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(':') || value === undefined) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : String(value));
  }
  // RFC 9113, 8.3.2: "HTTP/2 does not define a way to carry the version or reason phrase".
  return { statusCode: fields[':status'] ?? 0, statusText: '', httpVersion: '2', headers };
}

/** RFC 9113, 6.5.2: names and values, and 32 bytes for each field. */
function sizeOf({ headers }: ResponseHead): number {
  let bytes = 0;
  for (const [name, value] of headers) bytes += name.length + value.length + 32;
  return bytes;
}
