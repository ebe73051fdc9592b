/**
 * What `write()` says is thrown away: everything for a client that does not read is queued in the process,
 * without a bound, and nobody is ever evicted. All else is as it should be, and that is how it gets into
 * production (openclaw#127368: 8,163 times false, all ignored; OpenCTI#13908; sse-starlette#89: a client
 * stopped with ^Z).
 */
import { SseHub } from '../../hub/hub.ts';
import type { HubOptions } from '../../hub/hub-options.ts';
import type { ReplacingFault } from './fault.ts';
import { type BlockKind, StreamTap, type TapPoint, TappedStreams } from './stream-tap.ts';

/** The longest that a timer can hold. */
const NEVER_MS = 2 ** 31 - 1;

class UnboundedQueue extends StreamTap {
  readonly #promisedMs: number;

  constructor(point: TapPoint, promisedMs: number) {
    super(point);
    this.#promisedMs = promisedMs;
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    this.pass(kind === 'greeting' ? this.#promised(bytes) : bytes);
    return true;
  }

  /** The promise is the planned one; that nobody keeps it is the defect. */
  #promised(greeting: Buffer): Buffer {
    return Buffer.from(
      greeting.toString('utf8').replace(`"evictAfterMs":${NEVER_MS}`, `"evictAfterMs":${this.#promisedMs}`),
      'utf8',
    );
  }
}

export const unboundedQueue: ReplacingFault = {
  summary: 'the result of write() is ignored: the queue of a client has no limit, and no client is evicted',
  create: (options: HubOptions) => {
    const hub = new SseHub({ ...options, evictAfterMs: NEVER_MS });
    return new TappedStreams(hub, (point) => new UnboundedQueue(point, options.evictAfterMs));
  },
};
