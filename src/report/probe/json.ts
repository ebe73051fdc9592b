/**
 * The JSON of a probe: the result as it is, with its schema and exit code before it. Its shape is published in
 * schemas/probe-report.schema.json.
 */
import { rounded } from '../../core/units.ts';
import { EXIT_CODE_OF, type ProbeResult } from '../../probe/result.ts';
import { jsonText } from '../json-text.ts';
import type { ProbeReport } from './probe-report.ts';

/** One line, its end included: several results in a row are JSON lines. */
export function probeJson(result: ProbeResult): string {
  const { status, ...found } = result;
  const report: ProbeReport = { schema: 'sse-probe/probe@1', status, exitCode: EXIT_CODE_OF[status], ...found };
  return `${jsonText(report, withoutNoise)}\n`;
}

function withoutNoise(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? rounded(value) : value;
}
