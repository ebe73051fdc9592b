/** A soak's JSON report as an earlier run left it, made by hand: a minute of load on a machine that is not quiet. */
import { readReport } from '../../src/compare/read-report.ts';
import type { KeptRun } from '../../src/compare/kept-run.ts';
import { compareRuns, type Comparison } from '../../src/compare/comparison.ts';
import { tolerancesOf } from '../../src/compare/tolerances.ts';
import type { Tolerance } from '../../src/options/values/tolerance.ts';
import { Random } from '../../src/core/random.ts';
import { soakReport } from '../../src/report/soak/json.ts';
import type { SoakReport } from '../../src/report/soak/soak-report.ts';
import { RAMP_MS, soakResult, soundRecord } from './run-record.ts';

export type ReportChange = (report: SoakReport) => void;

const SOUND = JSON.stringify(soakReport(soakResult(soundRecord(), { seed: '1' })));
const SECONDS = 60;
const MIB = 1024 ** 2;

/** @param seed of its noise: two runs of one build have the same figures but for that */
export function keptReport(change: ReportChange = () => {}, seed = 1): SoakReport {
  const report = JSON.parse(SOUND) as SoakReport;
  const random = new Random(seed);
  report.durationMs = RAMP_MS + SECONDS * 1000;
  report.startedAt = new Date(1_800_000_000_000 + seed * 60_000).toISOString();
  report.generator.eventLoopDelayMs.p99 = 3;
  report.latencyMs = { ...report.latencyMs, ...times(6, 14, 27) };
  report.latencySentMs = times(5, 12, 24);
  report.connectMs = times(0.6, 1.8, 4);
  report.headersMs = times(1.1, 2.2, 5);
  const [point] = report.series as [SoakReport['series'][number]];
  report.series = Array.from({ length: SECONDS + RAMP_MS / 1000 }, (_, second) => ({
    ...point,
    tMs: (second + 1) * 1000,
    clients: 300,
    events: 300 + Math.round(random.between(-6, 6)),
    latencyP50Ms: random.between(3, 10),
    latencyP99Ms: random.between(8, 25),
    rssBytes: 60 * MIB + random.between(0, 3 * MIB),
  }));
  change(report);
  return report;
}

/** A distribution with these percentiles, of 5,000 samples. */
export function times(p50: number, p90: number, p99: number): SoakReport['connectMs'] {
  return { count: 5000, mean: p50 * 1.2, p50, p90, p95: p90 * 1.2, p99, p999: p99 * 1.1, max: p99 * 1.2 };
}

/** Every event comes so much later. */
export function later(report: SoakReport, byMs: number): void {
  for (const point of report.series) {
    point.latencyP50Ms = (point.latencyP50Ms ?? 0) + byMs;
    point.latencyP99Ms = (point.latencyP99Ms ?? 0) + byMs;
  }
  for (const family of [report.latencyMs, report.latencySentMs]) {
    for (const name of ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const)
      family[name] = (family[name] ?? 0) + byMs;
  }
}

function keptRun(report: SoakReport, file = 'run.json'): KeptRun {
  return readReport(JSON.stringify(report), file);
}

export function compared(
  base: SoakReport,
  next: SoakReport,
  { tolerances = [], force = false }: { tolerances?: readonly Tolerance[]; force?: boolean } = {},
): Comparison {
  return compareRuns(keptRun(base, 'base.json'), keptRun(next, 'new.json'), {
    version: '0.0.0',
    tolerances: tolerancesOf(tolerances),
    force,
  });
}
