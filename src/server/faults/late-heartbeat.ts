/**
 * A timer that is set again after each beat, behind whatever the event loop is busy with: every now and then
 * a beat is more than a period late, and the one that was due meanwhile is left out. Nobody hangs up yet, but a
 * proxy whose limit is twice the period does (dunglas/mercure#335: heartbeats not on their schedule).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, StreamTap, type TapPoint, TappedStreams } from './stream-tap.ts';

const LATE_ONE_IN = 4;
const LATE_PERIODS = 1.4;

class LateHeartbeat extends StreamTap {
  readonly #lateMs: number;
  #heartbeatCount = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(point: TapPoint, heartbeatMs: number) {
    super(point);
    this.#lateMs = heartbeatMs * LATE_PERIODS;
  }

  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    if (kind !== 'heartbeat') return this.pass(bytes);
    if (this.#timer !== undefined) return true;
    if (++this.#heartbeatCount % LATE_ONE_IN !== 0) return this.pass(bytes);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // As the sound hub does it: what waits already is the better sign of life.
      if (!this.socket.writableNeedDrain) this.pass(bytes);
    }, this.#lateMs);
    return true;
  }

  override onClose(): void {
    clearTimeout(this.#timer);
  }
}

export const lateHeartbeat: WrappingFault = {
  summary: 'every fourth heartbeat is 1.4 periods late',
  wrap: (inner, { heartbeatMs }) => new TappedStreams(inner, (point) => new LateHeartbeat(point, heartbeatMs)),
};
