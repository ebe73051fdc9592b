/**
 * Pass, fail or inconclusive: the findings of all detectors and the thresholds, weighed.
 *
 * Fail outweighs inconclusive: what is exact (an event lost, a client leaked) stays true on a busy machine.
 * What our own slowness could have caused is not held against the server when we were slow: it becomes
 * inconclusive itself. A threshold without a sample fails: a check that cannot fail is none.
 * A run that somebody ended before its time is not judged: its findings stand for what was seen until then.
 */
import { EXIT } from '../core/errors.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Growth } from '../memory/trend.ts';
import { doubtedThresholds } from './doubted-thresholds.ts';
import { doubtsOf } from './doubts.ts';
import { type FindingsAsked, findingsOf } from './findings-of-run.ts';
import type { Finding } from '../findings/finding.ts';
import type { Severity } from '../findings/finding-row.ts';
import { metricValue } from './metric-values.ts';
import { weighLateness } from './own-lateness.ts';
import { type JudgedRun, judgedRun } from './judged-run.ts';
import { type AnsweredQuestion, questionsOf } from './questions.ts';
import { evaluateThresholds, type Threshold, type ThresholdResult } from './thresholds.ts';

export interface Judgement extends FindingsAsked {
  thresholds: readonly Threshold[];
}

export interface Verdict {
  /** `interrupted`: findings and thresholds say what was seen until then, and nothing is passed. */
  verdict: 'pass' | 'fail' | 'inconclusive' | 'interrupted';
  exitCode: number;
  findings: Finding[];
  thresholds: ThresholdResult[];
  /** The growth of the server's memory, judged once, here: reports and the JSON show it and judge nothing. */
  growth: Growth;
  /** What a soak asks of such a server, and which of it this run answered. */
  questions: AnsweredQuestion[];
}

export function judge(record: RunRecord, judgement: Judgement): Verdict {
  const run = judgedRun(record);
  const thresholds = resultsOf(run, judgement.thresholds);
  const found = findingsOf(run, judgement);
  const weighed = { thresholds: judgement.thresholds, results: thresholds, findings: found };
  const findings = found.map((finding) =>
    finding.id === 'generator-saturated' ? weighLateness(run, finding, weighed) : finding,
  );
  const doubted = doubtedThresholds(run, judgement.thresholds, thresholds);
  findings.push(...doubtsOf(run, { ignore: judgement.ignore, doubted, findings }));
  findings.sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity]);
  const broken = thresholds.some(
    ({ status }, at) => status !== 'pass' && !doubted.has(judgement.thresholds[at] as Threshold),
  );
  const failed = broken || findings.some(({ severity }) => severity === 'fail');
  const doubtful = doubted.size > 0 || findings.some(({ severity }) => severity === 'inconclusive');
  const judged = failed ? 'fail' : doubtful ? 'inconclusive' : 'pass';
  const verdict = record.interrupted ? 'interrupted' : judged;
  return {
    verdict,
    exitCode: EXIT.soak[verdict],
    findings,
    thresholds,
    growth: run.growth,
    questions: questionsOf(run),
  };
}

const WEIGHT: Readonly<Record<Severity, number>> = { fail: 3, inconclusive: 2, warn: 1, info: 0 };

/** The one that ended the run early is broken as it was then, whatever came of it since. */
function resultsOf(run: JudgedRun, thresholds: readonly Threshold[]): ThresholdResult[] {
  const { endedEarly } = run;
  return evaluateThresholds(thresholds, (metric) => metricValue(run, metric)).map((result) =>
    endedEarly?.expression === result.expression ? { ...result, actual: endedEarly.actual, status: 'fail' } : result,
  );
}
