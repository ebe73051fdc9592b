/** What several load processes say of themselves, as one. */
import type { GeneratorReport } from './generator.ts';

/** Sums, and the worst of what cannot be summed. Associative. */
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
    stops: one.stops + other.stops,
    longestStop: most(one.longestStop, other.longestStop, ({ durationMs }) => durationMs),
    busyMs: Math.max(one.busyMs, other.busyMs),
    clockStep: most(one.clockStep, other.clockStep, ({ atMs }) => -atMs),
    limited: one.limited + other.limited,
    saturated: one.saturated || other.saturated,
  };
}

function most<Thing>(one: Thing | null, other: Thing | null, size: (thing: Thing) => number): Thing | null {
  if (one === null || other === null) return one ?? other;
  return size(one) >= size(other) ? one : other;
}
