/**
 * Pass, fail or inconclusive: the findings of all detectors and the thresholds, weighed.
 *
 * Fail outweighs inconclusive: what is exact (an event lost, a client leaked) stays true on a busy machine.
 * What our own slowness could have caused is not held against the server when we were slow: it becomes
 * inconclusive itself. A threshold without a sample fails: a check that cannot fail is none.
 */
import { EXIT } from '../core/errors.ts';
import type { RunRecord } from '../measure/run-record.ts';
import type { FindingId } from '../scenario/finding-ids.ts';
import { detectors } from './detectors/index.ts';
import type { Finding, Severity } from './finding.ts';
import { metricValue } from './metric-values.ts';
import { evaluateThresholds, type Threshold, type ThresholdResult } from './thresholds.ts';

export interface Judgement {
  thresholds: readonly Threshold[];
  failOn: readonly FindingId[];
  ignore: readonly FindingId[];
}

export interface Verdict {
  verdict: 'pass' | 'fail' | 'inconclusive';
  exitCode: number;
  findings: Finding[];
  thresholds: ThresholdResult[];
}

/** Thresholds on what our own speed decides. */
const TIMED_METRICS = /^(latency|spread|connect|headers|firstEvent|reconnect|silence|heartbeat|eviction\.time)\b/;

export function judge(record: RunRecord, judgement: Judgement): Verdict {
  const { saturated } = record.generator;
  const findings: Finding[] = [];
  for (const { id, severity, blamesTime, detect } of detectors) {
    const detected = detect(record);
    if (detected === null || judgement.ignore.includes(id)) continue;
    const meant: Severity = judgement.failOn.includes(id) ? 'fail' : severity;
    const doubted = blamesTime && saturated && meant === 'fail';
    findings.push({ id, severity: doubted ? 'inconclusive' : meant, ...detected });
  }
  findings.push(...unaccounted(record));
  findings.sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity]);
  const thresholds = evaluateThresholds(judgement.thresholds, (metric) => metricValue(record, metric));
  const broken = thresholds.filter(({ status }) => status !== 'pass');
  const doubtedThresholds = broken.filter(({ expression }) => saturated && TIMED_METRICS.test(expression));
  const failed = broken.length > doubtedThresholds.length || findings.some(({ severity }) => severity === 'fail');
  const doubtful = doubtedThresholds.length > 0 || findings.some(({ severity }) => severity === 'inconclusive');
  const verdict = failed ? 'fail' : doubtful ? 'inconclusive' : 'pass';
  return { verdict, exitCode: record.interrupted ? EXIT.soak.interrupted : EXIT.soak[verdict], findings, thresholds };
}

const WEIGHT: Readonly<Record<Severity, number>> = { fail: 3, inconclusive: 2, warn: 1, info: 0 };

/** Our own books: every client that there ever was ended in exactly one way. */
function unaccounted({ summary }: RunRecord): Finding[] {
  const clients = summary.total('planned');
  const ends = [...summary.ends.values()].reduce((sum, count) => sum + count, 0);
  if (clients === ends) return [];
  return [{
    id: 'not-measured',
    severity: 'inconclusive',
    title: `The books do not add up: ${clients} clients, but ${ends} ends.`,
    evidence: { clients, ends: Object.fromEntries(summary.ends) },
    hint: 'This is a defect of sse-probe: please report it with the JSON report of this run.',
  }];
}
