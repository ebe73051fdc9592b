/**
 * All checks of a probe, judged; where one leaves another nothing to judge, that is read from the rows of the checks.
 */
import { type CheckId, CHECKS_KNOWN } from '../findings/check-rows.ts';
import type { CheckResult } from '../findings/check-result.ts';
import { type Check, type Judged, skip } from './checks/check.ts';
import { CHECKS } from './checks/index.ts';
import type { Listening } from './listening.ts';
import type { Observations } from './observations.ts';
import { markerOf } from '../options/values/until.ts';
import { unmetUntil } from './until-unmet.ts';

export interface ChecksAsked {
  /** What the profile says in place of the checks of the same id. */
  replaced: readonly CheckResult[];
  /** Checks that say nothing here, with the reason. */
  skips: Readonly<Partial<Record<CheckId, string>>>;
}

/** @returns in the order of the checks */
export function checksOf(seen: Observations, { skips, replaced }: ChecksAsked): CheckResult[] {
  const results = CHECKS.map((check): CheckResult => ({ id: check.id, ...judge(check, seen, skips) }));
  const failed = new Set(results.filter(({ status }) => status === 'fail').map(({ id }) => id));
  const said = new Map(replaced.map((result) => [result.id, result]));
  return withUntil(
    results.map((result) => said.get(result.id) ?? explained(result, failed)),
    seen,
  );
}

/** Where nothing fails and what was waited for did not come, that fails. */
function withUntil(results: readonly CheckResult[], seen: Observations): CheckResult[] {
  const unmet = results.some(({ status }) => status === 'fail') ? null : unmetUntil(seen);
  // An end is waited for in all that comes; of the others the check itself says whether they came.
  const isDecided = (status: CheckResult['status']): boolean => status === 'pass' && markerOf(seen.plan) === null;
  return results.map((result) => (result.id === unmet?.id && !isDecided(result.status) ? unmet : result));
}

function explained(result: CheckResult, failed: ReadonlySet<CheckId>): CheckResult {
  const { explainedBy } = CHECKS_KNOWN[result.id];
  if (explainedBy === undefined || !failed.has(explainedBy.check)) return result;
  return { id: result.id, ...skip(explainedBy.reason, result.evidence) };
}

function judge(check: Check, seen: Observations, skips: ChecksAsked['skips']): Judged {
  const reason = skips[check.id];
  if (reason !== undefined) return skip(reason);
  const { main } = seen;
  // A check that needs nothing looks for itself at what there is.
  if (check.needs === 'nothing') return check.judge(seen, main as Listening);
  if (main === null || main.head === null) return skip('no response');
  if (check.needs === 'stream' && !main.isStream) return skip('no event stream');
  return check.judge(seen, main);
}
