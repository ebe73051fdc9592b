/**
 * `--list metrics`: every list of values that a command knows, for people and for shells.
 *
 * It is no option of a plan, so it stands in no option table and in no scenario file. It answers as soon as it is read,
 * as `--help` does, whatever else is missing on the command line. The tables behind it are loaded only for it.
 */
import { type Command, CommanderError, Option } from 'commander';
import { UsageError } from '../core/errors.ts';
import { quote } from '../core/printable.ts';
import { closest } from '../core/suggest.ts';
import { output } from './output.ts';

/** Each list, and what it has. */
export const LISTS = {
  metrics: 'metrics that a threshold can use, with their units',
  findings: 'findings of a soak, with their severities',
  checks: 'checks of a probe',
  faults: 'known defects of serve --fault, with the findings that report them',
  causes: 'reasons why a stream ended or never opened, and what an EventSource does next',
  kinds: 'kinds of clients of a soak',
} as const;

export type ListName = keyof typeof LISTS;

const ALL = Object.keys(LISTS) as readonly ListName[];

const LISTS_OF: Readonly<Record<string, readonly ListName[]>> = {
  serve: ['faults'],
  soak: ['metrics', 'findings', 'faults', 'causes', 'kinds'],
  probe: ['metrics', 'checks', 'causes'],
  listen: ['causes'],
};

/** The lists of a command; all of them for the program. */
export function listsOf(command: string): readonly ListName[] {
  return LISTS_OF[command] ?? ALL;
}

class ListAsked extends CommanderError {
  readonly what: string | null;

  constructor(what: string | null) {
    super(0, 'sse-probe.list', 'a list was asked for');
    this.what = what;
  }
}

export function addListFlag(command: Command): void {
  const names = listsOf(command.name()).join(', ');
  command.addOption(new Option('--list [what]', `list the known ${names}`));
  command.on('option:list', (what: string | null) => {
    throw new ListAsked(what);
  });
}

/**
 * Waits for the command line to be read and obeyed, and prints the list where one was asked for.
 *
 * @param command the first word of the command line, which may be no command at all
 *
 * @throws {UsageError} for a list that the command does not have
 */
export async function listing(parsing: Promise<unknown>, command: string | undefined): Promise<void> {
  try {
    await parsing;
  } catch (error) {
    if (!(error instanceof ListAsked)) throw error;
    output.print(
      await listText(error.what, command !== undefined && Object.hasOwn(LISTS_OF, command) ? command : null),
    );
  }
}

/** Null for `what` gives the names of the lists, null for the command all that there is. */
async function listText(what: string | null, command: string | null): Promise<string> {
  const names = listsOf(command ?? '');
  const { inColumns, valueRows } = await import('./value-lists.ts');
  if (what === null) return inColumns(names.map((name) => ({ name, note: '', says: LISTS[name] })));
  const name = names.find((known) => known === what);
  if (name === undefined) throw unknownList(what, command);
  return inColumns(valueRows(name, command));
}

function unknownList(what: string, command: string | null): UsageError {
  const names = listsOf(command ?? '');
  const isElsewhere = Object.hasOwn(LISTS, what);
  const guess = isElsewhere ? null : closest(what, names);
  return new UsageError(
    `--list: ${quote(what)} is not a list of ${command ?? 'sse-probe'}${guess === null ? '' : `; did you mean ${guess}?`}`,
    {
      hint: isElsewhere
        ? `Use sse-probe --list ${what}; ${command} has ${names.join(', ')}.`
        : `Use one of ${names.join(', ')}.`,
    },
  );
}
