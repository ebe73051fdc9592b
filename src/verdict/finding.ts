/**
 * A finding: one defect, named, with the evidence that shows it; and the detector that looks for it.
 */
import type { RunRecord } from '../record/run-record.ts';
import type { FindingId } from '../findings/finding-ids.ts';

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

export interface Detector {
  readonly id: FindingId;
  readonly severity: Severity;
  /** Our own slowness could look the same: when the generator was saturated, nobody is blamed for it. */
  readonly blamesTime: boolean;
  detect(record: RunRecord): Detected | null;
}

/** Something that was to be judged and could not be; of these one finding is made. */
export interface Gap {
  /** To stand after "Not measured:". */
  what: string;
  evidence: Record<string, unknown>;
  hint: string;
}

/** `1 client`, `2 clients`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
