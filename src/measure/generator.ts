/**
 * The tool's doubts about itself: how late its own event loop ran, whether it stood still or never rested, how
 * much processor it took, and whether somebody set the clock.
 *
 * A load process that cannot keep up measures its own delay and calls it the server's. Past these bounds
 * nobody is blamed: what depends on time becomes inconclusive. The loop is watched by a timer of our own and
 * not by `perf_hooks.monitorEventLoopDelay`: after a stop (SIGSTOP, a starved machine) whatever runs first has
 * to know of it, and that histogram learns of it only when its own timer fires.
 */
import { uptime } from 'node:os';
import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { ownResidentBytes } from '../core/own-memory.ts';
import { ClockWatch } from './clock-watch.ts';
import { countAbove } from './cluster.ts';
import { TimeHistogram } from './histogram.ts';

/**
 * Above these, times are not trusted: the 99th percentile of the loop's delay, its longest single stop, the
 * longest time in which it never waited for anything to come.
 */
export const SATURATION = { loopDelayP99Ms: 200, loopStopMs: 2000, busyMs: 10_000 } as const;
/** In a few seconds one stop would be the 99th percentile. */
const LEAST_DELAYS = 5;

/**
 * The watch wakes at this period, and what is above it is delay. A stop may look shorter than it was by up to this,
 * which is little against the bounds; at 20 ms the wake-ups alone were a seventh of what 1,000 quiet clients cost.
 */
const TURN_MS = 50;
/** A loop that is active for so large a share of its time has a backlog, and what it reads has waited for it. */
const BUSY_SHARE = 0.97;
const LEAST_SAMPLE_MS = 500;

/** A time in which a load process stood still. */
export interface OwnStop {
  /** When it began, in milliseconds since the process began to watch itself. */
  atMs: number;
  /** How long it lasted, in milliseconds. */
  durationMs: number;
}

/** What the load processes say of themselves: whether their figures can be believed. */
export interface GeneratorReport {
  /** Load processes that told what they measured; 0 when all of them died. */
  processes: number;
  /** Processor time of all load processes, in seconds. */
  cpuSeconds: number;
  /** Processor time of the busiest load process over the time elapsed: 1 is one core. */
  cpu: number;
  /** Resident memory of all load processes at their highest, in bytes. */
  rssBytes: number;
  /** How much of that came since they began, in bytes. */
  rssGrowthBytes: number;
  /** How late the event loop came round, in the worst of the load processes. */
  eventLoopDelayMs: {
    /** Median, in milliseconds. */
    p50: number;
    /** 99th percentile, in milliseconds. */
    p99: number;
    /** Longest delay, in milliseconds. */
    max: number;
  };
  /** Times that a load process stood still for more than 2 s: by a signal, starved, or asleep with its machine. */
  stops: number;
  /** The longest of these stops; null where there was none. */
  longestStop: OwnStop | null;
  /** Longest time in which a load process had always something to do, in milliseconds. */
  busyMs: number;
  /** When this machine's wall clock was set: latencies after that were not recorded. Null where it was not set. */
  clockStep: {
    /** When it was first seen, in milliseconds since the process began to watch itself. */
    atMs: number;
    /** By how much it was set, in milliseconds; negative: back. */
    byMs: number;
  } | null;
  /** Times that descriptors or ports of this machine ran out. */
  limited: number;
  /** Whether the load processes were too slow or too limited to blame the server for what depends on time. */
  saturated: boolean;
}

/** The longest time by which a load process may have read late. */
export function longestStopMs({ eventLoopDelayMs, longestStop }: GeneratorReport): number {
  return Math.max(eventLoopDelayMs.max, longestStop?.durationMs ?? 0);
}

export class GeneratorWatch {
  readonly clock: ClockWatch;
  /** So far. */
  stops = 0;
  private readonly nowMs: () => number;
  private readonly startMs: number;
  private readonly delays = new TimeHistogram();
  private readonly startCpu = process.cpuUsage();
  /** 0 where the system does not tell. */
  private readonly startRssBytes = ownResidentBytes() ?? 0;
  private timer: NodeJS.Timeout | undefined;
  private peakRssBytes = this.startRssBytes;
  private longestStop: OwnStop | null = null;
  private longestMs = 0;
  /** Since it was last taken. */
  private recentMs = 0;
  private turnedMs: number;
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();
  private sampledMs: number;
  private busyMs = 0;
  private longestBusyMs = 0;
  private readonly uptimeMs: () => number;
  /** Time of the machine's uptime that the monotonic clock has not lived through, as it was last known. */
  private asleepMs: number;

  /**
   * @param nowMs monotonic
   * @param dateMs the wall clock as it is set, Unix milliseconds
   * @param uptimeMs since the machine started, the time that it slept included
   */
  constructor(nowMs: () => number, dateMs: () => number = Date.now, uptimeMs: () => number = () => uptime() * 1000) {
    this.nowMs = nowMs;
    this.uptimeMs = uptimeMs;
    this.asleepMs = uptimeMs() - nowMs();
    this.clock = new ClockWatch(nowMs, dateMs);
    this.startMs = nowMs();
    this.turnedMs = this.startMs;
    this.sampledMs = this.startMs;
    this.lead();
  }

  /** By a timer of its own. */
  lead(): void {
    this.timer ??= setInterval(() => this.turn(), TURN_MS);
    // A doubt keeps no process alive.
    this.timer.unref();
  }

  /** Somebody else calls `turn`, at least as often, until `lead`. */
  follow(): void {
    this.stop();
  }

  /**
   * The loop has come round. Called by its own timer, or by the fleet that leads; tests with a clock of their own call
   * it instead.
   */
  turn(): void {
    const nowMs = this.nowMs();
    const delayMs = Math.max(0, nowMs - this.turnedMs - TURN_MS);
    this.turnedMs = nowMs;
    this.delays.record(delayMs);
    this.recentMs = Math.max(this.recentMs, delayMs);
    this.stood(delayMs, nowMs);
    // A machine that sleeps stops the monotonic clock too; the wall clock leaps then as it does when somebody sets it.
    if (this.clock.look() > SATURATION.loopStopMs) this.stood(this.sleptMs(), nowMs);
  }

  /** Since the last leap of the wall clock: of the two, only the uptime tells a sleep from a clock that was set. */
  private sleptMs(): number {
    const before = this.asleepMs;
    this.asleepMs = this.uptimeMs() - this.nowMs();
    return Math.max(0, this.asleepMs - before);
  }

  /** About once a second: the peak of our memory, and whether the loop rested since the last one. */
  sample(): void {
    this.peakRssBytes = Math.max(this.peakRssBytes, ownResidentBytes() ?? 0);
    const nowMs = this.nowMs();
    // A few milliseconds say nothing.
    if (nowMs - this.sampledMs < LEAST_SAMPLE_MS) return;
    const utilization = performance.eventLoopUtilization();
    const share = performance.eventLoopUtilization(utilization, this.utilization).utilization;
    this.busyMs = share > BUSY_SHARE ? this.busyMs + nowMs - this.sampledMs : 0;
    this.longestBusyMs = Math.max(this.longestBusyMs, this.busyMs);
    this.utilization = utilization;
    this.sampledMs = nowMs;
  }

  /** The longest delay since the last call. */
  takeDelayMs(): number {
    const { recentMs } = this;
    this.recentMs = 0;
    return recentMs;
  }

  /** The longest stop so far, one that is just ending included: what arrived meanwhile was read that much later. */
  get longestStopMs(): number {
    return Math.max(this.longestMs, this.nowMs() - this.turnedMs - TURN_MS);
  }

  report(limited: number): GeneratorReport {
    // A stop that is just ending is in it.
    this.turn();
    this.sample();
    const { user, system } = process.cpuUsage(this.startCpu);
    const cpuSeconds = (user + system) / 1e6;
    const { p50, p99 } = this.delays.percentiles();
    const { step } = this.clock;
    return {
      processes: 1,
      cpuSeconds,
      cpu: (cpuSeconds * 1000) / Math.max(this.nowMs() - this.startMs, 1),
      rssBytes: this.peakRssBytes,
      rssGrowthBytes: this.peakRssBytes - this.startRssBytes,
      eventLoopDelayMs: { p50, p99, max: this.longestMs },
      stops: this.stops,
      longestStop: this.longestStop,
      busyMs: this.longestBusyMs,
      clockStep: step === null ? null : { atMs: step.nowMs - this.startMs, byMs: step.byMs },
      limited,
      saturated:
        limited > 0 ||
        this.stops > 0 ||
        this.longestBusyMs >= SATURATION.busyMs ||
        (p99 > SATURATION.loopDelayP99Ms && countAbove(this.delays, SATURATION.loopDelayP99Ms) >= LEAST_DELAYS),
    };
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private stood(durationMs: number, untilMs: number): void {
    if (durationMs > SATURATION.loopStopMs) {
      this.stops += 1;
      if (durationMs > (this.longestStop?.durationMs ?? 0)) {
        this.longestStop = { atMs: Math.max(0, untilMs - durationMs - this.startMs), durationMs };
      }
    }
    this.longestMs = Math.max(this.longestMs, durationMs);
  }
}
