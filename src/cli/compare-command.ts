/** `sse-probe compare BASE NEW`, as the command line declares it. */
import type { Command } from 'commander';

const EXAMPLES = `
Examples:
  sse-probe compare main.json pr.json
  sse-probe compare main.json pr.json --tolerance 5% --tolerance latency.p99=20%
  sse-probe compare main.json pr.json --format markdown > comment.md
  git show main:soak.json | sse-probe compare - soak.json

A report comes from: sse-probe soak --report json=FILE

Exit codes: 0 nothing is worse, 1 something is worse, 2 wrong usage or no report of a soak, 3 the runs
cannot be compared (the load differs, a run was interrupted or inconclusive), 74 the result could not be
written whole, 130 interrupted.`;

export function addCompare(program: Command): void {
  program
    .command('compare')
    .argument('<base>', 'JSON report of the run before, or - for stdin')
    .argument('<new>', 'JSON report of the run to judge, or - for stdin')
    .description('Report what is better and worse in a soak than in an earlier one.')
    .addHelpText('after', EXAMPLES);
}
