import { Command, CommanderError } from 'commander';
import {
  descriptorsRanOut,
  EXIT,
  GeneratorLimitError,
  OutputError,
  SseProbeError,
  StartError,
  UnreachableError,
  UsageError,
} from '../core/errors.ts';
import { redactText } from '../core/redact.ts';
import { askedCommand, spelledOut } from './asked-command.ts';
import { addCompare } from './compare-command.ts';
import { complain, oneLine, tellMonitor } from './complaint.ts';
import { COMMAND_NAMES, type CommandOutcome, withFlags } from './planned-commands.ts';
import { addCompletion } from './completion/command.ts';
import { addInit } from './init/command.ts';
import { addListFlag, listing } from './list-flag.ts';
import { EXAMPLES } from './examples.ts';
import { output } from './output.ts';
import { packageVersion } from '../library/version.ts';

/**
 * The composition root: argv → command → exit code. What a command needs is imported when it runs, so that
 * `--help` and a mistyped flag answer at once.
 */

/**
 * Runs one command line and sets `process.exitCode`. Never `process.exit()`: output that is still on its
 * way would be cut off.
 *
 * @param args without the node binary and the script
 */
export async function main(args: readonly string[]): Promise<void> {
  const outcome = { exitCode: 0 };
  const { asked, refused } = askedCommand(args, [...COMMAND_NAMES, 'completion']);
  const isProbe = asked === 'probe';
  if (isProbe) process.on('exit', endAsUnknown);
  else process.once('uncaughtExceptionMonitor', () => process.once('exit', endAsBug));
  try {
    if (refused !== null) throw refused;
    const program = await buildProgram(outcome, asked);
    await listing(program.parseAsync(spelledOut(args), { from: 'user' }), asked);
    settle(outcome.exitCode);
  } catch (thrown) {
    const error = descriptorsRanOut(thrown) ?? thrown;
    if (error instanceof CommanderError || error instanceof SseProbeError) await tellMonitor(args, error);
    if (error instanceof CommanderError) settle(usageExitCode(error, asked));
    else if (error instanceof SseProbeError) {
      // What came from a server may repeat a secret; what was typed is quoted with care where it is read.
      complain(error instanceof UsageError ? error.message : redactText(error.message), error.hint);
      settle(exitCodeOf(error, asked));
    } else throw error;
  }
  process.off('exit', endAsUnknown);
}

/** The whole program; only the command that is asked for has its flags, since each option table takes time to load. */
async function buildProgram(outcome: CommandOutcome, asked: string | undefined): Promise<Command> {
  const program = new Command('sse-probe')
    .description('Load tester, health probe and reference server for Server-Sent Events.')
    .version(packageVersion(), '-v, --version', 'print the version (also -V)')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'Print help for a command.')
    // What stands behind a command is for the command: its -v, or the value of its -d, asks for no version.
    .enablePositionalOptions()
    .exitOverride()
    // What commander has to say about a mistake is said once, in our form, where the error is caught.
    .configureOutput({ writeOut: (text) => output.print(text), outputError: () => {} })
    .addHelpText('after', EXAMPLES.program);

  program
    .command('serve')
    .description('Run the reference server, which sends events and heartbeats.')
    .addHelpText('after', EXAMPLES.serve);
  program
    .command('soak')
    .argument(
      '[scenario|url]',
      'YAML file, or - for stdin; its keys are the flags below without dashes, and a flag replaces its key, including a whole list. Or the URL of a stream, with "://" or a port',
    )
    .description('Load a stream with well-behaved and badly behaved clients, and report what goes wrong.')
    .addHelpText('after', EXAMPLES.soak);
  program
    .command('probe')
    .argument('[url]', 'URL of the stream; http:// if it has no scheme; omit with --serve')
    .description('Check one stream, and list the intermediaries that would cut it.')
    .addHelpText('after', EXAMPLES.probe);
  program
    .command('listen')
    .argument('<url>', 'URL of the stream; http:// if it has no scheme')
    .description('Print the events of a stream as an EventSource receives them.')
    .addHelpText('after', EXAMPLES.listen);
  program
    .command('worker')
    .description('Run clients for soaks on other machines.')
    .addHelpText('after', EXAMPLES.worker);
  addCompare(program);
  for (const command of [program, ...program.commands]) addListFlag(command);
  addInit(program);
  addCompletion(program);
  for (const command of program.commands) await withFlags(command, { outcome, asked });
  return program;
}

/** Help and version that were asked for are no errors; everything else that commander throws is wrong usage. */
function usageExitCode(error: CommanderError, command: string | undefined): number {
  if (error.exitCode === 0) return 0;
  if (error.code !== 'commander.help') complain(oneLine(error.message), usageHint(error, command));
  return command === 'probe' ? EXIT.probe.unknown : EXIT.soak.usage;
}

function usageHint({ code }: CommanderError, command: string | undefined): string {
  if (code === 'commander.excessArguments' && command === 'soak')
    return 'With a scenario file, give the stream with --url; repeat --url for several streams.';
  if (code === 'commander.excessArguments' && command === 'init')
    return 'The argument is the file to write; give the stream with --url.';
  return `See "sse-probe ${command === undefined ? '' : `${command} `}--help".`;
}

function exitCodeOf(error: SseProbeError, command: string | undefined): number {
  if (error instanceof OutputError) return EXIT.everyCommand.outputLost;
  if (command === 'probe') return EXIT.probe.unknown;
  if (error instanceof UsageError) return EXIT.soak.usage;
  if (command === 'compare') return EXIT.compare.usage;
  if (command !== 'soak') return EXIT.serve.couldNotStart;
  // The embedded server that does not start is a target that cannot be reached.
  if (error instanceof UnreachableError || error instanceof StartError) return EXIT.soak.unreachable;
  if (error instanceof GeneratorLimitError) return EXIT.soak.inconclusive;
  return EXIT.soak.fail;
}

/** Monitors read the exit code 1 of a crash as a warning: a bug of ours says nothing of the target. */
function endAsUnknown(): void {
  process.exitCode = EXIT.probe.unknown;
}

/** It has crashed with its stack, and Node would take the code of a verdict for it. */
function endAsBug(): void {
  process.exitCode = EXIT.everyCommand.bug;
}

/** A write error that was seen meanwhile stays: the result did not arrive. */
function settle(exitCode: number): void {
  if (process.exitCode !== EXIT.everyCommand.outputLost) process.exitCode = exitCode;
}
