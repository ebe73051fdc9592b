/** What a check of a probe says of a stream. */
import type { CheckId } from './check-rows.ts';

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

export interface CheckResult {
  /** The name of the check, which does not change. */
  id: CheckId;
  /** What the check says of the stream; `skip` where it could not be judged. */
  status: CheckStatus;
  /** One sentence that a person understands. */
  title: string;
  /** The figures behind it; a number with a unit carries it in its name. */
  evidence: Readonly<Record<string, unknown>>;
  /** What to do, with the exact header or setting; empty where there is nothing to do. On a `pass` it is advice. */
  hint: string;
}
