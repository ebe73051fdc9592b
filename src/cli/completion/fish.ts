/** The completions for fish, from 3.0 on: one line for each thing that can be completed. */
import type { Completed, CompletedCommand, CompletedFlag, Value } from './completed.ts';

const BEFORE_COMMANDS = '__fish_use_subcommand';

export function fishCompletion({ flags, commands }: Completed): string {
  const lines = [
    '# Completions of sse-probe for fish:',
    '#   sse-probe completion fish > ~/.config/fish/completions/sse-probe.fish',
    'complete -c sse-probe -f',
    ...commands.map(({ name, says }) => line(BEFORE_COMMANDS, `-a ${name}`, says)),
    ...flags.map((flag) => flagLine(BEFORE_COMMANDS, flag)),
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, flags, argument }: CompletedCommand): string[] {
  const condition = quoted(`__fish_seen_subcommand_from ${name}`);
  const lines = flags.map((flag) => flagLine(condition, flag));
  if (argument?.takes === 'files') lines.push(`complete -c sse-probe -n ${condition} -F`);
  if (argument?.takes === 'words') lines.push(line(condition, `-a ${quoted(argument.words.join(' '))}`, argument.name));
  return lines;
}

function flagLine(condition: string, { long, short, says, value }: CompletedFlag): string {
  const names = `-l ${long.slice(2)}${short === null ? '' : ` -s ${short.slice(1)}`}`;
  return line(condition, value === null ? names : `${names} ${taken(value)}`, says);
}

function taken({ takes, words, commas }: Value): string {
  if (takes === 'files') return '-r -F';
  if (takes === 'text') return '-x';
  return `-x -a ${quoted(commas ? `(__fish_append , ${words.join(' ')})` : words.join(' '))}`;
}

function line(condition: string, what: string, says: string): string {
  return `complete -c sse-probe -n ${condition} ${what} -d ${quoted(says)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
