/** RST instead of FIN, sent and received, for every kind of connection. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What Node keeps of the connection below a TLS socket; not documented. */
interface TlsHandle {
  _parent?: { close: unknown; reset?: unknown };
}

/**
 * Resets a connection that stands, and destroys its socket.
 *
 * Node's `resetAndDestroy()` refuses TLS sockets, and resetting the TCP socket below one has crashed the process
 * (Node 20, in the turn of `secureConnect`). So the TLS socket is destroyed in the usual way, and closing the
 * handle below it (`_parent`, in Node 20 and in its main branch) is made to mean resetting it. Where a Node has
 * it no more, the peer reads FIN.
 */
export function resetConnection(socket: Socket): void {
  if (!(socket instanceof TLSSocket)) {
    socket.resetAndDestroy();
    return;
  }
  const below = (socket as unknown as { _handle: TlsHandle | null })._handle?._parent;
  if (typeof below?.reset === 'function') below.close = below.reset;
  socket.destroy();
}

/**
 * At `end`: whether it was RST that libuv took for FIN (getpeername(2): ENOTCONN). Only of a socket that nobody
 * has asked for its remote address before, since Node remembers the answer.
 */
export function wasReset(socket: Socket): boolean {
  return socket.remoteAddress === undefined;
}
