/** The script of a step of action.yml, run as GitHub's runner runs it: with inputs in the environment and files for what it says. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './program.ts';

export interface StepOutcome {
  code: number | null;
  /** stdout and stderr as they came, which is what the runner reads. */
  log: string;
  summary: string;
  outputs: Record<string, string>;
  /** Files in the folder of the reports, by name. */
  reports: Record<string, string>;
}

export interface Step {
  command: string;
  /** Lines of the input. */
  arguments: readonly string[];
  /** What happens once when this has been seen in the log; `cancel` is what a cancelled job does. */
  when?: { seen: string; act: (cancel: () => void) => void };
}

export async function runStep({ command, arguments: lines, when }: Step): Promise<StepOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-'));
  const [summary, output] = [join(folder, 'summary.md'), join(folder, 'output')];
  writeFileSync(summary, 'of another step\n');
  writeFileSync(output, '');
  mkdirSync(join(folder, 'work space'));
  const child = spawn('bash', [join(root, 'action', 'run.sh')], {
    cwd: join(folder, 'work space'),
    env: {
      ...process.env,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
      SSE_PROBE_PROGRAM: join(root, 'bin', 'sse-probe.js'),
      SSE_PROBE_COMMAND: command,
      SSE_PROBE_ARGUMENTS: lines.join('\n'),
      SSE_PROBE_REPORTS: 'the reports',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let isSeen = false;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (when === undefined || isSeen || !log.includes(when.seen)) return;
      isSeen = true;
      when.act(() => child.kill('SIGINT'));
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const reports = join(folder, 'work space', 'the reports');
  const outcome: StepOutcome = {
    code,
    log,
    summary: readFileSync(summary, 'utf8'),
    outputs: Object.fromEntries(
      readFileSync(output, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
    reports: Object.fromEntries(readdirSync(reports).map((name) => [name, readFileSync(join(reports, name), 'utf8')])),
  };
  rmSync(folder, { recursive: true });
  return outcome;
}
