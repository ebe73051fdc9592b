import { UsageError } from '../core/errors.ts';
import { UnitError } from '../core/units.ts';
import { type Condition, holds, parseCondition } from '../options/values/condition.ts';
import { ValueError } from '../options/values/value-kind.ts';
import { splitThreshold, type ThresholdText } from '../options/values/threshold-text.ts';
import { METRICS, type MetricUnit } from './metrics.ts';

/**
 * What must hold after a run, in one line each. All of it is checked before the run begins.
 *
 *     threshold = condition , [ "abort" , [ "after" , duration ] ] ;     options/values/condition.ts; a metric of METRICS
 *
 * Before and after `abort` spaces are needed.
 */
export interface Threshold extends Condition {
  /** It ends the run when it is broken so long after the ramp, or later; null when it does not. */
  readonly abortAfterMs: number | null;
}

export interface ThresholdResult {
  /** The threshold as it was given, without `abort`. */
  expression: string;
  /** The measured value in `unit`; null when the run has no sample. */
  actual: number | null;
  /** The unit of `actual`. */
  unit: MetricUnit;
  /** Whether it holds; `no-data` where the run has no sample, which counts as broken. */
  status: 'pass' | 'fail' | 'no-data';
}

const FORM = 'a threshold is METRIC OP VALUE, such as latency.p99<250ms';
const MAX_LENGTH = 200;

/** @throws {UsageError} one sentence: what is wrong with it and what would be right */
export function parseThreshold(text: string): Threshold {
  if (text.length > MAX_LENGTH) throw new UsageError(`the threshold is longer than ${MAX_LENGTH} characters; ${FORM}`);
  const { expression, abortAfterMs } = splitAbort(text);
  const condition = parseCondition(expression, METRICS, FORM);
  if (abortAfterMs !== null && METRICS.get(condition.metric)?.atEnd === true) {
    throw new UsageError(`${condition.metric} is known only after the run, so it cannot end the run`, {
      hint: 'Remove "abort": the threshold is judged at the end.',
    });
  }
  return { ...condition, abortAfterMs };
}

function splitAbort(text: string): ThresholdText {
  try {
    return splitThreshold(text);
  } catch (error) {
    if (!(error instanceof UnitError) && !(error instanceof ValueError)) throw error;
    throw new UsageError(`the time after "abort after": ${error.message}`, { cause: error });
  }
}

/**
 * Pure. A threshold without a single sample is `no-data`, which fails a run like a broken one: what was
 * asked for was not shown.
 *
 * @param valueOf the measured value in the metric's unit, or null when there was no sample
 */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  valueOf: (metric: string) => number | null,
): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const { expression, metric, unit } = threshold;
    const actual = valueOf(metric);
    if (actual === null || Number.isNaN(actual)) return { expression, actual: null, unit, status: 'no-data' };
    return { expression, actual, unit, status: holds(threshold, actual) ? 'pass' : 'fail' };
  });
}
