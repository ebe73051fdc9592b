/**
 * Every check of a probe, in the order in which they are shown; `--fail-on` and `--ignore` use the ids. Fixed names.
 *
 * The table in docs/checks.md is made from these rows.
 */
import { ANSWER_CHECKS } from './answer-checks.ts';
import type { CheckRow } from './check-row.ts';
import { STREAM_CHECKS } from './stream-checks.ts';

const ROWS = { ...ANSWER_CHECKS, ...STREAM_CHECKS };

export type CheckId = keyof typeof ROWS;

/** A row that only a check that exists can explain. */
interface KnownCheck extends CheckRow {
  readonly explainedBy?: { readonly check: CheckId; readonly reason: string };
}

export const CHECKS_KNOWN: Readonly<Record<CheckId, KnownCheck>> = ROWS;

export const CHECK_IDS = Object.keys(ROWS) as readonly CheckId[];
