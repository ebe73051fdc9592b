/** How a mistake is told: on stderr in one line and a hint, and to a monitor where it looks. */
import type { CommanderError } from 'commander';
import { descriptorsRanOut, type SseProbeError } from '../core/errors.ts';
import { printable, quote } from '../core/printable.ts';
import { forLog, output } from './output.ts';

export function complain(message: string, hint: string | undefined): void {
  const lines = [`sse-probe: ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])];
  process.stderr.write(forLog(lines.map((line) => `${printable(line, Number.POSITIVE_INFINITY)}\n`).join('')));
}

/** Nagios shows what is on stdout, and there is no plan yet that would say which format was asked for. */
export async function tellMonitor(args: readonly string[], error: CommanderError | SseProbeError): Promise<void> {
  const at = args.findIndex((arg) => arg === '--format' || arg === '--format=nagios');
  if (
    at === -1 ||
    (args[at] === '--format' && args[at + 1] !== 'nagios') ||
    ('exitCode' in error && error.exitCode === 0)
  )
    return;
  try {
    const { nagiosUnknown } = await import('../report/probe/nagios.ts');
    output.print(nagiosUnknown(oneLine(error.message)));
  } catch (thrown) {
    // What it would say is said on stderr.
    if (descriptorsRanOut(thrown) === null) throw thrown;
  }
}

/** What commander says, in our form. */
export function oneLine(message: string): string {
  return (
    message
      .replace(/^error: /, '')
      .replace(/^option '(?:-\w, )?(--[\w.-]+) (<[^']+>)' argument missing$/s, '$1: takes a value: $1 $2')
      .replace(
        /^command-argument value '(.*)' is invalid for argument '(\w+)'\. Allowed choices are (.*)\.$/s,
        (_said, given: string, argument: string, choices: string) =>
          `${argument}: ${quote(given)} is none of ${choices}`,
      )
      // The value of a flag that is not known may be a secret, behind its letter too: `-uuser:password`.
      .replace(/^(unknown option '[^=']*)=.*'/s, "$1'")
      .replace(/^(unknown option '-[^-'])[^']*[^\w'-].*'/s, "$1'")
      .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?')
      .replaceAll(/\s+/g, ' ')
  );
}
