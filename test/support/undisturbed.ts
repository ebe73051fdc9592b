/** A soak on a machine that others use as well: its own word that it was disturbed is taken, and it is made again. */
import { runProgram } from './program.ts';
import { parseReport, type SoakReport } from './soak-report.ts';

const MAX_ATTEMPTS = 3;

/**
 * Only what the program says of itself (`generator-saturated`) is a reason; what it says of the server never is.
 *
 * @throws when there is no report, with what was said instead; and when the last run was disturbed as well, since
 * nothing was measured then, neither for the server nor against it
 */
export async function undisturbed(
  args: readonly string[],
  options: Parameters<typeof runProgram>[1] = {},
): Promise<{ report: SoakReport; code: number | null }> {
  let title = '';
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { stdout, stderr, code } = await runProgram(args, options);
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    const report = parseReport(stdout);
    // As an info it says that its lateness has decided nothing.
    const disturbed = report.findings.find(({ id, severity }) => id === 'generator-saturated' && severity !== 'info');
    if (disturbed === undefined) return { report, code };
    ({ title } = disturbed);
    process.stderr.write(`run ${attempt} of at most ${MAX_ATTEMPTS} was itself disturbed: ${title}\n`);
  }
  throw new Error(`this machine disturbed each of ${MAX_ATTEMPTS} runs, so nothing was measured: ${title}`);
}
