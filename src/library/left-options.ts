import { UsageError } from '../core/errors.ts';
import type { OptionTable } from '../options/option.ts';

/**
 * Refuses by name what only a command line can do, such as printing and writing files; it is not passed over.
 * @param left groups and flags of the table
 * @throws {UsageError}
 */
export function refuseLeft(place: string, options: object, table: OptionTable, left: readonly string[]): void {
  for (const { flag, group } of Object.values(table)) {
    if ((left.includes(group) || left.includes(flag)) && Object.hasOwn(options, flag)) {
      throw new UsageError(`${place}: ${flag} is for the command line`, {
        hint: 'The promise resolves with the result; the library prints and writes nothing.',
      });
    }
  }
}
