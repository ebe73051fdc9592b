/** The record of a run together with what is concluded from it once, for all that judge it. */
import type { Growth } from '../memory/trend.ts';
import type { RunRecord } from '../record/run-record.ts';
import { growthOfRun, risesWithinGarbage } from './growth-of-run.ts';

export interface JudgedRun extends RunRecord {
  /** The trend of the server's memory under load. */
  readonly growth: Growth;
  /** The server's memory rises as a leak does, but no further yet than garbage that has not been collected. */
  readonly risesWithinGarbage: boolean;
}

export function judgedRun(record: RunRecord): JudgedRun {
  const growth = growthOfRun(record);
  return { ...record, growth, risesWithinGarbage: risesWithinGarbage(record, growth) };
}
