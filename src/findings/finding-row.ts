/** What is known of a finding before any run: a row of the tables that `finding-rows.ts` puts together. */

export type Severity = 'fail' | 'warn' | 'info' | 'inconclusive';

export interface FindingRow {
  readonly severity: Severity;
  /** Our own slowness could look the same: where the generator was saturated, nobody is blamed for it. */
  readonly blamesTime?: true;
  /** Findings whose consequence it is: beside one of them it is not reported. */
  readonly explainedBy?: readonly string[];
  /** What it means for the people who run the server, in one sentence of docs/findings.md. */
  readonly means: string;
  /** How it is measured. */
  readonly measured: string;
  /** What is not seen by it. */
  readonly notSeen: string;
  /** The defects of `serve --fault` that show it. */
  readonly faults: readonly string[];
  /** What to do about it. A detector or a check whose advice depends on what it saw gives its own. */
  readonly advice: string;
}
