/** A soak by an ordinary user, who may read only what all may read; needs root, who can become one. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './program.ts';
import { readReport, type SoakReport } from './soak-report.ts';

/** The user `nobody`. */
const NOBODY = 65_534;
let runs = 0;

export async function soakAsNobody(args: readonly string[]): Promise<{ code: number | null; report: SoakReport }> {
  runs += 1;
  const file = join(tmpdir(), `sse-probe-nobody-${process.pid}-${runs}.json`);
  const child = spawn(
    process.execPath,
    [join(root, 'bin', 'sse-probe.js'), 'soak', ...args, '--quiet', '--report', `json=${file}`],
    { uid: NOBODY, gid: NOBODY, stdio: 'ignore' },
  );
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const report = readReport(file);
  await rm(file);
  return { code, report };
}
