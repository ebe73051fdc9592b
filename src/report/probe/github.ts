/** A probe for a GitHub workflow: Markdown for the summary of the step, and an annotation for each thing that is wrong. */
import type { CheckId, ProbeResult } from '../../probe/result.ts';
import { SUMMARY_BYTES } from '../markdown.ts';
import { annotationLines } from '../workflow-commands.ts';
import { probeMarkdown } from './markdown.ts';
import { troubles } from './troubles.ts';

/** @param ignore checks that do not count */
export function probeGithub(result: ProbeResult, ignore: readonly CheckId[] = []): string {
  return probeMarkdown(result, ignore, SUMMARY_BYTES);
}

/** Workflow commands, a line each; empty where all is well. @param ignore checks that do not count */
export function probeAnnotations(result: ProbeResult, ignore: readonly CheckId[] = []): string {
  return annotationLines(
    troubles(result, ignore).map(({ id, isFatal, title, hint }) => ({
      level: isFatal ? 'error' : 'warning',
      title: `sse-probe: ${id}`,
      lines: hint === '' ? [title] : [title, hint],
    })),
  );
}
