/**
 * The JSON report: `sse-probe/soak@1`, described by schemas/soak-report.schema.json. What was not measured is
 * null, never zero; secrets of the plan are redacted.
 */
import { fieldsOf } from '../../accounts/found-fields.ts';
import { redactUrl } from '../../core/redact.ts';
import { redactedPlan } from '../../options/redacted-plan.ts';
import type { SeriesPoint } from '../../record/series-point.ts';
import { clientsReport, incidentsReport } from './clients-report.ts';
import { bytesReport, eventsReport, latencyReport } from './events-report.ts';
import { answersReport, sessionsReport } from './profile-report.ts';
import { rounded } from '../../core/units.ts';
import { questionsReport } from './questions-report.ts';
import { roundedFigures } from './rounded-figures.ts';
import { evictionReport, heartbeatReport, serverReport } from './server-report.ts';
import type { SoakReport } from './soak-report.ts';
import type { SoakResult } from './soak-result.ts';
import { timesOf } from './times.ts';

/** The report as an object: what `JSON.stringify` makes the report of. */
export function soakReport(result: SoakResult): SoakReport {
  const { record, verdict } = result;
  const { summary, generator } = record;
  return {
    schema: 'sse-probe/soak@1',
    version: result.version,
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    interrupted: record.interrupted,
    endedEarly: record.endedEarly === null ? null : roundedFigures(record.endedEarly),
    degraded: record.degraded,
    startedAt: record.startedAt,
    durationMs: rounded(record.durationMs),
    loadFromMs: rounded(record.loadFromMs),
    seed: result.seed,
    target: {
      ...record.target,
      url: redactUrl(record.target.url),
      proxy: record.target.proxy === null ? null : redactUrl(record.target.proxy),
    },
    plan: redactedPlan(result.plan),
    environment: result.environment,
    clients: clientsReport(record),
    events: eventsReport(record),
    bytes: bytesReport(record),
    fields: fieldsOf(summary),
    latencyMs: latencyReport(record),
    latencySentMs: timesOf(summary.times.latencySent),
    spreadMs: timesOf(summary.times.spread),
    connectMs: timesOf(summary.times.connect),
    headersMs: timesOf(summary.times.headers),
    firstEventMs: timesOf(summary.times.firstEvent),
    completionMs: timesOf(summary.times.completion),
    reconnectMs: timesOf(summary.times.reconnect),
    silenceMs: timesOf(summary.times.silence),
    heartbeat: heartbeatReport(record),
    eviction: evictionReport(record),
    answers: answersReport(record),
    sessions: sessionsReport(record),
    incidents: incidentsReport(record),
    server: serverReport(record, verdict.growth),
    generator: {
      ...generator,
      eventLoopDelayMs: roundedFigures(generator.eventLoopDelayMs),
      cpu: rounded(generator.cpu),
      longestStop: generator.longestStop === null ? null : roundedFigures(generator.longestStop),
      busyMs: rounded(generator.busyMs),
      clockStep: generator.clockStep === null ? null : roundedFigures(generator.clockStep),
      workers: record.workers?.map((worker) => roundedFigures({ ...worker })) ?? null,
    },
    questions: questionsReport(verdict.questions),
    thresholds: verdict.thresholds,
    findings: verdict.findings,
    series: record.series.map(point),
  };
}

const NO_LATENCY = { latencyP50Ms: null, latencyP90Ms: null, latencyP99Ms: null, latencyMaxMs: null } as const;

/** A second without events has no latency; zero would be the best of all. */
function point(second: SeriesPoint): SeriesPoint {
  return roundedFigures(second.events > 0 ? second : { ...second, ...NO_LATENCY });
}
