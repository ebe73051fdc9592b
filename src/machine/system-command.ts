/**
 * A short command of the system, run to its end: `ip` and `unshare`, whose jobs Node has no call for. What can
 * go wrong with them is data: not installed, not permitted, said on stderr.
 */
import { execFile, execFileSync, type ExecFileException } from 'node:child_process';

const TIMEOUT_MS = 5000;
const MAX_OUTPUT_BYTES = 64 * 1024;

export interface CommandTrouble {
  missing: boolean;
  /** The command's own error message, on one line. */
  said: string;
}

/** Ordinary users often have no `sbin` in their path. */
export function systemEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` };
}

/** Runs a command; resolves to null when it succeeded. */
export async function tryCommand(program: string, args: readonly string[]): Promise<CommandTrouble | null> {
  return new Promise((resolve) => {
    execFile(program, args, options(), (error, _stdout, stderr) => {
      resolve(error === null ? null : troubleOf(program, error, stderr));
    });
  });
}

/** The synchronous form, for a process that is about to exit and cannot wait. */
export function tryCommandNow(program: string, args: readonly string[]): CommandTrouble | null {
  try {
    execFileSync(program, args, { ...options(), stdio: ['ignore', 'ignore', 'pipe'] });
    return null;
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer | string };
    return troubleOf(program, error as NodeJS.ErrnoException, String(stderr ?? ''));
  }
}

function options(): { timeout: number; maxBuffer: number; env: NodeJS.ProcessEnv } {
  // Callers look for words in what it says: they must be the English ones.
  return { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, env: { ...systemEnvironment(), LC_ALL: 'C' } };
}

function troubleOf(program: string, error: NodeJS.ErrnoException | ExecFileException, stderr: string): CommandTrouble {
  if (error.code === 'ENOENT') return { missing: true, said: `${program} is not installed` };
  const said = stderr.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
  return { missing: false, said: said === '' ? (error.message.split('\n', 1)[0] as string) : said };
}
