/**
 * `sse-probe compare BASE.json NEW.json`: two reports → what is better and worse → exit code.
 */
import { createReadStream } from 'node:fs';
import { compareRuns, type Comparison } from '../compare/comparison.ts';
import type { KeptRun } from '../compare/kept-run.ts';
import { readReport } from '../compare/read-report.ts';
import { tolerancesOf } from '../compare/tolerances.ts';
import { EXIT, UsageError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { packageVersion } from '../library/version.ts';
import type { ComparePlan } from '../options/compare-options.ts';
import { isStdin, shownFile } from '../options/file-text.ts';
import { COMPARE_FORMATS } from '../report/compare/formats.ts';
import { compareText } from '../report/compare/text.ts';
import { output } from './output.ts';
import { columnsOf, paintFor } from './terminal.ts';

/** A day by the second makes 20 MB. */
const MAX_REPORT_BYTES = 128 * 1024 ** 2;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @returns the exit code; @throws {UsageError} for what is no report of a soak */
export async function compareCommand(baseFile: string, newFile: string, plan: ComparePlan): Promise<number> {
  const tolerances = tolerancesOf(plan.tolerances);
  if (isStdin(baseFile) && isStdin(newFile))
    throw new UsageError('both reports are to come from stdin, which has only one', {
      hint: 'Name a file for one of them.',
    });
  for (const signal of SIGNALS) process.on(signal, leave);
  try {
    const base = await keptRunIn(baseFile);
    const next = await keptRunIn(newFile);
    const comparison = compareRuns(base, next, { version: packageVersion(), tolerances, force: plan.force });
    await print(comparison, plan);
    return comparison.exitCode;
  } finally {
    for (const signal of SIGNALS) process.off(signal, leave);
  }
}

/** Nothing is left half done: no file is written. */
function leave(): void {
  process.exit(EXIT.compare.interrupted);
}

async function print(comparison: Comparison, { json, format, quiet, noColor }: ComparePlan): Promise<void> {
  const asked = json ? 'json' : format;
  if (asked !== 'text') return output.report(await COMPARE_FORMATS[asked](comparison));
  const { stdout } = process;
  const view = { paint: await paintFor(stdout, noColor), columns: columnsOf(stdout), quiet };
  output.print(compareText(comparison, view));
}

async function keptRunIn(file: string): Promise<KeptRun> {
  const name = printable(shownFile(file));
  return readReport(await textOf(file, name), name);
}

/** A pipe is read as well (`<(…)`), and nothing without an end. */
async function textOf(file: string, name: string): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of isStdin(file) ? process.stdin : createReadStream(file)) {
      pieces.push(piece as Buffer);
      bytes += (piece as Buffer).length;
      if (bytes > MAX_REPORT_BYTES)
        throw new UsageError(`${name}: has more than ${MAX_REPORT_BYTES / 1024 ** 2} MiB, the most that is read`, HINT);
    }
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new UsageError(`${name}: ${reason}`, { ...HINT, cause: error });
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

const HINT = { hint: 'Give the JSON report of a soak: sse-probe soak --report json=FILE.' };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  ERR_INVALID_ARG_VALUE: 'is no name of a file',
  EACCES: 'may not be read (permission denied)',
  EISDIR: 'is a directory',
  ENXIO: 'cannot be read',
  ELOOP: 'is a symbolic link to itself',
  ENAMETOOLONG: 'the name is too long',
};
