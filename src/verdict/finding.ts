/** What the detectors of a soak are, and what they say of a run that could not be judged. */
import type { DetectorOf } from '../findings/finding.ts';
import type { JudgedRun } from './judged-run.ts';

/** A detector of a defect of the stream itself, which may read the whole record and what was concluded from it. */
export type Detector = DetectorOf<JudgedRun>;

/** Something that was to be judged and could not be; of these one finding is made. */
export interface Gap {
  /** To stand after "Not measured:". */
  what: string;
  evidence: Record<string, unknown>;
  hint: string;
}

/** Why a run did not ask a question, and what would make it ask. */
export interface Unasked {
  what: string;
  hint: string;
}
