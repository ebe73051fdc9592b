import { type Command, Option } from 'commander';
import { type OptionRow, type OptionTable, shownDefault, shownRepeats, usageOf } from '../options/option.ts';
import type { FlagValues } from '../options/resolve.ts';

/** Option table → flags of a command. Values stay the text that was typed; the table's kinds read it later. */
export function addFlags(command: Command, table: OptionTable): void {
  for (const row of Object.values(table)) command.addOption(flagOf(row));
}

function flagOf(row: OptionRow): Option {
  const { repeats } = row.kind;
  const flag = new Option(usageOf(row), describe(row));
  flag.helpGroup(`${row.group}:`);
  if (repeats) flag.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return flag;
}

function describe(row: OptionRow): string {
  const shown = shownDefault(row);
  const notes = [shown === '' ? '' : `default: ${shown}`, shownRepeats(row)].filter((note) => note !== '');
  return notes.length === 0 ? row.help : `${row.help} (${notes.join(', ')})`;
}

/** What was typed for this command, by flag name; nothing for flags that were not given. */
export function flagValues(command: Command): FlagValues {
  const given: Record<string, string | boolean | readonly string[]> = {};
  for (const option of command.options) {
    const attribute = option.attributeName();
    if (command.getOptionValueSource(attribute) !== 'cli') continue;
    // commander turns `--no-color` into `color: false`; in the table it is a switch of its own, which is on.
    given[option.long?.slice(2) ?? attribute] = option.negate ? true : (command.getOptionValue(attribute) as string);
  }
  return given;
}
