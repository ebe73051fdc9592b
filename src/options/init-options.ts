/** What `sse-probe init` asks, as flags, and how it writes. What it writes are keys of a scenario, so the rows are theirs. */
import { trustRows } from './asking-options.ts';
import { soakOptions } from './soak-options.ts';
import { type FlagValues, resolvePlan } from './resolve.ts';
import { toggle } from './values/words.ts';
import type { OptionTable, PlanOf } from './option.ts';

const GROUP = 'Scenario';

/** Enough to see what a server does with many, and few enough for any machine and a first run. */
const FIRST_CLIENTS = '100';

export const initOptions = {
  urls: { ...soakOptions.urls, group: GROUP },
  clients: { ...soakOptions.clients, group: GROUP, default: FIRST_CLIENTS },
  durationMs: { ...soakOptions.durationMs, group: GROUP },
  bearerEnv: { ...soakOptions.bearerEnv, group: GROUP },
  ...trustRows(GROUP),
  yes: {
    flag: 'yes',
    letter: 'y',
    group: 'Writing',
    kind: toggle,
    default: 'false',
    help: 'ask no questions; use the flags, and the defaults for the others',
  },
  force: {
    flag: 'force',
    group: 'Writing',
    kind: toggle,
    default: 'false',
    help: 'replace an existing file',
  },
} as const satisfies OptionTable;

export type InitPlan = PlanOf<typeof initOptions>;

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadInitPlan({ flags }: { flags: FlagValues }): InitPlan {
  return resolvePlan(initOptions, { flags, entries: [] }, []);
}
