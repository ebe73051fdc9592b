import { loadServePlan, type ServePlan } from '../scenario/serve-options.ts';
import type { SoakPlan } from '../scenario/soak-options.ts';

/** Intervals of our own server that show a whole life in half a minute; `--server-arg` overrides them. */
const SHORT_LIFE = ['--heartbeat=2s', '--evict-after=8s'];

/**
 * What the embedded server is started with, and what that promises. Checked before anything is started.
 *
 * @throws {UsageError} naming the flag
 */
export function serverFlags(plan: SoakPlan): { args: string[]; plan: ServePlan } {
  const args = [
    ...SHORT_LIFE,
    `--max-clients=${Math.max(10_000, plan.clients * 2)}`,
    ...plan.serverArgs,
    ...plan.faults.map((fault) => `--fault=${fault}`),
  ];
  const flags: Record<string, string | string[]> = {};
  for (const arg of args) {
    const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    flags[name] = name === 'fault' ? [...(flags[name] ?? []), value] : value;
  }
  return { args, plan: loadServePlan({ flags }) };
}
