/**
 * A finding of a soak: one defect, named, with the evidence that shows it; and the detector that looks for it.
 */
import type { FindingId } from './finding-ids.ts';

export type Severity = 'fail' | 'warn' | 'info' | 'inconclusive';

export interface Finding {
  id: FindingId;
  severity: Severity;
  /** One sentence that a person understands. */
  title: string;
  /** The figures behind it; a number with a unit carries it in its name. */
  evidence: Readonly<Record<string, unknown>>;
  /** What to do about it. */
  hint: string;
}

/** What a detector says; the verdict adds its id and severity. */
export type Detected = Pick<Finding, 'title' | 'evidence' | 'hint'>;

/** @typeParam Seen the part of the record of a run that it reads */
export interface DetectorOf<Seen> {
  readonly id: FindingId;
  readonly severity: Severity;
  /** Our own slowness could look the same: when the generator was saturated, nobody is blamed for it. */
  readonly blamesTime: boolean;
  detect(seen: Seen): Detected | null;
}
