/** A finished run and what became of it: what every report format is a function of. */
import type { RunRecord } from '../../record/run-record.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** The machine that made the load. */
export interface SoakEnvironment {
  /** The version of Node.js. */
  node: string;
  /** The operating system, as `process.platform` names it. */
  platform: string;
  /** Processors that the program may use. */
  cpus: number;
  /** Files and sockets that one process may have open; null where the platform does not tell. */
  fdLimit: number | null;
}

export interface SoakResult {
  version: string;
  plan: SoakPlan;
  seed: number;
  record: RunRecord;
  verdict: Verdict;
  environment: SoakEnvironment;
}
