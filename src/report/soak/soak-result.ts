/** A finished run and what became of it: what every report format is a function of. */
import type { RunRecord } from '../../record/run-record.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { Verdict } from '../../verdict/verdict.ts';

export interface SoakResult {
  version: string;
  plan: SoakPlan;
  seed: number;
  record: RunRecord;
  verdict: Verdict;
  environment: { node: string; platform: string; cpus: number; fdLimit: number | null };
}
