/** `sse-probe completion SHELL`: prints the script that completes command lines of ours in that shell. */
import { Argument, type Command } from 'commander';
import { output } from '../output.ts';
import { EXAMPLES } from '../examples.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .description('Print a completion script for your shell.')
    .addHelpText('after', EXAMPLES.completion)
    .action(async (shell: (typeof SHELLS)[number]) => output.print(await scriptFor(shell, program)));
}

async function scriptFor(shell: (typeof SHELLS)[number], program: Command): Promise<string> {
  const { completed } = await import('./completed.ts');
  const known = completed(program);
  switch (shell) {
    case 'bash':
      return (await import('./bash.ts')).bashCompletion(known);
    case 'zsh':
      return (await import('./zsh.ts')).zshCompletion(known);
    case 'fish':
      return (await import('./fish.ts')).fishCompletion(known);
  }
}
