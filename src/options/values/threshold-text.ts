/**
 * How a threshold is written: one text, or in YAML also a map with the same three parts.
 *
 *     latency.p99<250ms                      held against the whole run
 *     latency.p99<250ms abort                and ends the run as soon as it is broken
 *     latency.p99<250ms abort after 10s      but not in the first 10 s after the ramp
 *     { expression: latency.p99<250ms, abortOnFail: true, delay: 10s }
 *
 * What a metric is and what its value may be belongs to the verdict, which is asked before the run begins.
 */
import { quote } from '../../core/printable.ts';
import { UNIT_PATTERNS, UnitError } from '../../core/units.ts';
import { type Given, type Kind, list, ValueError } from './value-kind.ts';
import { duration } from './quantities.ts';
import { text, toggle } from './words.ts';

export interface ThresholdText {
  /** `METRIC OP VALUE`. */
  expression: string;
  /** Ends the run when it is broken so long after the ramp, or later; null when it does not. */
  abortAfterMs: number | null;
}

const ABORT = /^(.*\S)\s+abort(?:\s+after\s+(\S+))?\s*$/;
const delay = duration('0s', '31d');

/** @throws {UnitError | ValueError} for a delay that is none */
export function splitThreshold(given: string): ThresholdText {
  const match = ABORT.exec(given);
  if (match === null) return { expression: given, abortAfterMs: null };
  return { expression: match[1] as string, abortAfterMs: match[2] === undefined ? 0 : delay.read(match[2]) };
}

const texts = list(
  text({
    placeholder: 'metric op value',
    pattern: /^[^\n\r]+$/,
    what: 'METRIC OP VALUE, such as latency.p99<250ms',
    maxLength: 200,
  }),
);

const FORM = 'write { expression: latency.p99<250ms, abortOnFail: true, delay: 10s }';
const KEYS = ['expression', 'abortOnFail', 'delay'] as const;

const mapSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['expression'],
  properties: {
    expression: { type: 'string', description: 'METRIC OP VALUE' },
    abortOnFail: { type: 'boolean', description: 'ends the run as soon as it is broken' },
    delay: { type: 'string', pattern: UNIT_PATTERNS.duration, description: 'not in this time after the ramp' },
  },
} as const;

const itemSchema = { anyOf: [textSchema(), mapSchema] };

/** Thresholds as texts, whichever way they were written. */
export const thresholdTexts: Kind<readonly string[]> = {
  ...texts,
  schema: { anyOf: [itemSchema, { type: 'array', items: itemSchema, maxItems: 100 }] },
  read(given) {
    if (typeof given === 'string') return checked(texts.read(given));
    if (given instanceof Map) return checked(texts.read([textOf(given)]));
    const items = (given as Exclude<Given, string | ReadonlyMap<string, string>>).map((item, index) =>
      typeof item === 'string' ? item : at(index, () => textOf(item)),
    );
    return checked(texts.read(items));
  },
};

function textSchema(): unknown {
  const [item] = texts.schema['anyOf'] as readonly unknown[];
  return item;
}

function checked(given: readonly string[]): readonly string[] {
  for (const [index, one] of given.entries()) at(index, () => splitThreshold(one));
  return given;
}

function textOf(map: ReadonlyMap<string, string>): string {
  for (const key of map.keys()) {
    if (!(KEYS as readonly string[]).includes(key)) throw new ValueError(`unknown key ${quote(key)}; ${FORM}`);
  }
  const expression = map.get('expression');
  if (expression === undefined) throw new ValueError(`has no expression; ${FORM}`);
  const aborts = toggle.read(map.get('abortOnFail') ?? 'false');
  const wait = map.get('delay');
  if (wait !== undefined && !aborts) throw new ValueError('a delay needs abortOnFail: true');
  if (!aborts) return expression;
  return wait === undefined ? `${expression} abort` : `${expression} abort after ${wait}`;
}

function at<Result>(index: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof ValueError || error instanceof UnitError) throw new ValueError(error.message, index);
    throw error;
  }
}
