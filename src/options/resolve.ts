import { quote } from '../core/printable.ts';
import { UsageError } from '../core/errors.ts';
import { UnitError } from '../core/units.ts';
import { type Given, ValueError } from './values/value-kind.ts';
import type { OptionRow, OptionTable, PlanOf } from './option.ts';
import { closest } from '../core/suggest.ts';

/**
 * Table + what was given → plan. Defaults first, then the scenario file, then flags. Whatever is given later replaces
 * what was there, lists and maps whole: nothing is ever added to a list, so that each can also be made shorter. A value in
 * the file is checked also where a flag overrides it. Every refusal says where the value stood.
 */

/** What was given on the command line, by flag name without dashes; nothing for flags that were not given. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[]>>;

/** One key of a scenario file, with its places in the file. */
export interface ScenarioEntry {
  readonly key: string;
  /** `FILE:LINE:COLUMN` of the key. */
  readonly keyPlace: string;
  readonly given: Given;
  readonly quoted: boolean;
  /** `FILE:LINE:COLUMN` of the value, or of one item of it. */
  place(at?: number | string): string;
}

/** What makes no sense together: the options concerned (the culprit first) and why. */
export interface Conflict<Plan> {
  readonly keys: readonly (keyof Plan & string)[];
  readonly message: string;
  readonly hint?: string;
  /** The item of a list that is meant. */
  readonly at?: number;
}

export type Rule<Plan> = (plan: Plan) => Conflict<Plan> | null;

/** What the first of the rules that does not hold says. */
export function firstConflict<Plan>(
  plan: Plan,
  rules: readonly ((plan: Plan) => Conflict<Plan> | null)[],
): Conflict<Plan> | null {
  for (const rule of rules) {
    const conflict = rule(plan);
    if (conflict !== null) return conflict;
  }
  return null;
}

interface Sources {
  readonly flags: FlagValues;
  readonly entries: readonly ScenarioEntry[];
  /** Those of the entries that are checked and have no effect. Default: none. */
  readonly leftOut?: readonly ScenarioEntry[];
}

type Place = (at?: number | string) => string;

/** @throws {UsageError} one line, beginning with `--flag:` or `FILE:LINE:COLUMN: key:` */
export function resolvePlan<Table extends OptionTable>(
  table: Table,
  sources: Sources,
  rules: readonly Rule<PlanOf<Table>>[],
): PlanOf<Table> {
  const keyByFlag = new Map(Object.entries(table).map(([key, row]) => [row.flag, key]));
  const values = new Map<string, unknown>();
  const places = new Map<string, Place>();

  for (const [key, row] of Object.entries(table)) {
    values.set(key, row.default === null ? null : row.kind.read(row.default));
  }
  for (const entry of sources.entries) {
    const key = keyByFlag.get(entry.key);
    if (key === undefined) throw unknownKey(entry, keyByFlag);
    const row = table[key] as OptionRow;
    const place: Place = (at) => `${entry.place(at)}: ${entry.key}`;
    if (entry.quoted && row.kind.bare) throw refusal(place(), 'is written without quotes');
    const value = read(row, entry.given, place);
    if (sources.leftOut?.includes(entry) === true) continue;
    values.set(key, value);
    places.set(key, place);
  }
  for (const [flag, value] of Object.entries(sources.flags)) {
    const key = keyByFlag.get(flag);
    if (key === undefined) throw unknownFlag(flag, keyByFlag);
    const row = table[key] as OptionRow;
    const place: Place = () => `--${flag}`;
    values.set(key, read(row, normalise(row, value), place));
    places.set(key, place);
  }

  for (const [key, { defaultAtMost, defaultWith, kind }] of Object.entries(table)) {
    if (places.has(key)) continue;
    if (defaultAtMost !== undefined)
      values.set(key, Math.min(values.get(key) as number, values.get(defaultAtMost) as number));
    if (defaultWith !== undefined && values.get(defaultWith.key) !== null)
      values.set(key, kind.read(defaultWith.default));
  }

  // The one cast: the loop above has put a value of each row's kind under each row's key.
  const plan = deepFreeze(Object.fromEntries(values)) as PlanOf<Table>;
  const conflict = firstConflict(plan, rules);
  if (conflict !== null) throw conflictError(table, conflict, places);
  return plan;
}

function normalise(row: OptionRow, value: string | boolean | readonly string[]): Given {
  const given = typeof value === 'boolean' ? String(value) : value;
  if (!row.kind.repeats) return given;
  const each = typeof given === 'string' ? [given] : given;
  return row.kind.commas ? each.flatMap(apart) : each;
}

/** `a,b` and `a, b` are two values. */
function apart(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

function read(row: OptionRow, given: Given, place: Place): unknown {
  try {
    return row.kind.read(given);
  } catch (error) {
    if (error instanceof ValueError) throw refusal(place(error.at), error.message);
    if (error instanceof UnitError) throw refusal(place(), error.message);
    throw error;
  }
}

function refusal(place: string, message: string, hint?: string): UsageError {
  return new UsageError(`${place}: ${message}`, hint === undefined ? {} : { hint });
}

function unknownKey(entry: ScenarioEntry, keyByFlag: ReadonlyMap<string, string>): UsageError {
  if (entry.key === '<<')
    return refusal(entry.keyPlace, 'merge keys ("<<") are not supported', 'Write the values out.');
  // A reader of reports knows the plan's names (`rampMs`); the file has the flags' names (`ramp`).
  const guess = [...keyByFlag].find(([, key]) => key === entry.key)?.[0] ?? closest(entry.key, keyByFlag.keys());
  const suggestion = guess === null ? '' : `; did you mean ${quote(guess)}?`;
  return refusal(
    entry.keyPlace,
    `unknown key ${quote(entry.key)}${suggestion}`,
    'The keys are the flags without their dashes; "--help" lists them.',
  );
}

function unknownFlag(flag: string, keyByFlag: ReadonlyMap<string, string>): UsageError {
  const guess = closest(flag, keyByFlag.keys());
  return refusal(`--${flag}`, guess === null ? 'unknown flag' : `unknown flag; did you mean --${guess}?`);
}

function conflictError<Plan>(
  table: OptionTable,
  conflict: Conflict<Plan>,
  places: ReadonlyMap<string, Place>,
): UsageError {
  const given = conflict.keys.find((key) => places.has(key));
  const place =
    given === undefined
      ? `--${(table[conflict.keys[0] as string] as OptionRow).flag}`
      : (places.get(given) as Place)(conflict.at);
  return refusal(place, conflict.message, conflict.hint);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
