/**
 * `writeHead()` alone puts nothing on the wire: the head leaves with the first event, and until then the
 * client cannot tell a quiet stream from a dead server (honojs/node-server#244, fastify-sse-v2#97, huma#1037;
 * Cloudflare does the same in between: cloudflared#1496).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, StreamTap, TappedStreams } from './stream-tap.ts';

/** Most bytes that are held back; when more wait, they are sent without an event. */
const MAX_HELD_BYTES = 64 * 1024;

class LateHeaders extends StreamTap {
  #held: Buffer[] | null = [];
  #heldBytes = 0;

  override get heldBytes(): number {
    return this.#heldBytes;
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (this.#held === null) return this.pass(bytes);
    // Nothing to prove yet, and nothing that the head should leave with.
    if (kind === 'heartbeat') return true;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return kind === 'event' || this.#heldBytes >= MAX_HELD_BYTES ? this.#release() : true;
  }

  override onEnd(): void {
    this.#release();
  }

  #release(): boolean {
    let accepts = true;
    this.socket.cork();
    for (const bytes of this.#held ?? []) accepts = this.pass(bytes);
    this.socket.uncork();
    this.#held = null;
    this.#heldBytes = 0;
    return accepts;
  }
}

export const lateHeaders: WrappingFault = {
  summary: 'the response headers are not sent before the first event',
  wrap: (inner) => new TappedStreams(inner, (point) => new LateHeaders(point)),
};
