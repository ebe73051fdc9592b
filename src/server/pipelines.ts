/**
 * A bound to the requests that wait behind an unanswered one on their connection (RFC 9112, 9.3.2: pipelining).
 *
 * node:http answers them in order and keeps what it has for the later ones. A client that sends thousands and
 * reads nothing would have the memory of the process; in this file's absence fifty such clients had all of it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MAX_WAITING = 16;

export class Pipelines {
  readonly #waiting = new WeakMap<Socket, number>();

  /** Counts a request in; false when there are too many, and this one must not be answered. */
  admit(req: IncomingMessage, res: ServerResponse): boolean {
    // The first in line has its socket; over HTTP/2 all have, and the session bounds its streams.
    if (res.socket !== null) return true;
    const { socket } = req;
    const count = (this.#waiting.get(socket) ?? 0) + 1;
    if (count > MAX_WAITING) return false;
    this.#waiting.set(socket, count);
    res.once('close', () => this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1));
    return true;
  }
}
