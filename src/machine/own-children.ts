/**
 * The processes that this one has started, none of which outlives it.
 *
 * A child hears through its channel that its parent has gone, and ends by itself. One that stands still (SIGSTOP, a
 * debugger) hears nothing, and would stay behind for ever with its connections: it is killed, by its number, when this
 * process exits, whatever makes it exit. Only SIGKILL of this process leaves no time for that.
 */
import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** @returns the same child, which ends with this process from now on */
export function endsWithUs<Child extends ChildProcess>(child: Child): Child {
  if (children.size === 0) process.on('exit', killAll);
  children.add(child);
  const gone = (): void => {
    // A program that calls us keeps no listener of ours when all is over.
    if (children.delete(child) && children.size === 0) process.off('exit', killAll);
  };
  child.once('exit', gone).once('error', gone);
  return child;
}

function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}
