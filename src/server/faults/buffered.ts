/**
 * A proxy in front collects what it gets and passes it on together, as nginx does with `proxy_buffering on`
 * (dpskvn/express-sse#23, django-eventstream#37, vmware-archive/atc#139 and many more). The head comes at
 * once; then nothing, then everything.
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, StreamTap, TappedStreams } from './stream-tap.ts';

const HOLD_MS = 4000;
/** nginx holds eight buffers of a page or two. */
const MAX_HELD_BYTES = 64 * 1024;

class Buffered extends StreamTap {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  override get heldBytes(): number {
    return this.#heldBytes;
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind === 'head') return this.pass(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    // Where the client takes nothing, the hub must see that.
    if (this.#heldBytes >= MAX_HELD_BYTES || this.socket.writableNeedDrain) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), HOLD_MS);
    return true;
  }

  override onEnd(): void {
    this.#flush();
  }

  override onClose(): void {
    clearTimeout(this.#timer);
  }

  #flush(): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let accepts = true;
    this.socket.cork();
    for (const bytes of this.#held) accepts = this.pass(bytes);
    this.socket.uncork();
    this.#held = [];
    this.#heldBytes = 0;
    return accepts;
  }
}

export const buffered: WrappingFault = {
  summary: 'everything after the response headers is buffered and flushed every 4 s',
  wrap: (inner) => new TappedStreams(inner, (point) => new Buffered(point)),
};
