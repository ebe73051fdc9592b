/**
 * Whether it matters that we were late: what this run was held to, and how late the load process was by itself.
 *
 * A load process that was late by 200 ms cannot have decided about a silence of 55 s. So a run is in doubt only where
 * a bound is not well above our lateness, where what was measured comes close to its bound by no more than our
 * lateness, or where something was found that lateness could look like. In all other runs it is a line that says so.
 */
import { formatDuration } from '../core/units.ts';
import { lateAfterMs, silentAfterMs } from '../findings/bounds.ts';
import type { Finding } from '../findings/finding.ts';
import { FINDINGS } from '../findings/finding-rows.ts';
import { type GeneratorReport, longestStopMs, SATURATION } from '../measure/generator.ts';
import type { TimeHistogram } from '../measure/histogram.ts';
import type { RunRecord } from '../record/run-record.ts';
import { METRICS } from './metrics.ts';
import { evaluateThresholds, type Threshold, type ThresholdResult } from './thresholds.ts';

/** What our own speed decides. */
const TIMED =
  /^(latency|spread|connect|headers|firstEvent|completion|reconnect|silence|heartbeat|eviction|events\.rate|clients|firstToken|interToken|answer|initialize)\b/;
/** Times between two things that we read, each of which we may have read late. */
const BETWEEN = /^(spread|silence|heartbeat|eviction|interToken)\b/;
/** A bound that is finer than this many times our lateness is not judged by a process that was so late. */
const FINE = 2;

/** Something that a run was held to. */
interface Bound {
  what: string;
  boundMs: number;
  /** What was measured, as far as it counts towards the bound. */
  measuredMs: number;
}

export function isTimed({ metric }: Threshold): boolean {
  return TIMED.test(metric);
}

/** The longest time by which we may have been late in reading. */
function lateMs(generator: GeneratorReport): number {
  return Math.max(longestStopMs(generator), generator.busyMs >= SATURATION.busyMs ? generator.busyMs : 0);
}

/** Whether our lateness may have decided about a threshold on a time, or on what takes time. */
export function mayHaveDecided(threshold: Threshold, actual: number, generator: GeneratorReport): boolean {
  if (METRICS.get(threshold.metric)?.unit !== 'ms') return isTimed(threshold);
  const ownMs = lateMs(generator);
  return isTimed(threshold) && (isFine(threshold.limit, ownMs) || !sameWithin(threshold, actual, ownMs));
}

export interface Weighed {
  thresholds: readonly Threshold[];
  results: readonly ThresholdResult[];
  findings: readonly Finding[];
}

/** The finding that we were too slow, as heavy as it is: a line where it can have decided nothing. */
export function weighLateness(run: RunRecord, finding: Finding, weighed: Weighed): Finding {
  if (finding.severity !== 'inconclusive' || run.generator.limited > 0) return finding;
  const ownMs = lateMs(run.generator);
  const bounds = [...promises(run), ...timedThresholds(weighed)];
  const decided = [
    ...bounds.filter(({ boundMs, measuredMs }) => isFine(boundMs, ownMs) || measuredMs + ownMs > boundMs),
    ...undecidedThresholds(weighed, ownMs),
  ].map(({ what }) => what);
  const blamed = weighed.findings.filter(
    ({ id, severity }) => severity === 'inconclusive' && FINDINGS[id].blamesTime === true,
  );
  const { lostAfterStop, resumeLostAfterStop } = run.summary.counts;
  const mayMatter = [
    ...decided,
    ...blamed.map(({ id }) => id),
    ...(lostAfterStop + resumeLostAfterStop > 0 ? ['events lost right after it'] : []),
  ];
  if (mayMatter.length > 0) return { ...finding, evidence: { ...finding.evidence, mayHaveDecided: mayMatter } };
  const finest = bounds.toSorted((one, other) => one.boundMs - other.boundMs)[0];
  const held =
    finest === undefined
      ? 'nothing in this run is judged by time'
      : `the shortest time limit of this run is ${formatDuration(finest.boundMs)} (${finest.what})`;
  return {
    ...finding,
    severity: 'info',
    title: `The load process ${howLate(run.generator)}, which does not change the result: ${held}.`,
    evidence: { ...finding.evidence, lateMs: ownMs, finestMs: finest?.boundMs ?? null },
    hint: `Latencies of this run include up to ${formatDuration(ownMs)} of the load process. ${finding.hint}`,
  };
}

function howLate({ eventLoopDelayMs, longestStop, busyMs }: GeneratorReport): string {
  if (longestStop !== null) return `was stopped for ${formatDuration(longestStop.durationMs)}`;
  if (busyMs >= SATURATION.busyMs) return `was busy for ${formatDuration(busyMs)} without a pause`;
  return `was delayed by up to ${formatDuration(eventLoopDelayMs.max)} (p99 ${formatDuration(eventLoopDelayMs.p99)})`;
}

function promises({ expectations, summary: { times, counts } }: RunRecord): Bound[] {
  const { heartbeatMs, heartbeatWithinMs, evictWithinMs } = expectations;
  const bounds: Bound[] = [];
  if (heartbeatMs !== null) {
    bounds.push({
      what: 'a late heartbeat',
      boundMs: lateAfterMs(heartbeatMs),
      measuredMs: longest(times.heartbeatInterval),
    });
  } else if (heartbeatWithinMs !== null) {
    bounds.push({
      what: 'the longest silence allowed',
      boundMs: silentAfterMs(heartbeatWithinMs),
      measuredMs: longest(times.silence),
    });
  }
  if (counts.evictionsSeen + counts.evictionsMissed > 0)
    bounds.push({
      what: 'the eviction of a stalled client',
      boundMs: evictWithinMs,
      measuredMs: longest(times.evictionTime),
    });
  return bounds;
}

/** Those on times, as bounds: what they were held against is for `undecidedThresholds`, for it may be above or below. */
function timedThresholds({ thresholds }: Weighed): Bound[] {
  return thresholds
    .filter((threshold) => isTimed(threshold) && METRICS.get(threshold.metric)?.unit === 'ms')
    .map(({ expression, limit }) => ({ what: expression, boundMs: limit, measuredMs: Number.NEGATIVE_INFINITY }));
}

function undecidedThresholds({ thresholds, results }: Weighed, ownMs: number): { what: string }[] {
  return thresholds.flatMap((threshold, at) => {
    const { actual = null, status } = results[at] ?? {};
    if (!isTimed(threshold) || actual === null) return [];
    const inMs = METRICS.get(threshold.metric)?.unit === 'ms';
    const isOpen = inMs ? !sameWithin(threshold, actual, ownMs) : status === 'fail';
    return isOpen ? [{ what: threshold.expression }] : [];
  });
}

function isFine(boundMs: number, ownMs: number): boolean {
  return boundMs < FINE * ownMs;
}

/** Whether it would be answered the same without our lateness, which may also have made short what lies between two. */
function sameWithin(threshold: Threshold, actual: number, ownMs: number): boolean {
  const others = BETWEEN.test(threshold.metric) ? [actual - ownMs, actual + ownMs] : [actual - ownMs];
  const answer = answerTo(threshold, actual);
  return others.every((other) => answerTo(threshold, other) === answer);
}

function answerTo(threshold: Threshold, actual: number): ThresholdResult['status'] | undefined {
  return evaluateThresholds([threshold], () => actual)[0]?.status;
}

function longest(times: TimeHistogram): number {
  return times.count === 0 ? 0 : times.percentile(100);
}
