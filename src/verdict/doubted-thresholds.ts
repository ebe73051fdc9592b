/**
 * The thresholds that a run cannot answer, although it has figures for them: those that our own slowness, our
 * own clock or a trend without a verdict could have decided. They make a run inconclusive instead of failing it.
 *
 * Our own part is taken off rank by rank: a loop that was late by 3 ms at its 99th percentile explains 3 ms of a
 * p99, not the 200 ms of one single stop; that explains a maximum. What stays broken without it is broken.
 */
import { mayBeBehind } from '../accounts/latency-floor.ts';
import type { Percentiles } from '../measure/histogram.ts';
import type { Growth } from '../memory/trend.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { JudgedRun } from './judged-run.ts';
import { METRICS } from './metrics.ts';
import { isTimed, mayHaveDecided } from './own-lateness.ts';
import { evaluateThresholds, type Threshold, type ThresholdResult } from './thresholds.ts';

/**
 * `growth`: no trend · `clock`: ours was set · `skew`: the server's may be off · `saturated`: we were too slow ·
 * `own-part`: it holds without ours.
 */
export type ThresholdDoubt = 'growth' | 'clock' | 'skew' | 'saturated' | 'own-part';

const GROWTH = 'server.rss.growth';
const ONE_WAY = /^latency\./;
const DELAY_RANK: Readonly<Record<string, 'p50' | 'p99' | 'max'>> = {
  p50: 'p50',
  mean: 'p50',
  p90: 'p99',
  p95: 'p99',
  p99: 'p99',
  p999: 'max',
  max: 'max',
};

export function doubtedThresholds(
  run: JudgedRun,
  thresholds: readonly Threshold[],
  results: readonly ThresholdResult[],
): Map<Threshold, ThresholdDoubt> {
  const doubted = new Map<Threshold, ThresholdDoubt>();
  const growth = undecidedGrowth(run.growth, thresholds);
  for (const [at, threshold] of thresholds.entries()) {
    const { status, actual } = results[at] as ThresholdResult;
    // It was asked for doubts when it ended the run, and had none.
    if (run.endedEarly?.expression === threshold.expression) continue;
    if (growth.includes(threshold)) doubted.set(threshold, 'growth');
    else if (run.generator.clockStep !== null && ONE_WAY.test(threshold.metric)) doubted.set(threshold, 'clock');
    else if (status !== 'pass' && isOfAnotherClock(run, threshold)) doubted.set(threshold, 'skew');
    else if (status !== 'fail' || actual === null) continue;
    else if (run.generator.saturated && mayHaveDecided(threshold, actual, run.generator))
      doubted.set(threshold, 'saturated');
    else if (holds(threshold, actual - ownPart(run, threshold))) doubted.set(threshold, 'own-part');
  }
  return doubted;
}

/**
 * Whether the server's clock decides about a threshold on a latency: no time was one, or it would hold with what all
 * events of a second were late by taken off.
 */
function isOfAnotherClock({ summary, target }: RunRecord, threshold: Threshold): boolean {
  if (!ONE_WAY.test(threshold.metric) || target.embedded) return false;
  const { latency, latencyAboveFloor, skew, ageBefore } = summary.times;
  if (latency.count === 0) return skew.count + ageBefore.count > 0;
  const rank = threshold.metric.slice(threshold.metric.lastIndexOf('.') + 1) as keyof Percentiles;
  return mayBeBehind(summary) && holds(threshold, latencyAboveFloor.percentiles()[rank] ?? 0);
}

/** What of a metric may be our doing, in its unit. */
function ownPart({ generator, summary: { counts } }: RunRecord, threshold: Threshold): number {
  const { metric } = threshold;
  if (metric === 'events.lost') return counts.lostAfterStop + counts.resumeLostAfterStop;
  if (METRICS.get(metric)?.unit !== 'ms' || !isTimed(threshold)) return 0;
  const rank = DELAY_RANK[metric.slice(metric.lastIndexOf('.') + 1)];
  return rank === undefined ? 0 : generator.eventLoopDelayMs[rank];
}

/**
 * The thresholds on growth that a trend without a verdict does not answer. One that holds, or is broken, at
 * both ends of the interval is answered all the same.
 */
function undecidedGrowth({ verdict, low, high }: Growth, thresholds: readonly Threshold[]): Threshold[] {
  const onGrowth = thresholds.filter(({ metric }) => metric === GROWTH);
  if (onGrowth.length === 0) return [];
  if (verdict !== 'inconclusive') return [];
  return onGrowth.filter(
    (threshold) => low === null || high === null || holds(threshold, low) !== holds(threshold, high),
  );
}

function holds(threshold: Threshold, actual: number): boolean {
  return evaluateThresholds([threshold], () => actual)[0]?.status === 'pass';
}
