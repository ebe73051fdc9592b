/**
 * A check: one question about a stream, and how it is judged. Each is a file of its own and a line in the registry.
 *
 * `pass` with a hint is advice: nothing is wrong here, something could be in front of it. What could not be judged is
 * `skip`, with the reason as its title.
 */
import type { CheckId } from '../../findings/check-rows.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { Observations } from '../observations.ts';
import type { Listening } from '../listening.ts';

export type Judged = Omit<CheckResult, 'id'>;

/** What a check cannot do without; where it is missing the check is skipped. */
export type Needs = 'nothing' | 'head' | 'stream';

export interface Check {
  readonly id: CheckId;
  readonly needs: Needs;
  /** `main` is there as far as `needs` says. */
  judge(seen: Observations, main: Listening): Judged;
}

type Evidence = Readonly<Record<string, unknown>>;

export const pass = (title: string, evidence: Evidence = {}, hint = ''): Judged => ({
  status: 'pass',
  title,
  evidence,
  hint,
});
export const warn = (title: string, evidence: Evidence, hint: string): Judged => ({
  status: 'warn',
  title,
  evidence,
  hint,
});
export const fail = (title: string, evidence: Evidence, hint: string): Judged => ({
  status: 'fail',
  title,
  evidence,
  hint,
});
export const skip = (title: string, evidence: Evidence = {}, hint = ''): Judged => ({
  status: 'skip',
  title,
  evidence,
  hint,
});

/** How long the stream was watched, from its head on. */
export function watchedMs({ endMs }: Observations, main: Listening): number {
  return Math.max(0, (main.end?.atMs ?? endMs) - (main.headMs ?? endMs));
}

/** A header of the answer; empty when it is not there. */
export function field(main: Listening, name: string): string {
  return main.head?.headers.get(name) ?? '';
}
