/**
 * A run as its JSON report keeps it: what is needed to hold it against another one, read with suspicion, since the file
 * may come from anywhere. The figures go by the names of the metrics, as thresholds know them.
 */
import type { JsonFields } from '../core/json.ts';
import { isFields } from '../core/json.ts';
import type { Interval } from './shift.ts';
import type { Members } from './members.ts';
import { type Figures, figuresOf } from './report-figures.ts';

export interface KeptThreshold {
  readonly expression: string;
  readonly actual: number | null;
  readonly unit: string;
  readonly status: 'pass' | 'fail' | 'no-data';
}

export interface KeptFinding {
  readonly id: string;
  readonly severity: 'fail' | 'warn' | 'info' | 'inconclusive';
  readonly title: string;
}

/** The seconds under load, without those of the ramp. A second in which nothing was measured is left out. */
export interface KeptSeconds {
  readonly latencyP50Ms: readonly number[];
  readonly latencyP99Ms: readonly number[];
  readonly events: readonly number[];
  readonly rssBytes: readonly number[];
}

export interface KeptRun extends Figures {
  /** The name of the file, or `<stdin>`. */
  readonly file: string;
  readonly version: string;
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'interrupted';
  /** As the report says it, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly seed: number;
  readonly url: string;
  readonly embedded: boolean;
  readonly protocol: string;
  readonly plan: JsonFields;
  readonly environment: { readonly node: string; readonly platform: string; readonly cpus: number };
  /** Clients that the plan asked for, and most of them at once. */
  readonly clients: number;
  readonly peakClients: number;
  /** What the server's memory is: `rss`, `pss` or what a metric counts; null where it was not read. */
  readonly memory: string | null;
  /** How late the load tool's own event loop came round (p99): so much of a time may be its own. */
  readonly ownDelayMs: number;
  /** Its longest single delay. */
  readonly longestOwnDelayMs: number;
  readonly growth: Interval | null;
  readonly seconds: KeptSeconds;
  readonly thresholds: readonly KeptThreshold[];
  readonly findings: readonly KeptFinding[];
}

/** A day by the second is 86,400; a report of ours has at most 7,200. */
const MOST_POINTS = 500_000;
const MOST_ENTRIES = 10_000;
/** The second in which the ramp ends still has some of it. */
const AFTER_RAMP_MS = 1000;

/** @throws {UsageError} naming the file and the member that is not as the format says */
export function keptRun(report: Members, file: string): KeptRun {
  const target = report.object('target');
  const environment = report.object('environment');
  const plan = report.object('plan');
  const given = report.value('plan');
  const ownDelay = report.object('generator').object('eventLoopDelayMs');
  const server = report.object('server');
  const growth = server.object('growth');
  const [low, high] = [growth.optionalNumber('low'), growth.optionalNumber('high')];
  return {
    ...figuresOf(report),
    file,
    version: report.text('version'),
    verdict: report.oneOf('verdict', ['pass', 'fail', 'inconclusive', 'interrupted']),
    startedAt: report.text('startedAt'),
    durationMs: report.number('durationMs'),
    seed: report.number('seed'),
    url: target.text('url'),
    embedded: target.flag('embedded'),
    protocol: target.text('protocol'),
    plan: isFields(given) ? given : {},
    environment: {
      node: environment.text('node'),
      platform: environment.text('platform'),
      cpus: environment.number('cpus'),
    },
    clients: report.object('clients').number('planned'),
    peakClients: report.object('clients').number('peak'),
    memory: server.has('memory') ? server.text('memory') : null,
    ownDelayMs: ownDelay.number('p99'),
    longestOwnDelayMs: ownDelay.number('max'),
    growth: low === null || high === null ? null : { low, high },
    seconds: secondsOf(report, (plan.optionalNumber('rampMs') ?? 0) + AFTER_RAMP_MS),
    thresholds: report.objects('thresholds', MOST_ENTRIES).map((threshold) => ({
      expression: threshold.text('expression'),
      actual: threshold.optionalNumber('actual'),
      unit: threshold.text('unit'),
      status: threshold.oneOf('status', ['pass', 'fail', 'no-data']),
    })),
    findings: report.objects('findings', MOST_ENTRIES).map((finding) => ({
      id: finding.text('id'),
      severity: finding.oneOf('severity', ['fail', 'warn', 'info', 'inconclusive']),
      title: finding.text('title'),
    })),
  };
}

function secondsOf(report: Members, fromMs: number): KeptSeconds {
  const points = report.objects('series', MOST_POINTS).filter((point) => point.number('tMs') >= fromMs);
  const measured = (name: keyof KeptSeconds): number[] =>
    points.flatMap((point) => {
      const value = point.optionalNumber(name);
      return value === null ? [] : [value];
    });
  return {
    latencyP50Ms: measured('latencyP50Ms'),
    latencyP99Ms: measured('latencyP99Ms'),
    events: measured('events'),
    rssBytes: measured('rssBytes'),
  };
}
