/**
 * What a shell can complete: the commands as they were declared, with what the option tables say of each value.
 *
 * The scripts hold all of it as text. None of them asks the program, which would take a tenth of a second for each key.
 */
import type { Argument, Command, Option } from 'commander';
import type { OptionRow, OptionTable } from '../../options/option.ts';
import { OPTION_TABLES } from '../../options/schema.ts';
import { listsOf } from '../list-flag.ts';
import { valueRows } from '../value-lists.ts';

/** What may stand in one place of the command line. */
export interface Value {
  /** What it is called in the help. */
  readonly name: string;
  readonly takes: 'words' | 'files' | 'text';
  readonly words: readonly string[];
  /** Several words may stand there, with commas between them. */
  readonly commas: boolean;
  /** The word is only the beginning of the value, such as the metric of a threshold. */
  readonly goesOn: boolean;
}

export interface CompletedFlag {
  readonly long: string;
  /** `-h`; null where there is no letter for it. */
  readonly short: string | null;
  readonly says: string;
  readonly repeats: boolean;
  /** Null for a switch. */
  readonly value: Value | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly says: string;
  readonly flags: readonly CompletedFlag[];
  readonly argument: Value | null;
}

export interface Completed {
  /** The flags of the program itself, which stand before any command. */
  readonly flags: readonly CompletedFlag[];
  readonly commands: readonly CompletedCommand[];
}

export function completed(program: Command): Completed {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    flags: help.visibleOptions(program).map((option) => flagOf(option, '')),
    commands: commands.map((command) => ({
      name: command.name(),
      says: command.description(),
      flags: help.visibleOptions(command).map((option) => flagOf(option, command.name())),
      argument: argumentOf(command.registeredArguments[0], names),
    })),
  };
}

function flagOf(option: Option, command: string): CompletedFlag {
  const table: OptionTable | undefined = OPTION_TABLES[command as keyof typeof OPTION_TABLES];
  const long = option.long ?? '';
  const row = Object.values(table ?? {}).find(({ flag }) => `--${flag}` === long);
  return {
    long,
    short: option.short ?? null,
    says: row?.help ?? option.description,
    repeats: row?.kind.repeats ?? false,
    value: row === undefined ? otherValue(option, command) : valueOf(row, command),
  };
}

function valueOf({ kind }: OptionRow, command: string): Value | null {
  const { placeholder, schema } = kind;
  const commas = kind.repeats && kind.commas;
  if (placeholder === null) return null;
  if (placeholder === 'file') return { ...text(placeholder), takes: 'files' };
  if (placeholder === 'fault') return { ...words(placeholder, namesOf('faults', command)), commas };
  if (placeholder === 'metric op value') return { ...words(placeholder, namesOf('metrics', command)), goesOn: true };
  const choices = choicesOf(schema);
  return choices.length === 0 ? text(placeholder) : { ...words(placeholder, choices), commas };
}

/** Flags that stand in no option table: `--list`. */
function otherValue(option: Option, command: string): Value | null {
  if (option.long === '--list') return words('list', listsOf(command));
  return option.required || option.optional ? text('value') : null;
}

function argumentOf(argument: Argument | undefined, commands: readonly string[]): Value | null {
  if (argument === undefined) return null;
  const name = argument.name();
  if (argument.argChoices !== undefined) return words(name, argument.argChoices);
  if (name === 'command') return words(name, commands);
  return name === 'url' ? text(name) : { ...text(name), takes: 'files' };
}

/** The words of a JSON Schema, of each item where it is a list. */
function choicesOf(schema: Readonly<Record<string, unknown>>): readonly string[] {
  if (Array.isArray(schema['enum'])) return schema['enum'] as string[];
  if (typeof schema['const'] === 'string') return [schema['const']];
  const either = schema['anyOf'];
  return Array.isArray(either) ? either.flatMap((one) => choicesOf(one as Readonly<Record<string, unknown>>)) : [];
}

function namesOf(list: 'faults' | 'metrics', command: string): string[] {
  return valueRows(list, command).map(({ name }) => name);
}

function words(name: string, choices: readonly string[]): Value {
  return { name, takes: 'words', words: choices, commas: false, goesOn: false };
}

function text(name: string): Value {
  return { name, takes: 'text', words: [], commas: false, goesOn: false };
}
