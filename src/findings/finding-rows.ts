/**
 * Every finding that a soak can have, in the order in which they are reported: what explains most comes first.
 *
 * One row says all that is known of a finding before a run: how heavy it weighs, what it is a consequence of, what to
 * do about it. The verdict, the checks of a probe, `--fail-on`, `--ignore` and the table in docs/findings.md read it,
 * so that none of them can say something else. The ids are fixed names: reports and CI jobs of others use them.
 */
import { CONNECTION_FINDINGS } from './connection-findings.ts';
import { DELIVERY_FINDINGS } from './delivery-findings.ts';
import type { FindingRow } from './finding-row.ts';
import { SERVER_FINDINGS } from './server-findings.ts';

const ROWS = { ...CONNECTION_FINDINGS, ...DELIVERY_FINDINGS, ...SERVER_FINDINGS };

export type FindingId = keyof typeof ROWS;

/** A row in which only findings that exist can explain it. */
export interface KnownFinding extends FindingRow {
  readonly explainedBy?: readonly FindingId[];
}

export const FINDINGS: Readonly<Record<FindingId, KnownFinding>> = ROWS;

export const FINDING_IDS = Object.keys(ROWS) as readonly FindingId[];
