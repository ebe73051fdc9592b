/** What all formats of a comparison say in the same words. Texts of the files are not escaped here: each format does. */
import type { FindingChange, ThresholdChange } from '../../compare/changes.ts';
import type { ComparedRun, Comparison } from '../../compare/comparison.ts';
import type { RunDifference } from '../../compare/differences.ts';
import type { JudgedMetric } from '../../compare/judged-metric.ts';
import { METRIC_UNITS, type MetricUnit } from '../../core/metric-units.ts';
import { counted, formatCount, formatDuration, formatPercent } from '../../core/units.ts';

export const VERDICT_WORDS = { pass: 'PASS', fail: 'WORSE', inconclusive: 'INCONCLUSIVE' } as const;

const MOST_NAMES = 3;

/** What differs, by what it means for the figures. */
export const DIFFERENCE_WORDS: Readonly<Record<RunDifference['kind'], string>> = {
  load: 'load differs',
  judging: 'bound differs',
  context: 'also differs',
};

/** The heading above metrics that differ; of runs that cannot be compared it is no judgement. */
export function headingOf({ verdict }: Comparison, judgement: 'worse' | 'better'): string {
  return verdict === 'inconclusive' ? `would be ${judgement}` : judgement;
}

/** Behind the word of the verdict: one sentence. */
export function verdictSentence(comparison: Comparison): string {
  const { verdict, counts, metrics, findings, thresholds, doubts, base, new: next } = comparison;
  const forced = comparison.forced ? ' (judged with --force)' : '';
  if (verdict === 'inconclusive') return doubts.join(' ');
  if (verdict === 'pass') {
    const better = counts.better === 0 ? [] : [`${counted(counts.better, 'figure')} ${areOrIs(counts.better)} better`];
    const same = `${counted(counts.same, 'figure')} ${areOrIs(counts.same)} the same`;
    const both = base.verdict === 'fail' && next.verdict === 'fail' ? '; both runs fail' : '';
    return `nothing is worse: ${[...better, same].join(', ')}${both}${forced}`;
  }
  const worse = metrics.filter(({ judgement }) => judgement === 'worse').map(({ metric }) => metric);
  const came = findings.filter(({ isWorse }) => isWorse).map(({ id }) => id);
  const broke = thresholds.filter(({ change }) => change === 'broke').map(({ expression }) => expression);
  const why = [
    ...listed(worse, 'figure', `${areOrIs(worse.length)} worse`),
    ...listed(came, 'finding', 'came'),
    ...listed(broke, 'threshold', 'broke'),
  ];
  return `${why.length === 0 ? 'the run fails, and BASE passed' : why.join('; ')}${forced}`;
}

function areOrIs(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** `4 figures are worse (latency.p99, latency.p95, …)`. */
function listed(names: readonly string[], noun: string, verb: string): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return [`${counted(names.length, noun)} ${verb} (${shown}${names.length > MOST_NAMES ? ', …' : ''})`];
}

/** When and how a run was: `2026-11-30 20:51 UTC · 300 clients · 25.5s`. */
export function runText({ startedAt, clients, durationMs }: ComparedRun): string {
  const date = new Date(startedAt);
  const when = Number.isNaN(date.getTime()) ? startedAt : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [when, counted(clients, 'client'), formatDuration(durationMs)].join(' · ');
}

export function figureText({ unit }: Pick<JudgedMetric, 'unit'>, value: number | null): string {
  return value === null ? '–' : METRIC_UNITS[unit].format(value);
}

/** From so many times the base on, a percentage is no longer read. */
const MANY_TIMES = 10;

/** `+329%`, `-12%`, `×183`; empty where the base is 0. */
export function changeText({ change }: Pick<JudgedMetric, 'change'>): string {
  if (change === null) return '';
  if (change + 1 >= MANY_TIMES) return `×${formatCount(change + 1)}`;
  const ratio = Math.abs(change) >= 0.1 ? Math.round(change * 100) / 100 : change;
  return `${ratio > 0 ? '+' : ''}${formatPercent(ratio)}`;
}

/** Between what the difference lies: `18ms to 23ms`. */
export function intervalText({ interval, unit }: Pick<JudgedMetric, 'interval' | 'unit'>): string {
  if (interval === null) return '';
  const { format } = METRIC_UNITS[unit];
  const [near, far] = [Math.abs(interval.low), Math.abs(interval.high)].toSorted((a, b) => a - b) as [number, number];
  return format(near) === format(far) ? format(far) : `${format(near)} to ${format(far)}`;
}

export function thresholdText({ unit, base, new: next }: ThresholdChange): string {
  const shown = ({ actual }: ThresholdChange['base']): string => {
    if (actual === null) return 'no data';
    return Object.hasOwn(METRIC_UNITS, unit) ? METRIC_UNITS[unit as MetricUnit].format(actual) : String(actual);
  };
  return `${shown(base)} → ${shown(next)}`;
}

/** `fail`, or `warn → fail`. */
export function severityText({ base, new: next }: FindingChange): string {
  return base !== null && next !== null && base !== next ? `${base} → ${next}` : (next ?? base ?? '');
}

/** What is worth a line: an `info` that comes and goes is none. */
export function toldFindings({ findings }: Comparison): FindingChange[] {
  return findings.filter(({ base, new: next }) => (next ?? base) !== 'info');
}

/** Names of metrics with those of one family together: `connect.{p50,p90}`. */
export function namesTogether(metrics: readonly Pick<JudgedMetric, 'metric'>[]): string[] {
  const byFamily = new Map<string, string[]>();
  for (const { metric } of metrics) {
    const dot = metric.lastIndexOf('.');
    const family = metric.slice(0, dot);
    byFamily.set(family, [...(byFamily.get(family) ?? []), metric.slice(dot + 1)]);
  }
  return [...byFamily].map(([family, rest]) =>
    rest.length === 1 ? `${family}.${rest.join('')}` : `${family}.{${rest.join(',')}}`,
  );
}

/** Metrics that could not be judged, by the reason. */
export function unjudged({ metrics }: Comparison): [why: string, metrics: JudgedMetric[]][] {
  const byReason = new Map<string, JudgedMetric[]>();
  for (const metric of metrics) {
    if (metric.judgement !== 'not-judged') continue;
    const why = metric.why ?? '';
    byReason.set(why, [...(byReason.get(why) ?? []), metric]);
  }
  return [...byReason];
}

/** What counted as the same. */
export function sameWithin({ tolerance, tolerances, base, new: next }: Comparison): string {
  const some = Object.entries(tolerances).map(([metric, ratio]) => `, ${metric} ${formatPercent(ratio)}`);
  const late = [base, next].map(({ ownDelayMs }) => formatDuration(ownDelayMs)).join(' and ');
  return `within ${formatPercent(tolerance)}${some.join('')} and the noise; the generator itself was late by ${late} (p99)`;
}
