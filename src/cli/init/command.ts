/** `sse-probe init [FILE]`, as the command line declares it. */
import type { Command } from 'commander';
import { EXAMPLES } from '../examples.ts';

export function addInit(program: Command): void {
  program
    .command('init')
    .argument('[file]', 'file to write; sse-probe.yaml by default, - for stdout')
    .description('Write a scenario for a stream, with a comment on each key.')
    .addHelpText('after', EXAMPLES.init);
}
