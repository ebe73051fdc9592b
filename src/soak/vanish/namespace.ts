/**
 * A network namespace of the run's own: the same command line once more, under `unshare`, where routes may be
 * set without harming anybody and, thanks to user namespaces, without being root.
 *
 * The outer process is only the door: standard streams are inherited, the inner one writes the reports, its exit
 * code is passed on. The inner one has no terminal of its own, so that a Ctrl-C reaches it once, through us; and
 * it hears through a channel when we are gone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { StartError, UsageError } from '../../core/errors.ts';
import { systemEnvironment, tryCommand } from '../../machine/system-command.ts';

/** Says to the inner process that it is the inner one. */
const MARKER = 'SSE_PROBE_OWN_NETWORK';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A shell's way to say that a signal ended a process. */
const SIGNAL_EXIT = 128;

const NETWORK_ONLY = ['--net'];
const USER_AND_NETWORK = ['--user', '--map-root-user', '--net'];

export type Namespace = { flags: readonly string[] } | { trouble: string; hint: string };

export function insideNamespace(): boolean {
  return process.env[MARKER] === '1';
}

/**
 * How to make a namespace here; found by making one. Root needs no user namespace, in which files of other users
 * would be out of its reach.
 */
export async function findNamespace(): Promise<Namespace> {
  if (process.platform !== 'linux') {
    return { trouble: `${process.platform} has no network namespaces`, hint: 'Run sse-probe on Linux.' };
  }
  let said = '';
  for (const flags of process.getuid?.() === 0 ? [NETWORK_ONLY, USER_AND_NETWORK] : [USER_AND_NETWORK]) {
    // What the inner process does first, so that a missing `ip` and a namespace without rights show as well.
    const trouble = await tryCommand('unshare', [...flags, '--', 'ip', ...LOOPBACK_UP]);
    if (trouble === null) return { flags };
    if (trouble.missing) return { trouble: trouble.said, hint: 'Install util-linux.' };
    if (/failed to execute ip\b/.test(trouble.said))
      return { trouble: 'ip is not installed', hint: 'Install iproute2.' };
    said = trouble.said;
  }
  return {
    trouble: said,
    hint: 'Run as root, or allow user namespaces (sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 on Debian, kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu)',
  };
}

/** Runs this command line inside. @returns its exit code; @throws {StartError} when it cannot be started */
export async function runInside(flags: readonly string[], stdin?: Uint8Array): Promise<number> {
  const child = spawn('unshare', [...flags, '--', process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: [stdin === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit', 'ipc'],
    detached: true,
    env: { ...systemEnvironment(), [MARKER]: '1' },
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  // A child that ends before it has read all says itself why.
  child.stdin?.on('error', () => {}).end(stdin);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? SIGNAL_EXIT + constants.signals[signal ?? 'SIGKILL'];
  } catch (error) {
    throw new StartError(`the run could not be started in its own network namespace: ${(error as Error).message}`);
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

/** A new namespace has a loopback interface, which is down. @throws {UsageError} when it cannot be set up */
export async function bringLoopbackUp(): Promise<void> {
  const trouble = await tryCommand('ip', LOOPBACK_UP);
  if (trouble !== null)
    throw new UsageError(`the loopback interface of the run's own network cannot be set up: ${trouble.said}`);
}

const LOOPBACK_UP = ['link', 'set', 'lo', 'up'];
