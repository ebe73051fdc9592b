/** One member of the data on one stream: whether it counts, and whether it tells the time, as far as was heard. */
import type { EventMember } from '../client/event-cache.ts';

/** Events that say enough. */
export const LEAST_EVENTS = 5;
/** So many of the last numbers are kept with the time at which they came. */
const KEPT = 64;
/** The same number comes to two streams within half of the time between two events, and within these. */
const LEAST_MOMENT_MS = 20;
const MOST_MOMENT_MS = 250;
/** The numbers, counted back from the last that two streams have in common, that must have come at one moment. */
const COMPARED = 2;
/** The lag of a time of sending varies by no more; of one in whole seconds, by a second more. */
const STEADY_MS = 1000;
const WHOLE_SECONDS_MS = 1000;
/** Events that came within less do not show that a time goes on. */
const LEAST_SPAN_MS = 100;

export class MemberTrack {
  /** Events that had the member. */
  heard = 0;
  lastTimeMs = Number.NaN;
  private counts = true;
  private lastCount = -1;
  private readonly cameMs: number[] = [];
  /** Events since the lag of the time changed, and what they span. */
  private steady = 0;
  private isWhole = true;
  private leastLagMs = 0;
  private mostLagMs = 0;
  private firstTimeMs = 0;
  private firstCameMs = 0;
  private lastCameMs = 0;

  note({ count, timeMs }: EventMember, nowMs: number): void {
    this.heard += 1;
    this.noteCount(count, nowMs);
    this.noteTime(timeMs, nowMs);
  }

  /** It rose by one each time. */
  get isCounting(): boolean {
    return this.counts && this.heard >= LEAST_EVENTS;
  }

  get isBroken(): boolean {
    return !this.counts;
  }

  /** It went on as the events came. */
  get isTime(): boolean {
    const spanMs = this.lastCameMs - this.firstCameMs;
    return this.steady >= LEAST_EVENTS && spanMs >= LEAST_SPAN_MS && 2 * (this.lastTimeMs - this.firstTimeMs) >= spanMs;
  }

  /** Both stood at the same number at the same moment. */
  goesWith(other: MemberTrack): boolean {
    const last = Math.min(this.lastCount, other.lastCount);
    const periodMs = ((this.cameMs.at(-1) ?? 0) - (this.cameMs[0] ?? 0)) / Math.max(1, this.cameMs.length - 1);
    const allowedMs = Math.max(LEAST_MOMENT_MS, Math.min(periodMs / 2, MOST_MOMENT_MS));
    for (let back = 0; back < COMPARED; back++) {
      const apartMs = Math.abs(this.cameAt(last - back) - other.cameAt(last - back));
      if (!(apartMs <= allowedMs)) return false;
    }
    return true;
  }

  private cameAt(count: number): number {
    return this.cameMs.at(count - this.lastCount - 1) ?? Number.NaN;
  }

  private noteCount(count: number, nowMs: number): void {
    if (count < 0 || (this.lastCount >= 0 && count !== this.lastCount + 1)) this.counts = false;
    this.lastCount = count;
    this.cameMs.push(nowMs);
    if (this.cameMs.length > KEPT) this.cameMs.shift();
  }

  private noteTime(timeMs: number, nowMs: number): void {
    const lagMs = nowMs - timeMs;
    if (timeMs % WHOLE_SECONDS_MS !== 0) this.isWhole = false;
    const allowedMs = this.isWhole ? STEADY_MS + WHOLE_SECONDS_MS : STEADY_MS;
    const most = Math.max(this.mostLagMs, lagMs);
    const least = Math.min(this.leastLagMs, lagMs);
    if (this.steady > 0 && timeMs >= this.lastTimeMs && most - least <= allowedMs) {
      this.steady += 1;
      this.mostLagMs = most;
      this.leastLagMs = least;
    } else {
      this.steady = Number.isNaN(timeMs) ? 0 : 1;
      this.mostLagMs = this.leastLagMs = lagMs;
      this.firstTimeMs = timeMs;
      this.firstCameMs = nowMs;
    }
    this.lastTimeMs = timeMs;
    this.lastCameMs = nowMs;
  }
}
