/**
 * One stream over HTTP/1.1 by undici: a `Client` of its own, over a connection that is made here.
 *
 * No answer of a server may end the process, so everything that undici fails with or emits is heard here and told as the
 * end of the stream; only what our own receivers throw goes past it.
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import type { Cause } from '../core/causes.ts';
import { Dial, type Address, type DialWaiter, type Route } from './dial.ts';
import { EngineStream } from './engine-stream.ts';
import { MAX_HEAD_BYTES } from './head.ts';
import { authorityOf } from './proxy.ts';
import { requestFields, type RequestFields } from './request-fields.ts';
import { resetConnection, wasReset } from './reset.ts';
import { socketTrouble, type SocketTrouble } from './socket-error.ts';
import type { StreamReceiver, StreamRequest } from './transport.ts';
import { undiciTrouble } from './undici-error.ts';

export class UndiciStream extends EngineStream implements DialWaiter, Dispatcher.DispatchHandler {
  private readonly ClientClass: typeof Client;
  private readonly route: Route;
  private readonly address: Address;
  private readonly fields: RequestFields;
  private readonly dial: Dial;
  private socket: Socket | undefined;
  /** What the socket said before undici had its own words for it: an alert of TLS, or an RST taken for FIN. */
  private trouble: SocketTrouble | undefined;
  private controller: Dispatcher.DispatchController | undefined;

  constructor(ClientClass: typeof Client, route: Route, request: StreamRequest, receiver: StreamReceiver) {
    super(receiver);
    const { host, port, localAddress } = request;
    this.ClientClass = ClientClass;
    this.route = route;
    this.address = { host, port, localAddress };
    this.fields = requestFields(request.bytes);
    this.dial = new Dial(this.address, route, this);
  }

  get localPort(): number {
    return this.socket?.localPort ?? 0;
  }

  get localAddress(): string {
    return this.socket?.localAddress ?? '';
  }

  dialed(socket: Socket): void {
    this.socket = socket;
    socket
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error.code?.startsWith('ERR_SSL_') === true) this.trouble ??= socketTrouble(error, true);
        if (error.code !== 'ECONNRESET') return;
        this.trouble ??= socketTrouble(error, true);
        // By this code undici takes RST for the end of a body that lasts until the close: see unpauseParser, which
        // would come too late for it.
        error.code = 'ERR_CONNECTION_RESET';
      })
      .once('end', () => {
        if (wasReset(socket)) this.trouble ??= { cause: 'reset', detail: 'the connection was reset' };
        this.unpauseParser();
      });
    const { method, path, authority, headers, body } = this.fields;
    const origin = `${this.route.tls === undefined ? 'http' : 'https'}://${authorityOf(this.address)}`;
    const { proxy } = this.route;
    const viaProxy = proxy !== undefined && !proxy.tunnels;
    const client = new this.ClientClass(origin, {
      // In a turn of its own: undici is not ready for the answer within the question. A second question would be
      // for a second connection, which is never to be.
      connect: (_options, callback) =>
        queueMicrotask(() => {
          if (socket.destroyed)
            callback(Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET', syscall: 'read' }), null);
          else callback(null, socket);
        }),
      bodyTimeout: 0,
      headersTimeout: 0,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
    // What undici says when failing the request failed, which its types leave out: unheard, it ends the process.
    const emitter: EventEmitter = client;
    emitter.on('error', (error: NodeJS.ErrnoException) => this.onResponseError(undefined, error));
    const fields = headers.flatMap(([name, value]) => [name, value]);
    if (viaProxy && proxy.authorization !== undefined) fields.push('Proxy-Authorization', proxy.authorization);
    client.dispatch(
      {
        method,
        // RFC 9112, 3.2.2: "a client MUST send the target URI in absolute-form" to a proxy.
        path: viaProxy ? `http://${authority}${path}` : path,
        headers: ['Host', authority, ...fields],
        body: body.length === 0 ? null : body,
      },
      this,
    );
  }

  dialFailed(cause: Cause, detail: string): void {
    this.sourceEnded(cause, detail);
  }

  /** undici calls this when it is about to write the request. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.heard(() => this.connected());
  }

  onResponseStart(
    { rawHeaders }: Dispatcher.DispatchController,
    statusCode: number,
    _headers: unknown,
    statusText = '',
  ): void {
    const fault = faultOfStatus(statusCode);
    if (fault !== undefined) {
      this.trouble ??= { cause: 'http-protocol', detail: fault };
      this.socket?.destroy();
    }
    // undici tells of interim responses too (RFC 9110, 15.2).
    if (statusCode < 200) return;
    const headers = joined(rawHeaders as Buffer[]);
    this.heard(() => this.head({ statusCode, statusText, httpVersion: '1.1', headers }));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.heard(() => this.chunkArrived(chunk));
  }

  onResponseEnd(): void {
    this.socket?.destroy();
    const { cause, detail } = this.trouble ?? { cause: 'eof-clean' as const, detail: 'the response is complete' };
    this.heard(() => this.engineEnded(cause, detail));
  }

  onResponseError(_controller: unknown, error: NodeJS.ErrnoException): void {
    if (this.over) return;
    this.socket?.destroy();
    const { cause, detail } = this.trouble ?? undiciTrouble(error);
    this.heard(() => this.engineEnded(cause, detail));
  }

  /** An error that a receiver throws is a bug, and no answer of the server: past undici, which would fail the request. */
  private heard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }

  protected pauseEngine(): void {
    this.controller?.pause();
  }

  protected resumeEngine(): void {
    this.controller?.resume();
  }

  /**
   * Before undici hears that a socket ends or closes: where a body lasts until then, it asserts that its parser is not
   * paused, which kills the process (7.30, client-h1.js, `Parser.finish`). Behind `end` there is nothing more to read,
   * and a stream that is left reads no more.
   */
  private unpauseParser(): void {
    this.controller?.resume();
  }

  protected leaveSource(how: 'fin' | 'rst'): void {
    const { socket } = this;
    this.unpauseParser();
    if (socket === undefined) this.dial.hangUp(how);
    else if (how === 'rst') resetConnection(socket);
    // FIN behind what the peer does not read would wait for ever: see http1.ts.
    else if (socket.writableLength > 0) socket.destroy();
    else socket.destroySoon();
  }
}

/** What an answer cannot begin with, in the words of the lean transport (`head.ts`). */
function faultOfStatus(statusCode: number): string | undefined {
  if (statusCode === 101) return 'the server switched protocols (101) without being asked';
  return statusCode < 100 ? `bad status ${String(statusCode).padStart(3, '0')}` : undefined;
}

/** undici keeps names and values as the bytes they were, in turn. */
function joined(rawHeaders: readonly Buffer[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as Buffer).toString('latin1').toLowerCase();
    const value = (rawHeaders[at + 1] as Buffer).toString('latin1');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
