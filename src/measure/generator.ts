/**
 * The tool's doubts about itself: how late its own event loop ran and how much processor it took.
 *
 * A load process that cannot keep up measures its own delay and calls it the server's. Past these bounds
 * nobody is blamed: what depends on time becomes inconclusive.
 */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** The 99th percentile of the loop's delay, and the longest single stop, above which times are not trusted. */
export const SATURATION = { loopDelayP99Ms: 200, loopStopMs: 2000 } as const;

/**
 * The monitor wakes at this period and counts it in: what is above it is delay. A stop may look shorter than it was by
 * up to this, which is little against the bounds; at 20 ms the wake-ups alone were a seventh of what 1,000 quiet
 * clients cost.
 */
const RESOLUTION_MS = 50;

export interface GeneratorReport {
  processes: number;
  cpuSeconds: number;
  /** Processor used over time elapsed, 1 being one core; of the busiest process. */
  cpu: number;
  rssBytes: number;
  rssGrowthBytes: number;
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  /** Descriptors or ports that ran out here. */
  limited: number;
  saturated: boolean;
}

export class GeneratorWatch {
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly startCpu = process.cpuUsage();
  private readonly startRssBytes = process.memoryUsage.rss();
  private readonly startMs = performance.now();
  private peakRssBytes = this.startRssBytes;

  constructor() {
    this.delay.enable();
  }

  sample(): void {
    this.peakRssBytes = Math.max(this.peakRssBytes, process.memoryUsage.rss());
  }

  /** The longest stop so far: what arrived meanwhile was read that much later. */
  get longestStopMs(): number {
    return delayMs(this.delay.max);
  }

  report(limited: number): GeneratorReport {
    this.sample();
    const { user, system } = process.cpuUsage(this.startCpu);
    const cpuSeconds = (user + system) / 1e6;
    const elapsedSeconds = (performance.now() - this.startMs) / 1000;
    const eventLoopDelayMs = {
      p50: delayMs(this.delay.percentile(50)),
      p99: delayMs(this.delay.percentile(99)),
      max: delayMs(this.delay.max),
    };
    return {
      processes: 1,
      cpuSeconds,
      cpu: cpuSeconds / elapsedSeconds,
      rssBytes: this.peakRssBytes,
      rssGrowthBytes: this.peakRssBytes - this.startRssBytes,
      eventLoopDelayMs,
      limited,
      saturated:
        limited > 0 ||
        eventLoopDelayMs.p99 > SATURATION.loopDelayP99Ms ||
        eventLoopDelayMs.max > SATURATION.loopStopMs,
    };
  }

  stop(): void {
    this.delay.disable();
  }
}

function delayMs(nanoseconds: number): number {
  // Before the first sample the histogram has no sensible extremes.
  return nanoseconds > 0 && nanoseconds < 1e15 ? Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS) : 0;
}

/** Several load processes as one: sums, and the worst of what cannot be summed. Associative. */
export function mergeGenerators(one: GeneratorReport, other: GeneratorReport): GeneratorReport {
  return {
    processes: one.processes + other.processes,
    cpuSeconds: one.cpuSeconds + other.cpuSeconds,
    cpu: Math.max(one.cpu, other.cpu),
    rssBytes: one.rssBytes + other.rssBytes,
    rssGrowthBytes: one.rssGrowthBytes + other.rssGrowthBytes,
    eventLoopDelayMs: {
      p50: Math.max(one.eventLoopDelayMs.p50, other.eventLoopDelayMs.p50),
      p99: Math.max(one.eventLoopDelayMs.p99, other.eventLoopDelayMs.p99),
      max: Math.max(one.eventLoopDelayMs.max, other.eventLoopDelayMs.max),
    },
    limited: one.limited + other.limited,
    saturated: one.saturated || other.saturated,
  };
}
