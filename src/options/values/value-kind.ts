import { quote } from '../../core/printable.ts';
import { UnitError } from '../../core/units.ts';

/**
 * What an option's value is: one object that reads it, says its JSON Schema and its name in `--help`.
 *
 * Flags and YAML give the same three shapes, so each kind is written once. YAML scalars arrive as the text
 * that stands in the file: `ramp: 5` is refused for its missing unit exactly like `--ramp 5`, and YAML's
 * own ideas about numbers (`012`, `1e999`, `yes`) never come into play.
 */

/** What the user wrote: one text, a map (YAML only), or a list of them (repeated flag, YAML list). */
export type Given = GivenItem | readonly GivenItem[];

export type GivenItem = string | ReadonlyMap<string, string>;

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Kind<Value> {
  /** `--ramp <placeholder>` in the help; null for a switch, which takes no value. */
  readonly placeholder: string | null;
  /** The flag may be given several times, and YAML has a list. */
  readonly repeats: boolean;
  /** A number or boolean: in YAML it stands without quotes, and `"10"` is refused. */
  readonly bare: boolean;
  /** No value of it has a comma, so that one flag may give several: `--ignore a,b`. YAML has its own lists. */
  readonly commas: boolean;
  /** Least and most, as a user writes them; null where there is no such thing. */
  readonly range: readonly [least: string, most: string] | null;
  readonly schema: JsonSchema;
  /** @throws {ValueError | UnitError} without the option's name: the caller knows where the value stood. */
  read(given: Given): Value;
  /** As a user would write the value: what is read from it is the same value. */
  show(value: Value): Given;
}

/** Why a value is refused. `at` is the place inside a list (its index) or a map (its key). */
export class ValueError extends Error {
  readonly at: number | string | undefined;

  constructor(message: string, at?: number | string) {
    super(message);
    this.at = at;
  }
}

export interface ScalarSpec<Value> {
  placeholder: string | null;
  schema: JsonSchema;
  parse(text: string): Value;
  /** Default: `String()`, which is right for texts, numbers and switches. */
  show?(value: Value): string;
  bare?: boolean;
  commas?: boolean;
  range?: readonly [least: string, most: string];
}

/** A kind that is written as one text. */
export function scalar<Value>(spec: ScalarSpec<Value>): Kind<Value> {
  return {
    placeholder: spec.placeholder,
    repeats: false,
    bare: spec.bare ?? false,
    commas: spec.commas ?? false,
    range: spec.range ?? null,
    schema: spec.schema,
    read(given) {
      if (typeof given !== 'string') throw new ValueError('takes one value, not a list or a map');
      return spec.parse(given);
    },
    show: (value) => spec.show?.(value) ?? String(value),
  };
}

/** Most items of a list: no option needs more, and a longer list is a mistake or an attack. */
const MAX_ITEMS = 100;

/** A list of values of one kind. */
export function list<Item>(item: Kind<Item>): Kind<readonly Item[]> {
  return {
    placeholder: item.placeholder,
    repeats: true,
    bare: false,
    commas: item.commas,
    range: item.range,
    schema: { anyOf: [item.schema, { type: 'array', items: item.schema, maxItems: MAX_ITEMS }] },
    read(given) {
      // One value needs no list of its own.
      if (typeof given === 'string') return [readItem(item, given, 0)];
      if (!Array.isArray(given)) throw new ValueError('takes a list; write each value on its own line after "- "');
      const items = given as readonly GivenItem[];
      if (items.length > MAX_ITEMS) throw new ValueError(`has ${items.length} values; the limit is ${MAX_ITEMS}`);
      return items.map((one, index) => readItem(item, one, index));
    },
    show: (items) => items.map((one) => item.show(one) as GivenItem),
  };
}

function readItem<Item>(item: Kind<Item>, given: GivenItem, index: number): Item {
  // Where a text was meant: YAML makes a map of `- Name: value`.
  if (typeof given !== 'string')
    throw new ValueError('each item must be one text; put it in quotes if it contains ": "', index);
  try {
    return item.read(given);
  } catch (error) {
    if (error instanceof ValueError || error instanceof UnitError) throw new ValueError(error.message, index);
    throw error;
  }
}

export interface Bounds {
  least: number;
  most: number;
  /** The same as the user writes them. */
  range: readonly [least: string, most: string];
}

/** Refuses what is shorter or longer than makes sense, in the user's own units. */
export function within(text: string, value: number, { least, most, range }: Bounds): number {
  if (value < least) throw new ValueError(`${quote(text)} is too small; the least is ${range[0]}`);
  if (value > most) throw new ValueError(`${quote(text)} is too large; the most is ${range[1]}`);
  return value;
}
