/** What a run leaves behind, made by hand: a sound one, to be spoiled in one place by each test. */
import type { ClientKind } from '../../src/core/client-kinds.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import type { SeriesPoint } from '../../src/record/series-point.ts';
import {
  emptyServerRecord,
  type ServerOrigin,
  type ServerSample,
  type WatchedProcess,
} from '../../src/memory/server-memory.ts';
import { countUp } from '../../src/measure/figures.ts';
import { Summary } from '../../src/record/summary.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import type { SoakPlan } from '../../src/options/soak-options.ts';
import type { SoakResult } from '../../src/report/soak/soak-result.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { judge } from '../../src/verdict/verdict.ts';

const MB = 1_000_000;
export const RAMP_MS = 5000;

/** A process that was found by its port. */
export const FOUND: WatchedProcess = {
  pid: 1234,
  name: 'node',
  processes: 1,
  listensOn: '127.0.0.1:8080',
  isProxy: false,
  lazyRuntime: null,
};

/** 8 healthy clients, 1 slow and 1 stalled one, which was evicted in time; 30 s of load; everything in order. */
export function soundRecord(change: (record: RunRecord) => void = () => {}): RunRecord {
  const record: RunRecord = {
    startedAt: '2026-11-22T00:00:00.000Z',
    durationMs: 36_000,
    loadFromMs: RAMP_MS,
    interrupted: false,
    endedEarly: null,
    target: { url: 'http://127.0.0.1:8787/events', embedded: true, processes: 1, protocol: 'http/1.1', proxy: null },
    limits: { maxLineBytes: 16 * 1024 ** 2, maxEventBytes: 32 * 1024 ** 2 },
    expectations: { heartbeatMs: 2000, heartbeatWithinMs: null, evictWithinMs: 13_500 },
    until: null,
    method: 'GET',
    headersTimeoutMs: 10_000,
    clientsPerConnection: 1,
    planned: 10,
    incidents: [],
    peakClients: 10,
    summary: soundSummary(),
    swallowedBytes: 131_072,
    audiences: [],
    eventsPerSecond: 9,
    bytesPerSecond: 1200,
    turnedAway: null,
    waveOfPlaces: null,
    waveOfMemory: null,
    server: {
      source: 'embedded',
      memory: 'rss',
      queueLimits: { blockedBytes: 420_000, acceptingBytes: 70_000 },
      clientCount: { before: 0, uncounted: null },
      process: null,
      unread: null,
      baseline: sample(0, 60 * MB, { clients: 0 }),
      samples: [],
      warm: null,
      end: sample(35_000, 62 * MB, { clients: 9, evicted: 1 }),
      settling: [],
      settled: sample(35_500, 61 * MB, { clients: 0, evicted: 1 }),
      down: null,
      stop: null,
    },
    generator: {
      processes: 1,
      cpuSeconds: 3,
      cpu: 0.1,
      rssBytes: 90 * MB,
      rssGrowthBytes: 10 * MB,
      eventLoopDelayMs: { p50: 0.2, p99: 4, max: 20 },
      limited: 0,
      saturated: false,
      stops: 0,
      longestStop: null,
      busyMs: 0,
      clockStep: null,
    },
    lostShards: [],
    workers: null,
    degraded: null,
    series: [],
  };
  load(record, 30_000, () => 62 * MB);
  change(record);
  return record;
}

/** Nobody came: interrupted before the first client, or refused at the door. */
export function emptyRecord(change: (record: RunRecord) => void = () => {}): RunRecord {
  return soundRecord((record) => {
    record.summary = new Summary();
    addKind(record.summary, 'healthy', 10, { connected: 0 });
    countUp(record.summary.ends, 'idle', 10);
    record.peakClients = 0;
    record.eventsPerSecond = 0;
    record.bytesPerSecond = 0;
    record.swallowedBytes = 0;
    record.series = [];
    const origin: ServerOrigin = {
      source: 'embedded',
      memory: 'rss',
      queueLimits: { blockedBytes: 420_000, acceptingBytes: 70_000 },
    };
    record.server = { ...emptyServerRecord(origin), clientCount: { before: null, uncounted: null } };
    change(record);
  });
}

/** One second after the other, from the ramp to the end of `loadMs`; `bytesAt` counts from the end of the ramp. */
export function load(record: RunRecord, loadMs: number, bytesAt: (tMs: number) => number): void {
  record.series = [];
  record.server.samples = [];
  for (let tMs = 1000; tMs <= RAMP_MS + loadMs; tMs += 1000) {
    const rssBytes = bytesAt(Math.max(0, tMs - RAMP_MS));
    const clients = Math.min(10, tMs / 500);
    record.series.push(second(tMs, { clients, rssBytes }));
    record.server.samples.push(sample(tMs, rssBytes, { clients }));
  }
}

/** One point of the series, with nine events and with nothing amiss. */
export function second(tMs: number, more: Partial<SeriesPoint> = {}): SeriesPoint {
  const { clients = 10 } = more;
  return {
    tMs,
    clients,
    events: 9,
    latencyP50Ms: 0.4,
    latencyP90Ms: 0.9,
    latencyP99Ms: 1.25,
    latencyMaxMs: 2.5,
    rssBytes: 62 * MB,
    drops: 0,
    evictions: 0,
    reconnects: 0,
    refused: 0,
    heartbeats: 4,
    heartbeatMeanMs: 2000,
    heartbeatMaxMs: 2003,
    loadDelayMs: 1.5,
    connecting: 10 - clients,
    waiting: 0,
    serverClients: clients,
    serverBlocked: 0,
    queuedBytes: 0,
    heapUsedBytes: 10 * MB,
    openHealthy: Math.max(clients - 2, 0),
    openSlow: Math.min(clients, 1),
    openStalled: Math.min(Math.max(clients - 1, 0), 1),
    openVanished: 0,
    openAbrupt: 0,
    openResuming: 0,
    ...more,
  };
}

export function sample(tMs: number, rssBytes: number, more: Partial<ServerSample> = {}): ServerSample {
  return {
    tMs,
    rssBytes,
    heapUsedBytes: 10 * MB,
    externalBytes: 2 * MB,
    cpuSeconds: tMs / 10_000,
    clients: 10,
    blocked: 0,
    queuedBytes: 0,
    evicted: 0,
    life: '1234',
    ...more,
  };
}

function soundSummary(): Summary {
  const summary = new Summary();
  addKind(summary, 'healthy', 8);
  addKind(summary, 'slow', 1);
  addKind(summary, 'stalled', 1);
  countUp(summary.ends, 'open', 9);
  countUp(summary.ends, 'reset', 1);
  Object.assign(summary.counts, {
    events: 309,
    comments: 120,
    bytes: 42_000,
    eventsWithSeq: 300,
    heartbeats: 120,
    evictionsExpected: 1,
    evictionsSeen: 1,
  });
  summary.sequence.set('pointer', 1);
  for (let ms = 1; ms <= 100; ms++) {
    for (const name of ['latency', 'latencySent', 'spread', 'connect', 'headers', 'firstEvent', 'silence'] as const)
      summary.times[name].record(ms / 10);
    summary.times.heartbeatInterval.record(2000);
  }
  summary.times.evictionTime.record(9000);
  return summary;
}

function addKind(summary: Summary, kind: ClientKind, planned: number, { connected = planned } = {}): void {
  Object.assign(summary.kind(kind), { planned, connected, open: connected });
}

/** With the flags of a command line; judged as the command line does it. */
export function soakResult(record: RunRecord, flags: Record<string, string | string[]> = {}): SoakResult {
  const plan: SoakPlan = loadSoakPlan({ flags });
  return {
    version: '0.1.0',
    plan,
    seed: 42,
    record,
    verdict: judge(record, {
      thresholds: plan.thresholds.map(parseThreshold),
      failOn: plan.failOn,
      ignore: plan.ignore,
    }),
    environment: { node: '20.20.0', platform: 'linux', cpus: 2, fdLimit: 1024 },
  };
}
