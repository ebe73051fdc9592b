/**
 * Ends a run as soon as a threshold with `abort` is broken, on the merge of all load processes.
 *
 * Held once a second against what was measured so far, from its delay after the ramp on. It has to be broken at
 * two looks in a row: an event that is a little late counts as lost until it comes. What has no sample yet breaks
 * nothing, and neither does what our own part in it decides. A lower bound on something that grows
 * (`events.received>1000`) is broken from the start: it needs a delay, or no `abort`.
 */
import type { EndedEarly, RunRecord } from '../record/run-record.ts';
import { loadMs } from './growth-of-run.ts';
import { judgedRun } from './judged-run.ts';
import { doubtedThresholds } from './doubted-thresholds.ts';
import { metricValue } from './metric-values.ts';
import { evaluateThresholds, type Threshold } from './thresholds.ts';

const LOOKS = 2;

export class EarlyEnd {
  private readonly thresholds: readonly Threshold[];
  /** Looks in a row at which it was broken. */
  private readonly broken = new Map<Threshold, number>();

  constructor(thresholds: readonly Threshold[]) {
    this.thresholds = thresholds.filter(({ abortAfterMs }) => abortAfterMs !== null);
  }

  /** @returns the first that ends the run now; null while none does */
  look(soFar: () => RunRecord): Pick<EndedEarly, 'expression' | 'actual'> | null {
    if (this.thresholds.length === 0) return null;
    const record = soFar();
    const sinceRampMs = loadMs(record);
    if (sinceRampMs <= 0) return null;
    const due = this.thresholds.filter(({ abortAfterMs }) => sinceRampMs >= (abortAfterMs ?? 0));
    const run = judgedRun(record);
    const results = evaluateThresholds(due, (metric) => metricValue(run, metric));
    const doubted = doubtedThresholds(run, due, results);
    for (const [at, threshold] of due.entries()) {
      const { status, actual, expression } = results[at] as (typeof results)[number];
      const isBroken = status === 'fail' && !doubted.has(threshold);
      const looks = isBroken ? (this.broken.get(threshold) ?? 0) + 1 : 0;
      this.broken.set(threshold, looks);
      if (looks >= LOOKS && actual !== null) return { expression, actual };
    }
    return null;
  }
}
