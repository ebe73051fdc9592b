/** `sse-probe init [FILE]`, as the command line declares it. */
import type { Command } from 'commander';

const EXAMPLES = `
Examples:
  sse-probe init                              asks which stream, how many clients and how long
  sse-probe init --yes --url http://127.0.0.1:3000/events
  sse-probe init --yes --url https://example.com/events --bearer-env TOKEN load/events.yaml
  sse-probe init --yes -                      a scenario for the built-in server, on stdout
  sse-probe soak sse-probe.yaml               then: runs it

It opens the stream with three clients for some seconds, to see whether its events are numbered and timed and
whether it sends heartbeats. A target that does not answer gets a scenario too.

Exit codes: 0 written, 2 wrong usage, 74 the file could not be written whole, 130 interrupted: nothing was written.`;

export function addInit(program: Command): void {
  program
    .command('init')
    .argument('[file]', 'where the scenario goes, sse-probe.yaml by default; - for stdout')
    .description('Write a scenario for a stream, with a comment on every line.')
    .addHelpText('after', EXAMPLES);
}
