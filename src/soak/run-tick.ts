/** One second of a run: as it is kept, and as it is told to the listener of the run. */
import type { AskedQuestion, RunTick } from '../core/run-events.ts';
import type { TimeHistogram } from '../measure/histogram.ts';
import { causesOf, openByKind, type SeriesPoint } from '../record/series-point.ts';
import type { ServerSample } from '../memory/server-memory.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import type { LoadSample } from './load/load-generator.ts';

export function seriesPoint(tMs: number, sample: LoadSample, server: ServerSample | null): SeriesPoint {
  const { clients, events, drops, evictions, latency, reconnects, refused, beats, delayMs, status } = sample;
  return {
    tMs,
    clients,
    events,
    latencyP50Ms: percentile(latency, 50),
    latencyP99Ms: percentile(latency, 99),
    rssBytes: server?.rssBytes ?? null,
    drops,
    ...causesOf(sample.dropsByCause),
    evictions,
    latencyP90Ms: percentile(latency, 90),
    latencyMaxMs: percentile(latency, 100),
    reconnects,
    refused,
    heartbeats: beats.count,
    heartbeatMeanMs: beats.intervals === 0 ? null : beats.intervalsMs / beats.intervals,
    heartbeatMaxMs: beats.intervals === 0 ? null : beats.longestMs,
    loadDelayMs: delayMs,
    connecting: status.connecting,
    waiting: status.waiting,
    serverClients: server?.clients ?? null,
    serverBlocked: server?.blocked ?? null,
    queuedBytes: server?.queuedBytes ?? null,
    heapUsedBytes: server?.heapUsedBytes ?? null,
    ...openByKind((kind) => status.kinds[kind]?.open ?? 0),
  };
}

/** @param sinceMs since the point before */
export function runTick(
  { rampMs, durationMs, clients: plannedClients }: SoakPlan,
  point: SeriesPoint,
  sinceMs: number,
  now: Pick<LoadSample, 'status' | 'dropsSoFar'> & { questions: readonly AskedQuestion[] },
): RunTick {
  const { tMs, clients, events, latencyP50Ms, latencyP99Ms, evictions, rssBytes: serverRssBytes } = point;
  return {
    type: 'tick',
    tMs,
    totalMs: rampMs + durationMs,
    phase: tMs < rampMs ? 'ramp' : 'load',
    clients,
    plannedClients,
    events,
    eventsPerSecond: (events * 1000) / sinceMs,
    latencyP50Ms,
    latencyP99Ms,
    drops: now.dropsSoFar,
    evictions,
    serverRssBytes,
    load: now.status,
    questions: now.questions,
  };
}

function percentile(latency: TimeHistogram, rank: number): number | null {
  return latency.count === 0 ? null : latency.percentile(rank);
}
