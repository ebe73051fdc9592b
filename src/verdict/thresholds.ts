import { UsageError } from '../core/errors.ts';
import { quote, UnitError } from '../core/units.ts';
import { ValueError } from '../scenario/kind.ts';
import { closest } from '../scenario/suggest.ts';
import { splitThreshold, type ThresholdText } from '../scenario/threshold-text.ts';
import { type Metric, METRIC_UNITS, METRICS, type MetricUnit } from './metrics.ts';

/**
 * What must hold after a run, in one line each. All of it is checked before the run begins.
 *
 *     threshold = metric , operator , value , [ "abort" , [ "after" , duration ] ] ;
 *     metric    = name , { "." , name } ;               a name of METRICS
 *     operator  = "<" | "<=" | ">" | ">=" | "==" | "!=" ;
 *     value     = number , [ unit ] ;                   in the metric's own unit; only counts have none
 *
 * Spaces between the parts are allowed, `latency.p99 < 250ms`; before and after `abort` they are needed.
 */
export interface Threshold {
  /** As it was meant, without spaces. */
  readonly expression: string;
  readonly metric: string;
  readonly operator: Operator;
  /** In `unit`. */
  readonly limit: number;
  readonly unit: MetricUnit;
  /** It ends the run when it is broken so long after the ramp, or later; null when it does not. */
  readonly abortAfterMs: number | null;
}

export interface ThresholdResult {
  expression: string;
  /** In `unit`; null when the run has no sample. */
  actual: number | null;
  unit: MetricUnit;
  status: 'pass' | 'fail' | 'no-data';
}

const OPERATORS = {
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
  '==': (actual, limit) => actual === limit,
  '!=': (actual, limit) => actual !== limit,
} as const satisfies Record<string, (actual: number, limit: number) => boolean>;

export type Operator = keyof typeof OPERATORS;

const FORM = 'a threshold is METRIC OP VALUE, such as latency.p99<250ms';
const MAX_LENGTH = 200;

/** @throws {UsageError} one sentence: what is wrong with it and what would be right */
export function parseThreshold(text: string): Threshold {
  if (text.length > MAX_LENGTH) throw new UsageError(`the threshold is longer than ${MAX_LENGTH} characters; ${FORM}`);
  const { expression, abortAfterMs } = splitAbort(text);
  const { name, operator, value } = scan(expression);
  const metric = METRICS.get(name);
  if (metric === undefined) throw unknownMetric(name);
  if (!Object.hasOwn(OPERATORS, operator)) {
    throw new UsageError(`${quote(operator)} is no comparison; use one of ${Object.keys(OPERATORS).join(' ')}`);
  }
  const limit = parseLimit(name, metric, value);
  if (abortAfterMs !== null && metric.atEnd) {
    throw new UsageError(`${name} is known only when the run is over, so it cannot end it`, { hint: 'Leave "abort" out: it is judged at the end.' });
  }
  return { expression: `${name}${operator}${value}`, metric: name, operator: operator as Operator, limit, unit: metric.unit, abortAfterMs };
}

function splitAbort(text: string): ThresholdText {
  try {
    return splitThreshold(text);
  } catch (error) {
    if (!(error instanceof UnitError) && !(error instanceof ValueError)) throw error;
    throw new UsageError(`the time after "abort after": ${error.message}`, { cause: error });
  }
}

/** Three parts, whatever they are: so that the complaint is about the part that is wrong. */
function scan(text: string): { name: string; operator: string; value: string } {
  const match = /^\s*([\w.-]+)\s*([<>=!~]+)\s*(\S+)\s*$/.exec(text);
  if (match === null) throw new UsageError(`${quote(text)} cannot be read; ${FORM}`);
  const [, name, operator, value] = match as unknown as [string, string, string, string];
  return { name, operator, value };
}

function unknownMetric(name: string): UsageError {
  const guess = closest(name, METRICS.keys());
  if (guess !== null) return new UsageError(`${quote(name)} is no metric; did you mean ${quote(guess)}?`);
  const members = [...METRICS.keys()].filter((known) => known.startsWith(`${name}.`));
  if (members.length > 0) return new UsageError(`${quote(name)} is a family of metrics; take one of ${members.join(', ')}`);
  const families = new Set([...METRICS.keys()].map((known) => known.slice(0, known.indexOf('.'))));
  return new UsageError(`${quote(name)} is no metric; their names begin with ${[...families].join(', ')}`);
}

function parseLimit(name: string, { unit }: Metric, value: string): number {
  try {
    return METRIC_UNITS[unit].parse(value);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    if (unit === 'count') throw new UsageError(`${name}: ${quote(value)} ${error.message}`, { cause: error });
    throw new UsageError(`${name}: ${error.message}`, { hint: `Write it like ${name}<${METRIC_UNITS[unit].example}.`, cause: error });
  }
}

/**
 * Pure. A threshold without a single sample is `no-data`, which fails a run like a broken one: what was
 * asked for was not shown.
 *
 * @param valueOf the measured value in the metric's unit, or null when there was no sample
 */
export function evaluateThresholds(
  thresholds: readonly Threshold[], valueOf: (metric: string) => number | null,
): ThresholdResult[] {
  return thresholds.map(({ expression, metric, operator, limit, unit }) => {
    const actual = valueOf(metric);
    if (actual === null || Number.isNaN(actual)) return { expression, actual: null, unit, status: 'no-data' };
    return { expression, actual, unit, status: OPERATORS[operator](actual, limit) ? 'pass' : 'fail' };
  });
}
