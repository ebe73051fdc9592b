/** A soak on a machine that others use as well: its own word that it was disturbed is taken, and it is made again. */
import { runProgram } from './program.ts';
import { parseReport, type SoakReport } from './soak-report.ts';

const ATTEMPTS = 3;

/**
 * Only what the program says of itself (`generator-saturated`) is a reason; what it says of the server never is.
 *
 * @throws when there is no report, with what was said instead
 */
export async function undisturbed(args: readonly string[]): Promise<{ report: SoakReport; code: number | null }> {
  for (let attempt = 1; ; attempt++) {
    const { stdout, stderr, code } = await runProgram(args);
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    const report = parseReport(stdout);
    const disturbed = report.findings.find(({ id }) => id === 'generator-saturated');
    if (disturbed === undefined || attempt === ATTEMPTS) return { report, code };
    process.stderr.write(`again, since the run itself was disturbed: ${disturbed.title}\n`);
  }
}
