/** The real program, run as a user runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../', import.meta.url));
const ownBinary = join(root, 'bin', 'sse-probe.js');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunningProgram {
  child: ChildProcess;
  outcome: Promise<Outcome>;
  /** Resolves when this has been seen on stdout or stderr; rejects when the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ProgramOptions {
  /** Shell words put before, such as `ulimit -n 128`. */
  limits?: string;
  cwd?: string;
  /** Another copy of the program. */
  binary?: string;
}

export function startProgram(
  args: readonly string[],
  { limits = '', cwd = root, binary = ownBinary }: ProgramOptions = {},
): RunningProgram {
  const options = { cwd, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  const child =
    limits === ''
      ? spawn(process.execPath, [binary, ...args], options)
      : spawn('sh', ['-c', `${limits}; exec "$0" "$@"`, process.execPath, binary, ...args], options);
  const seen = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      seen[name] += text;
      for (const check of waiting) check();
    });
  }
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...seen }));
  });
  return {
    child,
    outcome,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(seen.stdout) ?? pattern.exec(seen.stderr);
          if (match === null) return;
          waiting.delete(check);
          resolve(match);
        };
        waiting.add(check);
        check();
        void outcome.then(
          ({ code, stderr }) => reject(new Error(`ended with ${code} before it said ${String(pattern)}: ${stderr}`)),
          reject,
        );
      }),
  };
}

export function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  return startProgram(args, options).outcome;
}
