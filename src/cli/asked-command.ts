/**
 * Which command a command line asks for, known before anything else of it is read: the exit code of every mistake
 * depends on it, and help for what does not exist is a mistake too.
 *
 * It reads one option, --list, the only one of the program that takes a value: else the first word is the command.
 */
import { UsageError } from '../core/errors.ts';
import { quote } from '../core/printable.ts';
import { closest } from '../core/suggest.ts';
import { looksLikeUrl, shownUrl } from '../options/values/urls.ts';

export interface AskedCommand {
  /** The command, or the one that was probably meant; undefined where there is neither. */
  readonly asked: string | undefined;
  /** Why there is no such command. */
  readonly refused: UsageError | null;
}

/** @param args without the node binary and the script */
export function askedCommand(args: readonly string[], commands: readonly string[]): AskedCommand {
  const [first, second] = args.filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--list');
  const word = first === 'help' ? second : first;
  if (word !== undefined && isMisplaced(args[0]))
    return {
      asked: commands.includes(word) ? word : undefined,
      refused: new UsageError(`${quote(flagOf(args[0] as string))} stands where a command is expected`, {
        hint: `A flag stands behind its command, one of ${commands.join(', ')}: sse-probe soak --clients 500.`,
      }),
    };
  if (word === undefined || word === 'help' || commands.includes(word)) return { asked: word, refused: null };
  if (looksLikeUrl(word))
    return {
      asked: undefined,
      refused: new UsageError(`${shownUrl(word)} is a URL, not a command`, {
        hint: 'Put a command before it: sse-probe probe URL, sse-probe listen URL or sse-probe soak URL.',
      }),
    };
  // There are few commands, and none is near to another: half of the letters tell which is meant.
  const guess = closest(word, [...commands, 'help'], Math.ceil(word.length / 2));
  const suggestion = guess === null ? '' : `; did you mean ${guess}?`;
  return {
    asked: guess ?? undefined,
    refused: new UsageError(`unknown command ${shownUrl(word)}${suggestion}`, {
      hint:
        word === 'version'
          ? 'Print the version with "sse-probe --version".'
          : `The commands are ${commands.join(', ')}; see "sse-probe COMMAND --help".`,
    }),
  };
}

/** Flags of the program itself. */
const OWN_FLAGS: ReadonlySet<string> = new Set(['-h', '--help', '-v', '-V', '--version', '--list', '--']);

/** A flag of a command, before it or in its place. */
function isMisplaced(first: string | undefined): boolean {
  return first?.startsWith('-') === true && !OWN_FLAGS.has(first.replace(/=.*/s, ''));
}

/** Without its value, which may be a secret, behind its letter too. */
function flagOf(text: string): string {
  return text.replace(/^(-[^-]).*/s, '$1').replace(/=.*/s, '');
}

/** What commander takes otherwise: no word at all asks for help, `-h listen` for that of listen, `-V` for the version. */
export function spelledOut(args: readonly string[]): readonly string[] {
  const [first = '--help', ...rest] = args;
  if (first === '-V') return ['--version'];
  return first === '-h' || first === '--help' ? ['help', ...rest] : [first, ...rest];
}
