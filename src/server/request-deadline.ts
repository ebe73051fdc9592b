/**
 * Cuts off HTTP/1.1 clients of an HTTP/2 server that take too long over their request.
 *
 * node:http does that with `headersTimeout`; node:http2 knows the option, but in Node 20 nothing checks it
 * for the HTTP/1.1 connections that `allowHTTP1` lets in. So each has a timer of its own while it owes us a
 * request, and none while it has a stream.
 */
import type { ServerResponse } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

export function limitRequestTime(server: Http2SecureServer, timeoutMs: number): void {
  const timers = new Map<Socket, NodeJS.Timeout>();
  const disarm = (socket: Socket): void => {
    clearTimeout(timers.get(socket));
    timers.delete(socket);
  };
  const arm = (socket: Socket): void => {
    disarm(socket);
    if (!socket.destroyed)
      timers.set(
        socket,
        setTimeout(() => socket.destroy(), timeoutMs),
      );
  };
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') return;
    arm(socket);
    socket.once('close', () => disarm(socket));
  });
  server.on('request', (req, res) => {
    if (req.httpVersionMajor !== 1) return;
    const { socket } = req as { socket: Socket };
    disarm(socket);
    (res as unknown as ServerResponse).once('close', () => arm(socket));
  });
}
