/**
 * One HTTP/2 connection and the streams in it.
 *
 * Streams wait until the server's SETTINGS have come: nghttp2 would take any number and keep those above the
 * server's limit back in silence, and a server would be blamed for heads that nobody asked it for.
 *
 * It cannot tell of a connection that nghttp2 gave up because of the length of a frame or of fields that cannot be
 * decoded: Node then stops reading and reports nothing, not even the server's FIN (seen in Node 20.20). Its streams
 * stand silent, and the caller's deadlines end them.
 */
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
  type Settings,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Cause } from '../core/causes.ts';
import { Dial, type Address, type DialWaiter, type Route } from './dial.ts';
import { http2Trouble } from './http2-trouble.ts';
import type { RequestFields } from './request-fields.ts';
import type { SocketTrouble } from './socket-error.ts';

/** RFC 9113, 6.9.2: what each stream may send ahead of its reader; what a stalled one holds at most. */
const STREAM_WINDOW_BYTES = 65_535;

/** Above it Node resets the stream, with ENHANCE_YOUR_CALM; its own default of 128 is in reach of sound servers. */
const MAX_HEAD_FIELDS = 1024;

/** Above it the connection is given up: Node keeps every name that ORIGIN frames (RFC 8336) have told. */
const MAX_ORIGINS = 1000;

/** A stream as its session sees it. */
export interface SessionStream {
  session: Http2Session | undefined;
  readonly fields: RequestFields;
  begin(engine: ClientHttp2Stream): void;
  fail(cause: Cause, detail: string): void;
}

export interface SessionOwner {
  /** Streams that one connection may carry; lowered to what the server allows. */
  streamLimit: number;
  /** Places a stream elsewhere after this session could not take it. */
  place(stream: SessionStream): void;
  /** `hasRoom` of the session may have changed. */
  roomChanged(session: Http2Session): void;
}

export class Http2Session implements DialWaiter {
  private readonly owner: SessionOwner;
  private readonly dial: Dial;
  /** In the order in which they came: those that wait for SETTINGS, or for their turn to be sent. */
  private readonly waiting: Set<SessionStream> = new Set();
  private openStreams = 0;
  private origins = 0;
  private socket: Socket | undefined;
  private engine: ClientHttp2Session | undefined;
  private trouble: SocketTrouble | undefined;
  private ready = false;
  private sending = false;
  /** Whether the session takes no more streams. */
  private closing = false;

  constructor(address: Address, route: Route, owner: SessionOwner) {
    this.owner = owner;
    this.dial = new Dial(address, route, this);
  }

  get hasRoom(): boolean {
    return !this.closing && this.openStreams + this.waiting.size < this.owner.streamLimit;
  }

  /** How the connection ended; it overrules what its streams report. */
  get isLost(): boolean {
    return this.socket?.destroyed === true;
  }

  /** Begins the stream when the server is ready for it, and not before the caller's turn is over. */
  add(stream: SessionStream): void {
    stream.session = this;
    this.waiting.add(stream);
    this.owner.roomChanged(this);
    this.sendSoon();
  }

  /** The stream is over, or was left. A connection without streams goes. */
  remove(stream: SessionStream): void {
    if (!this.waiting.delete(stream)) this.openStreams -= 1;
    if (this.openStreams + this.waiting.size === 0) this.leave();
    else this.owner.roomChanged(this);
  }

  dialed(socket: Socket): void {
    this.socket = socket;
    // The window of the connection is not to be what stalls: those of its streams bound what is held here.
    const windowBytes = STREAM_WINDOW_BYTES * this.owner.streamLimit;
    const engine = connect('https://localhost', {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
      maxHeaderListPairs: MAX_HEAD_FIELDS,
    });
    this.engine = engine;
    engine.on('connect', () => engine.setLocalWindowSize(windowBytes));
    engine.on('remoteSettings', (settings) => this.handleSettings(settings));
    engine.on('goaway', () => this.takeNoMore());
    engine.on('origin', (origins) => this.countOrigins(origins.length));
    engine.on('error', (error) => {
      this.trouble ??= http2Trouble(error);
    });
    engine.on('close', () => this.handleClose());
    // A session does not report a connection that fails before SETTINGS have come (seen in Node 20).
    socket.on('error', (error) => {
      this.trouble ??= http2Trouble(error);
      socket.destroy();
    });
    socket.on('close', () => this.handleClose());
  }

  dialFailed(cause: Cause, detail: string): void {
    this.trouble = { cause, detail };
    this.handleClose();
  }

  private countOrigins(count: number): void {
    this.origins += count;
    if (this.origins <= MAX_ORIGINS) return;
    this.trouble ??= { cause: 'http-protocol', detail: `more than ${MAX_ORIGINS} names in ORIGIN frames` };
    this.socket?.destroy();
  }

  private handleSettings({ maxConcurrentStreams }: Settings): void {
    // RFC 9113, 6.5.2: without this setting there is no limit.
    if (maxConcurrentStreams !== undefined && maxConcurrentStreams < this.owner.streamLimit) {
      this.owner.streamLimit = Math.max(maxConcurrentStreams, 1);
    }
    this.ready = true;
    this.sendSoon();
  }

  private sendSoon(): void {
    if (!this.ready || this.sending || this.waiting.size === 0) return;
    this.sending = true;
    process.nextTick(() => this.send());
  }

  private send(): void {
    this.sending = false;
    for (const stream of this.waiting) {
      const { engine } = this;
      this.waiting.delete(stream);
      if (engine === undefined || engine.closed || this.closing || this.openStreams >= this.owner.streamLimit) {
        this.owner.roomChanged(this);
        this.owner.place(stream);
        continue;
      }
      this.openStreams += 1;
      stream.begin(engine.request(headersOf(stream.fields), { endStream: stream.fields.body.length === 0 }));
    }
    this.owner.roomChanged(this);
    if (this.openStreams + this.waiting.size === 0) this.leave();
  }

  /** GOAWAY: those that are open live on (RFC 9113, 6.8), the others go elsewhere. */
  private takeNoMore(): void {
    this.closing = true;
    this.owner.roomChanged(this);
    this.sendSoon();
  }

  private handleClose(): void {
    this.closing = true;
    this.owner.roomChanged(this);
    const { cause, detail } = this.trouble ?? {
      cause: 'eof-truncated' as const,
      detail: 'the connection ended before the response',
    };
    for (const stream of this.waiting) {
      this.waiting.delete(stream);
      stream.fail(cause, detail);
    }
  }

  private leave(): void {
    this.closing = true;
    this.owner.roomChanged(this);
    if (this.engine === undefined) this.dial.hangUp('rst');
    else this.engine.destroy();
  }
}

function headersOf({ method, path, authority, headers }: RequestFields): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {
    ':method': method,
    ':scheme': 'https',
    ':authority': authority,
    ':path': path,
  };
  for (const [written, value] of headers) {
    // RFC 9113, 8.2: "Field names MUST be converted to lowercase".
    const name = written.toLowerCase();
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}
