/** Broken thresholds that say nothing of the server: the machine that made the load may have broken them. */
import type { ThresholdResult } from '../../verdict/thresholds.ts';
import type { SoakReport } from './soak-report.ts';

/** In an inconclusive run every broken one is in doubt; in one that fails for something else, those that a finding names. */
export function isDoubted(
  { expression, status }: ThresholdResult,
  { verdict, findings }: Pick<SoakReport, 'verdict' | 'findings'>,
): boolean {
  if (status !== 'fail') return false;
  const named = findings.find(({ id }) => id === 'generator-saturated')?.evidence['thresholds'];
  return verdict === 'inconclusive' || (Array.isArray(named) && named.includes(expression));
}
