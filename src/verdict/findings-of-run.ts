/**
 * What the detectors find in a run, with what the rows of the findings say of it: how heavy it weighs, what to do, and
 * of what it is a consequence. The one place that reads which finding explains which.
 */
import { exampleSays } from '../findings/event-example.ts';
import type { Finding } from '../findings/finding.ts';
import type { Severity } from '../findings/finding-row.ts';
import { FINDINGS, type FindingId } from '../findings/finding-rows.ts';
import { detectors } from './detectors/index.ts';
import { extentOf, withExtent } from './extent.ts';
import type { JudgedRun } from './judged-run.ts';

export interface FindingsAsked {
  /** What counts as a failure, whatever its row says. */
  failOn: readonly FindingId[];
  ignore: readonly FindingId[];
}

/**
 * Without the consequences of what was found already: the detectors run from what explains most to what explains least.
 * A finding that is itself explained explains nothing more; one that is ignored still does.
 */
export function findingsOf(run: JudgedRun, { failOn, ignore }: FindingsAsked): Finding[] {
  const findings: Finding[] = [];
  const causes = new Set<FindingId>();
  const endMs = run.series.at(-1)?.tMs ?? Number.POSITIVE_INFINITY;
  for (const { id, detect } of detectors) {
    const { severity, blamesTime = false, explainedBy = [], advice } = FINDINGS[id];
    const detected = detect(run);
    if (detected === null || explainedBy.some((cause) => causes.has(cause))) continue;
    const { evidence, hint = advice, explains = true, severity: weighs = severity, example = null } = detected;
    if (explains) causes.add(id);
    if (ignore.includes(id)) continue;
    const meant: Severity = failOn.includes(id) ? 'fail' : weighs;
    const doubted = blamesTime && run.generator.saturated && meant === 'fail';
    const extent = extentOf(run, id);
    findings.push({
      id,
      severity: doubted ? 'inconclusive' : meant,
      title: `${withExtent(detected.title, extent, endMs)}${example === null ? '' : ` ${exampleSays(example)}`}`,
      evidence: {
        ...evidence,
        ...extent,
        ...(example === null ? {} : { example: { event: example.event, behind: example.behind } }),
      },
      hint,
    });
  }
  return findings;
}
