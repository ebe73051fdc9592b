/**
 * Two runs held against each other: what `sse-probe compare` says, `sse-probe/compare@1`. Its schema is
 * schemas/compare-report.schema.json.
 *
 * Worse outweighs everything but the doubt whether the runs can be compared at all. What was bad before and still is makes
 * nothing worse: to fail such a run is what `soak` is for.
 */
import { EXIT } from '../core/errors.ts';
import { METRICS } from '../verdict/metrics.ts';
import { type FindingChange, findingChanges, type ThresholdChange, thresholdChanges } from './changes.ts';
import { doubtsAbout, type RunDifference, runDifferences } from './differences.ts';
import { type JudgedMetric, judgedMetric } from './judged-metric.ts';
import type { KeptRun } from './kept-run.ts';
import type { Tolerances } from './tolerances.ts';

export interface ComparedRun {
  /** The name of the file, or `<stdin>`. */
  file: string;
  /** The verdict of that run, as its report has it. */
  verdict: KeptRun['verdict'];
  startedAt: string;
  durationMs: number;
  seed: number;
  /** The version of sse-probe that ran it. */
  version: string;
  /** URL of the stream; the first one where there are several. */
  url: string;
  /** Clients that the plan asked for. */
  clients: number;
  /** How late the load tool's own event loop came round (p99), in milliseconds: so much of a time may be its own. */
  ownDelayMs: number;
}

export interface Comparison {
  schema: 'sse-probe/compare@1';
  /** The version of sse-probe that compares. */
  version: string;
  /** `pass`: NEW is nowhere worse. `inconclusive`: the runs cannot be compared, see `doubts`. */
  verdict: 'pass' | 'fail' | 'inconclusive';
  /** 0 pass, 1 fail, 3 inconclusive. */
  exitCode: number;
  base: ComparedRun;
  new: ComparedRun;
  /** A difference of so much of the base counts as none, where `tolerances` has nothing else for the metric. */
  tolerance: number;
  /** By the name of a metric, or the beginning of several. */
  tolerances: Record<string, number>;
  /** Why nothing can be concluded, as sentences; empty where something can. */
  doubts: string[];
  /** It was judged in spite of the doubts. */
  forced: boolean;
  /** What differs between the runs beside the figures. */
  differences: RunDifference[];
  /** The same run was given twice. */
  isSameRun: boolean;
  /** How many metrics came out how. */
  counts: { better: number; worse: number; same: number; notJudged: number };
  /** Every metric that at least one of the runs has measured: what is worse, what is better, then all others. */
  metrics: JudgedMetric[];
  findings: FindingChange[];
  thresholds: ThresholdChange[];
}

interface Asked {
  /** The version of sse-probe. */
  version: string;
  tolerances: Tolerances;
  /** Judge in spite of doubts. */
  force: boolean;
}

export function compareRuns(base: KeptRun, next: KeptRun, { version, tolerances, force }: Asked): Comparison {
  const differences = runDifferences(base, next);
  const doubts = doubtsAbout(base, next, differences);
  const metrics = [...METRICS.keys()]
    .map((name) => judgedMetric(name, base, next, tolerances))
    .filter((metric) => metric.base !== null || metric.new !== null);
  const findings = findingChanges(base, next);
  const thresholds = thresholdChanges(base, next);
  const counted = (judgement: JudgedMetric['judgement']): number =>
    metrics.filter((metric) => metric.judgement === judgement).length;
  const isWorse =
    counted('worse') > 0 ||
    findings.some((finding) => finding.isWorse) ||
    thresholds.some(({ change }) => change === 'broke') ||
    (base.verdict === 'pass' && next.verdict === 'fail');
  const verdict = doubts.length > 0 && !force ? 'inconclusive' : isWorse ? 'fail' : 'pass';
  return {
    schema: 'sse-probe/compare@1',
    version,
    verdict,
    exitCode: EXIT.compare[verdict],
    base: comparedRun(base),
    new: comparedRun(next),
    tolerance: tolerances.all,
    tolerances: Object.fromEntries(tolerances.some),
    doubts,
    forced: force && doubts.length > 0,
    differences,
    isSameRun: base.startedAt === next.startedAt && base.seed === next.seed && base.durationMs === next.durationMs,
    counts: {
      better: counted('better'),
      worse: counted('worse'),
      same: counted('same'),
      notJudged: counted('not-judged'),
    },
    metrics: metrics.toSorted(worstFirst),
    findings,
    thresholds,
  };
}

/** What is worse first, and of it what lies furthest beyond what is tolerated; then what is better; the rest as it was. */
function worstFirst(one: JudgedMetric, other: JudgedMetric): number {
  return RANK[one.judgement] - RANK[other.judgement] || excessOf(other) - excessOf(one);
}

const RANK: Readonly<Record<JudgedMetric['judgement'], number>> = {
  worse: 0,
  better: 1,
  same: 2,
  'not-judged': 2,
  neutral: 2,
};

function excessOf({ judgement, base, new: next, tolerated }: JudgedMetric): number {
  if (RANK[judgement] === RANK.same || base === null || next === null || tolerated === null) return 0;
  return Math.abs(next - base) / Math.max(tolerated, Number.EPSILON);
}

function comparedRun(run: KeptRun): ComparedRun {
  const { file, verdict, startedAt, durationMs, seed, version, url, clients, ownDelayMs } = run;
  return { file, verdict, startedAt, durationMs, seed, version, url, clients, ownDelayMs };
}
