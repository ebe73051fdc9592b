/**
 * A finding of a soak: one defect, named, with the evidence that shows it; and the detector that looks for it.
 */
import type { Severity } from './finding-row.ts';
import type { EventExample } from './event-example.ts';
import type { FindingId } from './finding-rows.ts';

export interface Finding {
  /** The name of the defect, which does not change. */
  id: FindingId;
  /** How it counts: `fail` and `inconclusive` decide the verdict; `warn` and `info` are told. */
  severity: Severity;
  /** One sentence that a person understands. */
  title: string;
  /** The figures behind it; a number with a unit carries it in its name. */
  evidence: Readonly<Record<string, unknown>>;
  /** What to do about it. */
  hint: string;
}

/** What a detector says; the verdict adds the rest from the row of its id. */
export interface Detected extends Pick<Finding, 'title' | 'evidence'> {
  /** One of the events that it is about; the verdict adds it to the title and to the evidence. */
  example?: EventExample | null;
  /** Where the advice depends on what was seen; else it is that of the row. */
  hint?: string;
  /** Where it weighs less than the row says. */
  severity?: Severity;
  /** The row would explain other findings by it, but what was seen does not. */
  explains?: false;
}

/**
 * Looks for one defect, and at nothing else: what is the consequence of something else is left to the verdict, which
 * reads that from the rows.
 *
 * @typeParam Seen the part of the record of a run that it reads
 */
export interface DetectorOf<Seen> {
  readonly id: FindingId;
  detect(seen: Seen): Detected | null;
}
