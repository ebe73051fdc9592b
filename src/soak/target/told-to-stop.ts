/**
 * The process of a server that a plan tells to stop (`--incident sigterm@20s`): only the one whose number the user gave,
 * and only where it is the one that listens at the target's address. It is sent SIGTERM once, and nothing else ever.
 */
import { UsageError } from '../../core/errors.ts';
import { bracketed } from '../../core/host.ts';
import { printable } from '../../core/printable.ts';
import { listeningProcesses } from '../../machine/listening-processes.ts';
import { processName } from '../../machine/process-program.ts';
import { processStat } from '../../machine/process-tree.ts';

export interface StoppableServer {
  readonly pid: number;
  /** Sends SIGTERM; why it was not sent, or null. */
  tellToStop(): string | null;
  /** The process has ended. */
  hasEnded(): boolean;
}

/** @throws {UsageError} where it is not the process that listens there, or may not be told */
export async function stoppableServer(
  pid: number,
  { address, port }: { address: string; port: number },
): Promise<StoppableServer> {
  const at = `${bracketed(address)}:${port}`;
  const { pids } = await listeningProcesses(address, port);
  const stat = processStat(pid);
  if (stat === null || !pids.includes(pid)) {
    const others = pids.flatMap((other) => processStat(other) ?? []);
    const who = others.map((other) => `${other.pid} (${printable(processName(other))})`).join(', ');
    throw new UsageError(
      `--incident: process ${pid}, the target of sigterm, does not listen on ${at}${who === '' ? '' : `; process ${who} does`}`,
      { hint: 'Give the process that listens there with --server-pid: only that process receives the signal.' },
    );
  }
  try {
    process.kill(pid, 0);
  } catch {
    throw new UsageError(`--incident: process ${pid} (${printable(stat.name)}) cannot be signalled by this user`, {
      hint: 'Run sse-probe as the user of the server, or as root.',
    });
  }
  const hasEnded = (): boolean => processStat(pid)?.startTicks !== stat.startTicks;
  return {
    pid,
    hasEnded,
    tellToStop() {
      // Never another process that has its number by now.
      if (hasEnded()) return 'the process had ended before';
      try {
        process.kill(pid, 'SIGTERM');
        return null;
      } catch (error) {
        return `the signal could not be sent (${(error as NodeJS.ErrnoException).code})`;
      }
    },
  };
}
