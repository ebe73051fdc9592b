/**
 * A soak for a GitHub workflow: Markdown for the summary of the step, and one annotation for each broken threshold and
 * each finding, which GitHub reads from the step's output. An inconclusive run is an error there, as its exit code is.
 */
import { SUMMARY_BYTES } from '../markdown.ts';
import { measured } from '../measured.ts';
import { type Annotation, annotationLines } from '../workflow-commands.ts';
import { soakMarkdown } from './markdown.ts';
import type { SoakReport } from './soak-report.ts';

export function soakGithub(report: SoakReport): string {
  return soakMarkdown(report, SUMMARY_BYTES);
}

/** Workflow commands, a line each; empty where nothing is to be said. What is only good to know stands in the summary. */
export function soakAnnotations({ findings, thresholds, interrupted }: SoakReport): string {
  const broken = thresholds.filter(({ status }) => status === 'fail' || (status === 'no-data' && !interrupted));
  return annotationLines([
    ...findings.flatMap(({ id, severity, title, hint }): Annotation[] =>
      severity === 'info'
        ? []
        : [{ level: severity === 'warn' ? 'warning' : 'error', title: `sse-probe: ${id}`, lines: [title, hint] }],
    ),
    ...broken.map((threshold): Annotation => ({
      level: 'error',
      title: `sse-probe: ${threshold.expression}`,
      lines: [`${threshold.expression}: ${measured(threshold)}`],
    })),
  ]);
}
