/**
 * The JSON of a probe: the result as it is, with its schema and exit code before it. Its shape is published in
 * schemas/probe-report.schema.json.
 */
import { EXIT_CODE_OF, type ProbeResult } from '../../probe/result.ts';
import type { ProbeReport } from './probe-report.ts';

/** Microseconds: more digits are noise of the clock. */
const DIGITS = 1000;
/** JSON may hold these as they are (RFC 8259, 7); a terminal obeys them. */
const LEFT_BY_JSON = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/** One line, its end included: several results in a row are JSON lines. */
export function probeJson(result: ProbeResult): string {
  const { status, ...found } = result;
  const report: ProbeReport = { schema: 'sse-probe/probe@1', status, exitCode: EXIT_CODE_OF[status], ...found };
  return `${JSON.stringify(report, rounded).replace(LEFT_BY_JSON, escape)}\n`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * DIGITS) / DIGITS : value;
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
