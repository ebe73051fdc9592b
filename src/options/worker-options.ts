import { redisRows, redisRule } from './redis-rows.ts';
import { resolvePlan, type FlagValues, type Rule } from './resolve.ts';
import type { OptionTable, PlanOf } from './option.ts';
import { count } from './values/quantities.ts';
import { text, toggle } from './values/words.ts';

/** Every option of `sse-probe worker`. */
export const workerOptions = {
  ...redisRows('Work', 'Redis over which soaks give their load'),
  name: {
    flag: 'name',
    group: 'Work',
    kind: text({
      placeholder: 'name',
      pattern: /^[\w.-]+$/,
      what: 'a name of letters, digits, dots, dashes and underscores',
      maxLength: 64,
    }),
    default: null,
    unset: 'host name and process id',
    help: 'name of this worker in reports; each worker has one of its own',
  },
  capacity: {
    flag: 'capacity',
    group: 'Work',
    kind: count(1, 1_000_000),
    default: '18000',
    help: 'most clients that it takes at once',
  },
  cleanup: {
    flag: 'cleanup',
    group: 'Work',
    kind: toggle,
    default: 'false',
    help: 'delete what runs and workers that died have left in Redis, and end',
  },
  quiet: { flag: 'quiet', group: 'Output', kind: toggle, default: 'false', help: 'do not print what it does' },
} as const satisfies OptionTable;

export type WorkerPlan = PlanOf<typeof workerOptions>;

const rules: readonly Rule<WorkerPlan>[] = [
  redisRule,
  ({ redis, redisEnv }) =>
    redis === null && redisEnv === null
      ? { keys: ['redis'], message: 'is missing', hint: 'Give the Redis of the soak: --redis redis://HOST:6379.' }
      : null,
];

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadWorkerPlan({ flags }: { flags: FlagValues }): WorkerPlan {
  return resolvePlan(workerOptions, { flags, entries: [] }, rules);
}
