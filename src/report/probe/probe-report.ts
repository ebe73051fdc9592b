/**
 * What a probe reports: the object that `probe()` resolves with and that `--format json` writes, `sse-probe/probe@1`.
 * Its schema is schemas/probe-report.schema.json. What was not measured is null, never zero.
 */
import type { ProbeResult } from '../../probe/result.ts';

/**
 * The report of a probe. Times are in milliseconds, sizes in bytes; what was not measured is null, never zero. Text of
 * the server is in it as it came: escape it where you show it.
 */
export interface ProbeReport extends ProbeResult {
  /** The name and version of this format. */
  schema: 'sse-probe/probe@1';
  /** The exit code of the command line: 0 ok, 1 warning, 2 critical, 3 unknown. */
  exitCode: 0 | 1 | 2 | 3;
}
