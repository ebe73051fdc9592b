/**
 * Which program a process runs: its executable and the libraries that it has loaded, from `/proc/PID/exe` and
 * `/proc/PID/maps`. Both are shown to the process's own user and to root; to others the name that the process gives
 * itself is all there is (process-tree.ts), cut to 15 bytes.
 */
import { readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ProcessStat } from './process-tree.ts';

/** What runtimes call their first thread, which says nothing about the program. */
const NAMELESS = new Set(['MainThread', 'exe']);

/** The name of the executable file; the process's own name where that is not shown. */
export function programName({ pid, name }: ProcessStat): string {
  try {
    // The kernel marks a program that was replaced on disk: "/usr/bin/node (deleted)".
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  } catch {
    return name;
  }
}

/** What people call the process: its own name, or that of its program where that says more. */
export function processName(stat: ProcessStat): string {
  return NAMELESS.has(stat.name) ? programName(stat) : stat.name;
}

/** Which of these libraries a process has loaded; null for none, and where that is not shown. */
export async function loadedLibrary(pid: number, libraries: readonly string[]): Promise<string | null> {
  try {
    const maps = await readFile(`/proc/${pid}/maps`, 'latin1');
    return libraries.find((library) => maps.includes(`/${library}\n`)) ?? null;
  } catch {
    return null;
  }
}
