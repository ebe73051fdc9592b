/**
 * Where the bytes of a stream go: straight to the socket under the response over HTTP/1.1, with TLS or
 * without, and to the response's own HTTP/2 stream where many share one socket.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** RFC 9113, 7: error codes of a stream. */
const HTTP2_REFUSED_STREAM = 0x7;
const HTTP2_CANCEL = 0x8;

/** libuv's handle: its counters are exact also while one large write is half taken. */
interface CountingHandle {
  bytesWritten?: number;
  writeQueueSize?: number;
}

/** The stream of an HTTP/2 response, null over HTTP/1.1. */
export function http2StreamOf(res: ServerResponse): ServerHttp2Stream | null {
  return (res as { stream?: ServerHttp2Stream }).stream ?? null;
}

/** The socket or HTTP/2 stream under a response; null when the client has gone. */
export function outletOf(res: ServerResponse): Duplex | null {
  const out = http2StreamOf(res) ?? res.socket;
  return out === null || out.destroyed ? null : out;
}

/** The TCP socket itself, under TLS too: Node keeps it as the TLS socket's parent. */
export function tcpSocketUnder(socket: Socket): Socket {
  return (socket as { _parent?: Socket | null })._parent ?? socket;
}

/**
 * Leaves a request unanswered: its connection ends, or over HTTP/2 its stream, which says that nothing was
 * done for it and that it may be sent again (RFC 9113, 8.7).
 */
export function hangUp(req: IncomingMessage, res: ServerResponse): void {
  const stream = http2StreamOf(res);
  if (stream === null) req.socket.destroy();
  else if (!stream.destroyed) stream.close(HTTP2_REFUSED_STREAM);
}

/**
 * Ends a stream behind these bytes, and over HTTP/1.1 its connection. The last chunk is node:http's: without it a client
 * takes a stream for broken off.
 */
export function endStream(res: ServerResponse, out: Duplex, lastBytes?: Buffer): void {
  out.cork();
  if (lastBytes !== undefined) out.write(lastBytes);
  if (http2StreamOf(res) === null) res.end(() => (out as Socket).destroySoon());
  else res.end();
  out.uncork();
}

/**
 * Resets the connection under a response, or its stream where others share the connection. Not a polite
 * close: after a FIN the kernel keeps megabytes for a peer that never reads, after RST nothing. Pipes have no
 * RST in Node; they are destroyed.
 */
export function resetStream(res: ServerResponse): void {
  const stream = http2StreamOf(res);
  if (stream !== null) {
    stream.close(HTTP2_CANCEL);
    return;
  }
  const { socket } = res;
  if (socket !== null && socket.remotePort !== undefined) tcpSocketUnder(socket).resetAndDestroy();
  else res.destroy();
}

/**
 * What the kernel has taken of all that was written. Over HTTP/2, what the peer's flow control has let
 * through, write by write: a client must take one whole event within the eviction time.
 */
export function takenBytes(res: ServerResponse, out: Duplex, writtenBytes: number): number {
  if (http2StreamOf(res) !== null) return writtenBytes - out.writableLength;
  const socket = tcpSocketUnder(out as Socket);
  const { bytesWritten, writeQueueSize } = (socket as { _handle?: CountingHandle | null })._handle ?? {};
  if (bytesWritten !== undefined && writeQueueSize !== undefined) return bytesWritten - writeQueueSize;
  // Node's own object without its counters: the coarse figure serves.
  return socket.bytesWritten - socket.writableLength;
}
