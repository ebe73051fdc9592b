import { resolvePlan, type FlagValues, type Rule } from './resolve.ts';
import type { OptionTable, PlanOf } from './option.ts';
import { tolerance } from './values/tolerance.ts';
import { list } from './values/value-kind.ts';
import { oneOf, toggle } from './values/words.ts';

/** Every option of `sse-probe compare`. */
export const compareOptions = {
  tolerances: {
    flag: 'tolerance',
    group: 'Judging',
    kind: list(tolerance),
    default: [],
    unset: '10%',
    help: 'largest change that counts as none: 10%, latency.p99=20% for one metric, latency=20% for all under that name',
  },
  force: {
    flag: 'force',
    group: 'Judging',
    kind: toggle,
    default: 'false',
    help: 'judge even if the load differs, or a run was interrupted or inconclusive',
  },
  format: {
    flag: 'format',
    group: 'Output',
    kind: oneOf('format', ['text', 'json', 'markdown', 'html']),
    default: 'text',
    help: 'text, json, markdown or html',
  },
  json: { flag: 'json', group: 'Output', kind: toggle, default: 'false', help: 'the same as --format json' },
  quiet: { flag: 'quiet', group: 'Output', kind: toggle, default: 'false', help: 'only the verdict' },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'no colours (NO_COLOR is honoured too)',
  },
} as const satisfies OptionTable;

export type ComparePlan = PlanOf<typeof compareOptions>;

const rules: readonly Rule<ComparePlan>[] = [
  ({ json, format }) =>
    json && format !== 'text' && format !== 'json'
      ? { keys: ['json', 'format'], message: `--json and --format ${format} exclude each other` }
      : null,
];

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadComparePlan({ flags }: { flags: FlagValues }): ComparePlan {
  return resolvePlan(compareOptions, { flags, entries: [] }, rules);
}
