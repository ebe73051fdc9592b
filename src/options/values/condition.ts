/**
 * What must hold of a measured value, in one line: the grammar that the thresholds of a run and of a probe share.
 * All of it is checked before anything is measured.
 *
 *     condition = metric , operator , value ;
 *     metric     = name , { "." , name } ;              a name of the caller's metrics
 *     operator   = "<" | "<=" | ">" | ">=" | "==" | "!=" ;
 *     value      = number , [ unit ] ;                  in the metric's own unit; only counts have none
 *
 * Spaces between the parts are allowed, `latency.p99 < 250ms`.
 */
import { quote } from '../../core/printable.ts';
import { UsageError } from '../../core/errors.ts';
import { METRIC_UNITS, type MetricUnit } from '../../core/metric-units.ts';
import { isBareNumber, UnitError } from '../../core/units.ts';
import { closest } from '../../core/suggest.ts';

export interface Condition {
  /** The condition as text, in normal form without spaces. */
  readonly expression: string;
  readonly metric: string;
  readonly operator: Operator;
  /** The limit, in `unit`. */
  readonly limit: number;
  readonly unit: MetricUnit;
}

/** What can be compared, by name. */
export type Metrics = ReadonlyMap<string, { readonly unit: MetricUnit }>;

const OPERATORS = {
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
  '==': (actual, limit) => actual === limit,
  '!=': (actual, limit) => actual !== limit,
} as const satisfies Record<string, (actual: number, limit: number) => boolean>;

export type Operator = keyof typeof OPERATORS;

const MAX_LENGTH = 200;

/**
 * @param form what one looks like, for the complaint.
 *
 * @throws {UsageError} what is wrong with it and what would be
 * right
 */
export function parseCondition(text: string, metrics: Metrics, form: string): Condition {
  if (text.length > MAX_LENGTH) throw new UsageError(`the threshold is longer than ${MAX_LENGTH} characters; ${form}`);
  const { name, operator, value } = scan(text, form);
  const metric = metrics.get(name);
  if (metric === undefined) throw unknownMetric(name, metrics);
  if (!Object.hasOwn(OPERATORS, operator)) {
    throw new UsageError(`${quote(operator)} is not a comparison; use one of ${Object.keys(OPERATORS).join(' ')}`);
  }
  const limit = parseLimit({ name, operator, value }, metric.unit);
  return {
    expression: `${name}${operator}${value}`,
    metric: name,
    operator: operator as Operator,
    limit,
    unit: metric.unit,
  };
}

/** @param actual in the unit of the condition */
export function holds({ operator, limit }: Condition, actual: number): boolean {
  return OPERATORS[operator](actual, limit);
}

interface Parts {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
}

/** Three parts, whatever they are: so that the complaint is about the part that is wrong. */
function scan(text: string, form: string): Parts {
  const match = /^\s*([\w.-]+)\s*([<>=!~]+)\s*(\S+)\s*$/.exec(text);
  if (match === null) {
    const isBare = /^[\w.-]+$/.test(text);
    throw new UsageError(
      `${quote(text)} is not a valid condition; ${form}`,
      isBare
        ? { hint: 'Put the whole condition in quotes: otherwise the shell takes "<" and ">" as redirections.' }
        : {},
    );
  }
  const [, name, operator, value] = match as unknown as [string, string, string, string];
  return { name, operator, value };
}

function unknownMetric(name: string, metrics: Metrics): UsageError {
  const guess = closest(name, metrics.keys());
  if (guess !== null) return new UsageError(`${quote(name)} is not a metric; did you mean ${quote(guess)}?`);
  const members = [...metrics.keys()].filter((known) => known.startsWith(`${name}.`));
  if (members.length > 0)
    return new UsageError(`${quote(name)} is a group of metrics; use one of ${members.join(', ')}`);
  const families = new Set(
    [...metrics.keys()].map((known) => (known.includes('.') ? known.slice(0, known.indexOf('.')) : known)),
  );
  return new UsageError(`${quote(name)} is not a metric; metric names begin with ${[...families].join(', ')}`);
}

function parseLimit(parts: Parts, unit: MetricUnit): number {
  try {
    return METRIC_UNITS[unit].parse(parts.value);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new UsageError(wrongValue(parts, unit), { cause: error });
  }
}

/** One sentence: the unit that the metric has, and the same condition with a value of that unit. */
function wrongValue({ name, operator, value }: Parts, unit: MetricUnit): string {
  const { says, endings, example } = METRIC_UNITS[unit];
  const written = `${name}: ${quote(value)}`;
  const right = `${name}${operator}${example}`;
  if (value.startsWith('-')) return `${written} is negative; ${says} is written like ${right}`;
  if (unit === 'count') return `${written} is not a whole number; a count is written without a unit, such as ${right}`;
  return isBareNumber(value)
    ? `${written} has no unit; add ${endings}, such as ${right}`
    : `${written} is not ${says}; write it like ${right}`;
}
