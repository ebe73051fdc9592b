/** `sse-probe compare BASE NEW`, as the command line declares it. */
import type { Command } from 'commander';
import { EXAMPLES } from './examples.ts';

export function addCompare(program: Command): void {
  program
    .command('compare')
    .argument('<base>', 'JSON report of the run before, or - for stdin')
    .argument('<new>', 'JSON report of the run to judge, or - for stdin')
    .description('Report what is better and worse in a soak than in an earlier one.')
    .addHelpText('after', EXAMPLES.compare);
}
