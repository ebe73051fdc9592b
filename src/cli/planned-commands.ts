/**
 * The commands that have an option table: which flags each takes, and what obeys it.
 *
 * An option table takes longer to load than all else that `--help` needs, so only the command that is asked for has its
 * flags; what it runs is loaded when it runs.
 */
import type { Command } from 'commander';
import type { OPTION_TABLES } from '../options/schema.ts';
import { addFlags, flagValues } from './flags.ts';

type PlannedCommand = keyof typeof OPTION_TABLES;

export interface CommandOutcome {
  exitCode: number;
}

/** @param asked the command of the command line; `completion` has all flags, which the scripts of shells hold */
export async function withFlags(
  command: Command,
  { asked, outcome }: { asked: string | undefined; outcome: CommandOutcome },
): Promise<void> {
  const name = COMMAND_NAMES.find((known) => known === command.name());
  if (name !== undefined && (asked === name || asked === 'completion')) await OBEYED[name](command, outcome);
}

/** Gives a command its flags, and says what obeys it. */
const OBEYED: Readonly<Record<PlannedCommand, (command: Command, outcome: CommandOutcome) => Promise<void>>> = {
  async serve(command, outcome) {
    const { serveOptions } = await import('../options/serve-options.ts');
    const { loadServePlan } = await import('../options/serve-plan.ts');
    addFlags(command, serveOptions);
    command.action(async () => {
      const plan = loadServePlan({ flags: flagValues(command) });
      const { serveCommand } = await import('./serve.ts');
      outcome.exitCode = await serveCommand(plan);
    });
  },
  async soak(command, outcome) {
    const { soakOptions } = await import('../options/soak-options.ts');
    addFlags(command, soakOptions);
    command.action(async (argument: string | undefined) => {
      const { soakCommand } = await import('./soak.ts');
      outcome.exitCode = await soakCommand({ argument, flags: flagValues(command) });
    });
  },
  async probe(command, outcome) {
    const { loadProbePlan, probeOptions } = await import('../options/probe-options.ts');
    addFlags(command, probeOptions);
    command.action(async (url: string | undefined) => {
      const plan = loadProbePlan({ flags: flagValues(command) });
      const { probeCommand } = await import('./probe.ts');
      outcome.exitCode = await probeCommand(url, plan);
    });
  },
  async listen(command, outcome) {
    const { listenOptions, loadListenPlan } = await import('../options/listen-options.ts');
    addFlags(command, listenOptions);
    command.action(async (url: string) => {
      const plan = loadListenPlan({ flags: flagValues(command) });
      const { listenCommand } = await import('./listen.ts');
      outcome.exitCode = await listenCommand(url, plan);
    });
  },
  async compare(command, outcome) {
    const { compareOptions, loadComparePlan } = await import('../options/compare-options.ts');
    addFlags(command, compareOptions);
    command.action(async (base: string, next: string) => {
      const plan = loadComparePlan({ flags: flagValues(command) });
      const { compareCommand } = await import('./compare.ts');
      outcome.exitCode = await compareCommand(base, next, plan);
    });
  },
  async worker(command, outcome) {
    const { loadWorkerPlan, workerOptions } = await import('../options/worker-options.ts');
    addFlags(command, workerOptions);
    command.action(async () => {
      const plan = loadWorkerPlan({ flags: flagValues(command) });
      const { workerCommand } = await import('./worker.ts');
      outcome.exitCode = await workerCommand(plan);
    });
  },
  async init(command, outcome) {
    const { initOptions, loadInitPlan } = await import('../options/init-options.ts');
    addFlags(command, initOptions);
    command.action(async (file: string | undefined) => {
      const flags = flagValues(command);
      loadInitPlan({ flags });
      const { initCommand } = await import('./init/init.ts');
      outcome.exitCode = await initCommand(file, flags);
    });
  },
};

export const COMMAND_NAMES = Object.keys(OBEYED) as readonly PlannedCommand[];
