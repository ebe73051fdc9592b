/** Findings that came and went, and thresholds that broke and hold again. */
import type { KeptFinding, KeptRun, KeptThreshold } from './kept-run.ts';

type Severity = KeptFinding['severity'];

export interface FindingChange {
  id: string;
  /** `graver` and `milder`: both runs have it, with another severity. */
  change: 'came' | 'went' | 'stayed' | 'graver' | 'milder';
  /** Its severity in each run; null where the run has it not. */
  base: Severity | null;
  new: Severity | null;
  /** What NEW says of it; where it went, what BASE said. */
  title: string;
  /** It makes NEW the worse run: one that fails a run and did not before. */
  isWorse: boolean;
}

export interface ThresholdChange {
  expression: string;
  unit: string;
  base: { actual: number | null; status: KeptThreshold['status'] };
  new: { actual: number | null; status: KeptThreshold['status'] };
  change: 'broke' | 'holds-again' | 'stayed';
}

const WEIGHT: Readonly<Record<Severity, number>> = { fail: 3, inconclusive: 2, warn: 1, info: 0 };
const ORDER: readonly FindingChange['change'][] = ['came', 'graver', 'stayed', 'milder', 'went'];

/** What came first, the gravest of it before the rest. */
export function findingChanges(base: KeptRun, next: KeptRun): FindingChange[] {
  const [before, after] = [gravestById(base.findings), gravestById(next.findings)];
  const ids = new Set([...after.keys(), ...before.keys()]);
  const changes = [...ids].map((id): FindingChange => {
    const [was, is] = [before.get(id) ?? null, after.get(id) ?? null];
    return {
      id,
      change: changeOf(was?.severity ?? null, is?.severity ?? null),
      base: was?.severity ?? null,
      new: is?.severity ?? null,
      title: (is ?? was)?.title ?? '',
      isWorse: is?.severity === 'fail' && was?.severity !== 'fail',
    };
  });
  const gravity = (change: FindingChange): number => WEIGHT[change.new ?? change.base ?? 'info'];
  return ORDER.flatMap((kind) =>
    changes.filter(({ change }) => change === kind).toSorted((a, b) => gravity(b) - gravity(a)),
  );
}

function changeOf(before: Severity | null, after: Severity | null): FindingChange['change'] {
  if (before === null) return 'came';
  if (after === null) return 'went';
  if (before === after) return 'stayed';
  return WEIGHT[after] > WEIGHT[before] ? 'graver' : 'milder';
}

/** A run has each finding once; a file may have anything. */
function gravestById(findings: readonly KeptFinding[]): Map<string, KeptFinding> {
  const byId = new Map<string, KeptFinding>();
  for (const finding of findings) {
    const known = byId.get(finding.id);
    if (known === undefined || WEIGHT[finding.severity] > WEIGHT[known.severity]) byId.set(finding.id, finding);
  }
  return byId;
}

/** Those that both runs were held to. Without data a threshold is broken. */
export function thresholdChanges(base: KeptRun, next: KeptRun): ThresholdChange[] {
  const before = new Map(base.thresholds.map((threshold) => [threshold.expression, threshold]));
  return next.thresholds.flatMap(({ expression, unit, actual, status }): ThresholdChange[] => {
    const was = before.get(expression);
    if (was === undefined) return [];
    const [held, holds] = [was.status === 'pass', status === 'pass'];
    return [
      {
        expression,
        unit,
        base: { actual: was.actual, status: was.status },
        new: { actual, status },
        change: held === holds ? 'stayed' : holds ? 'holds-again' : 'broke',
      },
    ];
  });
}
