/**
 * The JSON report: `sse-probe/soak@1`, described by schemas/soak-report.schema.json. What was not measured is
 * null, never zero; secrets of the plan are redacted.
 */
import { rounded } from '../../core/units.ts';
import { clockSkewMs } from '../../accounts/clock-skew.ts';
import type { Percentiles, TimeHistogram } from '../../measure/histogram.ts';
import type { RunRecord, SeriesPoint } from '../../record/run-record.ts';
import { sequenceOf } from '../../accounts/sequence.ts';
import { peakRssBytes, restartsMs } from '../../memory/server-memory.ts';
import type { Growth } from '../../memory/trend.ts';
import { redactHeaders, redactUrl } from '../../core/redact.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { SoakResult } from './soak-result.ts';

/** The report as an object: what `JSON.stringify` makes the report of. */
export type SoakReport = ReturnType<typeof soakReport>;

// Without return types from here on, so that the type of the report is what is written here.
export function soakReport(result: SoakResult) {
  const { record, verdict } = result;
  const { summary, generator } = record;
  return {
    schema: 'sse-probe/soak@1' as const,
    version: result.version,
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    interrupted: record.interrupted,
    endedEarly: record.endedEarly === null ? null : roundedFigures(record.endedEarly),
    degraded: record.degraded,
    startedAt: record.startedAt,
    durationMs: rounded(record.durationMs),
    seed: result.seed,
    target: {
      ...record.target,
      url: redactUrl(record.target.url),
      proxy: record.target.proxy === null ? null : redactUrl(record.target.proxy),
    },
    plan: redactPlan(result.plan),
    environment: result.environment,
    clients: clients(record),
    events: events(record),
    latencyMs: latency(record),
    latencySentMs: times(summary.times.latencySent),
    spreadMs: times(summary.times.spread),
    connectMs: times(summary.times.connect),
    headersMs: times(summary.times.headers),
    firstEventMs: times(summary.times.firstEvent),
    reconnectMs: times(summary.times.reconnect),
    silenceMs: times(summary.times.silence),
    heartbeat: {
      count: summary.counts.heartbeats,
      late: summary.counts.heartbeatsLate,
      missing: summary.counts.heartbeatsMissing,
      expectedMs: record.expectations.heartbeatMs,
      withinMs: record.expectations.heartbeatWithinMs,
      intervalMs: times(summary.times.heartbeatInterval),
    },
    eviction: {
      expected: summary.counts.evictionsExpected,
      evicted: summary.counts.evictionsSeen,
      missed: summary.counts.evictionsMissed,
      notMeasured: summary.counts.evictionsUnknown,
      withinMs: rounded(record.expectations.evictWithinMs),
      swallowedBytes: record.swallowedBytes > 0 ? record.swallowedBytes : null,
      timeMs: times(summary.times.evictionTime),
    },
    answers: answers(record),
    sessions: sessions(record),
    incidents: incidents(record),
    server: server(record, verdict.growth),
    generator: {
      ...generator,
      eventLoopDelayMs: roundedFigures(generator.eventLoopDelayMs),
      cpu: rounded(generator.cpu),
      longestStop: generator.longestStop === null ? null : roundedFigures(generator.longestStop),
      busyMs: rounded(generator.busyMs),
      clockStep: generator.clockStep === null ? null : roundedFigures(generator.clockStep),
    },
    thresholds: verdict.thresholds,
    findings: verdict.findings,
    series: record.series.map(point),
  };
}

function clients({ summary, planned, peakClients }: RunRecord) {
  return {
    planned,
    connected: summary.total('connected'),
    peak: peakClients,
    dropped: summary.total('dropped'),
    refused: summary.total('refused'),
    reconnects: summary.total('reconnects'),
    churned: summary.counts.churned,
    churnedEarly: summary.counts.churnedEarly,
    retryClamped: summary.counts.retryClamped,
    idsUnsendable: summary.counts.idsUnsendable,
    byKind: Object.fromEntries(
      [...summary.byKind].map(([kind, { open: _open, unreadable: _unreadable, ...counts }]) => [kind, counts]),
    ),
    dropsByCause: Object.fromEntries(summary.dropsByCause),
    refusalsByCause: Object.fromEntries(summary.refusalsByCause),
    ends: Object.fromEntries(summary.ends),
  };
}

function events({ summary, eventsPerSecond }: RunRecord) {
  const { counts } = summary;
  const sequence = sequenceOf(summary)?.method ?? 'none';
  const accounted = sequence !== 'none';
  return {
    received: counts.events,
    sequence,
    lost: accounted ? counts.lost + counts.resumeLost : null,
    duplicated: accounted ? counts.duplicated + counts.resumeDuplicated : null,
    reordered: accounted ? counts.reordered : null,
    resumeLost: accounted ? counts.resumeLost : null,
    resumeDuplicated: accounted ? counts.resumeDuplicated : null,
    announcedLost: counts.announcedLost,
    idsSkipped: accounted ? counts.idsSkipped : null,
    lostAfterStop: accounted ? counts.lostAfterStop + counts.resumeLostAfterStop : null,
    malformed: counts.malformed,
    ratePerSecond: rounded(eventsPerSecond),
  };
}

function latency({ summary }: RunRecord) {
  const { latency: all, latencyCensored } = summary.times;
  const skewMs = clockSkewMs(summary);
  return {
    ...times(all),
    // The open gaps of silent clients, which are among the samples above.
    censored: latencyCensored.count,
    skewed: summary.counts.skewed,
    skewMs: skewMs === null ? null : rounded(skewMs),
    invalid: summary.counts.badTimes,
    // Since this machine's own clock was set.
    untimed: summary.counts.untimed,
    hdr: all.count > 0 ? all.encode() : '',
  };
}

/** Of a language model; null where none was asked. */
function answers({
  summary: {
    counts,
    times: { firstToken, interToken, answer },
  },
}: RunRecord) {
  if (counts.answers + counts.answersFailed + counts.tokens === 0) return null;
  return {
    completed: counts.answers,
    failed: counts.answersFailed,
    tokens: counts.tokens,
    firstTokenMs: times(firstToken),
    interTokenMs: times(interToken),
    answerMs: times(answer),
  };
}

/** With a server of the Model Context Protocol; null where none was asked for. */
function sessions({
  summary: {
    counts,
    sessionFailures,
    times: { initialize, sessionPing },
  },
}: RunRecord) {
  if (counts.sessions + sessionFailures.size === 0) return null;
  return {
    opened: counts.sessions,
    refused: counts.sessionsRefused,
    expired: counts.sessionsExpired,
    withoutStream: counts.sessionsStreamless,
    ended: counts.sessionsEnded,
    notEnded: counts.sessionsNotEnded,
    abandoned: counts.sessionsAbandoned,
    failuresByCause: Object.fromEntries(sessionFailures),
    initializeMs: times(initialize),
    pingMs: times(sessionPing),
  };
}

/** What happened because the plan asked for it, apart from all the figures above. */
function incidents({
  summary: {
    counts,
    times: { recovery, latencyIncident },
  },
}: RunRecord) {
  return {
    count: counts.incidents,
    recoveryMs: times(recovery),
    latencyMs: times(latencyIncident),
    drops: counts.dropsInIncident,
    refused: counts.refusedInIncident,
    notRecovered: counts.notRecovered,
    peakReconnectsPerSecond: counts.peakReconnectsPerSecond,
  };
}

function server(record: RunRecord, grown: Growth) {
  const { source, memory, baseline, end, settled, down } = record.server;
  return {
    source,
    memory,
    restarts: restartsMs(record.server).length,
    down,
    rssBytes: {
      baseline: baseline?.rssBytes ?? null,
      peak: peakRssBytes(record.server),
      end: end?.rssBytes ?? null,
      settled: settled?.rssBytes ?? null,
    },
    heapUsedBytes: {
      baseline: baseline?.heapUsedBytes ?? null,
      end: end?.heapUsedBytes ?? null,
      settled: settled?.heapUsedBytes ?? null,
    },
    growth: growth(grown),
    queuedBytesAtEnd: end?.queuedBytes ?? null,
    evicted: end?.evicted ?? null,
    clientsAfter: settled?.clients ?? null,
  };
}

function growth({ limitBytesPerMinute: _limit, ...shown }: Growth) {
  return roundedFigures(shown);
}

/** A second without events has no latency; zero would be the best of all. */
function point({ latencyP50Ms, latencyP99Ms, ...rest }: SeriesPoint) {
  const heard = rest.events > 0;
  return roundedFigures({
    ...rest,
    latencyP50Ms: heard ? latencyP50Ms : null,
    latencyP99Ms: heard ? latencyP99Ms : null,
  });
}

function redactPlan(plan: SoakPlan) {
  return {
    ...plan,
    urls: plan.urls.map(redactUrl),
    proxy: plan.proxy === null ? null : redactUrl(plan.proxy),
    serverMetrics:
      plan.serverMetrics === null ? null : { ...plan.serverMetrics, url: redactUrl(plan.serverMetrics.url) },
    headers: redactHeaders(plan.headers),
    body: plan.body === null ? null : 'REDACTED',
  };
}

/** Of no samples there is a count, and nothing else. */
function times(histogram: TimeHistogram): Record<keyof Percentiles, number | null> {
  const { count, ...figures } = histogram.percentiles();
  return {
    count,
    ...(count > 0
      ? roundedFigures(figures)
      : { mean: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null }),
  };
}

function roundedFigures<Figures extends object>(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]),
  ) as Figures;
}
