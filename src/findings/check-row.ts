/** What is known of a check of a probe before any probe: a row of the tables that `check-rows.ts` puts together. */

export interface CheckRow {
  /** The check that leaves nothing to judge here when it fails, and the reason that is shown in place of an answer. */
  readonly explainedBy?: { readonly check: string; readonly reason: string };
  /** What it asks, in one sentence of docs/checks.md. */
  readonly means: string;
  /** How it is measured, what fails and what is a warning. */
  readonly measured: string;
  /** What is not seen by it. */
  readonly notSeen: string;
  /** When, and how often, it says something that is not true. */
  readonly errs: string;
}
