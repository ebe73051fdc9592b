/**
 * What a program may give of an option table: the keys of a scenario file, which are the flags without their
 * dashes, and the types of their values. Both are read from the table, so they cannot drift from it.
 */
import { UsageError } from '../core/errors.ts';
import type { OptionTable, PlanOf } from '../options/option.ts';
import type { Mix } from '../options/values/mix.ts';

/** A table's rule: a plan key whose value has a unit ends with it. */
type KeyWithUnit = `${string}Ms` | `${string}PerSecond` | `${string}Bytes`;

type ItemOf<Value> = Value extends string ? Value : string;

type GivenValue<Key, Value> = Key extends 'urls'
  ? string | URL | readonly (string | URL)[]
  : Key extends KeyWithUnit
    ? string
    : [Value] extends [boolean]
      ? boolean
      : [Value] extends [number]
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

/**
 * What only a command line can do is refused by name and not passed over.
 * @param left groups and flags, as in the type
 * @throws {UsageError}
 */
export function refuseLeft(place: string, options: object, table: OptionTable, left: readonly string[]): void {
  for (const { flag, group } of Object.values(table)) {
    if ((left.includes(group) || left.includes(flag)) && Object.hasOwn(options, flag)) {
      throw new UsageError(`${place}: ${flag} is for the command line`, {
        hint: 'What was found out is what the promise resolves with; nothing is printed or written.',
      });
    }
  }
}
