/** A check's table: each row a sentence about the check, what was seen, and what is said of it. */
import { expect, it } from 'vitest';
import type { Check } from '../../src/probe/checks/check.ts';
import { checksOf } from '../../src/probe/checks-of.ts';
import type { CheckResult } from '../../src/findings/check-result.ts';
import { observed, type Seeing } from './observations.ts';

export interface Verdict {
  status: CheckResult['status'];
  /** A part of it. */
  title?: string;
  evidence?: Readonly<Record<string, unknown>>;
  /** A part of the advice. */
  hint?: string;
  /** Whether there is advice. Default: not looked at. */
  advises?: boolean;
}

export type Row = readonly [sentence: string, seen: Seeing, verdict: Verdict];

/** One test for each row, named `ID: SENTENCE`. */
export function judges(check: Check, rows: readonly Row[]): void {
  it.each(rows)(`${check.id}: %s`, (_sentence, seeing, { status, title = '', evidence = {}, hint = '', advises }) => {
    const seen = observed(seeing);
    const judged = checksOf(seen, { replaced: [], skips: {} }).find(({ id }) => id === check.id) as CheckResult;
    const said = { ...judged, advises: judged.hint !== '' };
    expect(said).toMatchObject({ status, evidence, ...(advises === undefined ? {} : { advises }) });
    expect(judged.title).toContain(title);
    expect(judged.hint).toContain(hint);
  });
}
