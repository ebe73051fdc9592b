/**
 * What a program may give of an option table: the keys of a scenario file, which are the flags without their dashes,
 * and the types of their values, both read from the table. What the package publishes is held against it.
 */
import type { OptionTable, PlanOf } from '../../src/options/option.ts';
import type { Mix } from '../../src/options/values/mix.ts';

/** A table's rule: a plan key whose value has a unit ends with it. */
type KeyWithUnit = `${string}Ms` | `${string}PerSecond` | `${string}Bytes`;

type ItemOf<Value> = Value extends string ? Value : string;

type GivenValue<Key, Value> = Key extends 'urls'
  ? string | URL | readonly (string | URL)[]
  : Key extends KeyWithUnit
    ? string
    : [Value] extends [boolean]
      ? boolean
      : [Value] extends [number | 'none']
        ? number | string
        : [Value] extends [Mix]
          ? string | Partial<Mix>
          : Value extends readonly (infer Item)[]
            ? ItemOf<Item> | readonly ItemOf<Item>[]
            : ItemOf<Value>;

/** The options of a table, without those of these groups and flags. */
export type GivenOptions<Table extends OptionTable, Left extends string> = {
  [
    Key in keyof Table as Table[Key]['group'] extends Left
      ? never
      : Table[Key]['flag'] extends Left
        ? never
        : Table[Key]['flag']
  ]?: GivenValue<Key, NonNullable<PlanOf<Table>[Key]>> | undefined;
};
