/**
 * Was this machine's wall clock set while the run went on?
 *
 * A one-way latency is the difference of a server's wall clock and ours. When one of the two is set (NTP after
 * a long gap, somebody's `date -s`, a machine that slept), the difference says nothing from then on: no sample
 * is better than a wrong one. The monotonic clock is not set, so the wall clock has to move along with it; slow
 * corrections of NTP move both.
 *
 * The two clocks cannot be read at one instant, so each look is between two readings of the monotonic one, and
 * counts only when these lie close together.
 */
export interface ClockStep {
  /** When it was first seen, in the time of the monotonic clock. */
  nowMs: number;
  /** How far the wall clock was off at most: ahead of where it should be, or (negative) behind. */
  byMs: number;
}

/** Above all jitter of reading two clocks, and below any latency that anybody would not believe. */
export const CLOCK_STEP_MS = 100;
/** The two readings around a look lie so close, or it is not one. */
const CLOSE_MS = 10;
const ATTEMPTS = 5;

export class ClockWatch {
  /** The first step; it stays, since what came before cannot be told from what came after. */
  step: ClockStep | null = null;
  private readonly nowMs: () => number;
  private readonly dateMs: () => number;
  private offsetMs = Number.NaN;
  private offMs = 0;

  /**
   * @param nowMs monotonic
   * @param dateMs the wall clock as it is set, Unix milliseconds
   */
  constructor(nowMs: () => number, dateMs: () => number = Date.now) {
    this.nowMs = nowMs;
    this.dateMs = dateMs;
    for (let attempt = 0; attempt < ATTEMPTS && Number.isNaN(this.offsetMs); attempt++) this.look();
  }

  /** How far the wall clock has moved, beyond the time that passed, since the look before; mostly noise. */
  look(): number {
    const beforeMs = this.nowMs();
    const wallMs = this.dateMs();
    const afterMs = this.nowMs();
    if (afterMs - beforeMs > CLOSE_MS) return 0;
    if (Number.isNaN(this.offsetMs)) this.offsetMs = wallMs - beforeMs;
    const offMs = wallMs - beforeMs - this.offsetMs;
    const movedMs = offMs - this.offMs;
    this.offMs = offMs;
    if (Math.abs(offMs) > CLOCK_STEP_MS) {
      if (this.step === null) this.step = { nowMs: beforeMs, byMs: offMs };
      else if (Math.abs(offMs) > Math.abs(this.step.byMs)) this.step.byMs = offMs;
    }
    return movedMs;
  }
}
