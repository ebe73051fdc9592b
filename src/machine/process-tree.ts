/**
 * A process and everything that it has started, as Linux tells in `/proc`: who belongs to it, the memory of
 * each, the processor time of all.
 *
 * A server is often several processes: cluster workers, a pool that comes and goes, a shell that runs the
 * real one. Who belongs to the tree is found by the parents in all of `/proc/PID/stat`, with one synchronous
 * pass (14 µs a process; through the thread pool it is eight times that). Who belonged to it once still does,
 * also after the process between them ended and init became its parent. A process is known by its number and
 * its start time: numbers are given out again.
 *
 * It refuses to mix two kinds of memory: the caller says which to read, and what cannot be read that way is
 * unreadable, never a zero.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * `pss`: proportional set size, in which a page that n processes share counts a n-th in each, so that the sum
 * over a tree counts it once. Without pages of files (program, libraries) where the kernel tells them apart:
 * they are shared with everybody who runs the same program, so that the share of a sound Node server changed
 * by an eighth whenever some other Node process came or went (measured). `rss`: resident set size, in which
 * each page counts in each process.
 */
export type ProcessMemory = 'pss' | 'rss';

/** What `/proc/PID/stat` says of one process (proc_pid_stat(5)). */
export interface ProcessStat {
  pid: number;
  /** The process's name: the kernel cuts it to 15 bytes, and the process may choose it. */
  name: string;
  parentPid: number;
  /** Since the machine's start, in ticks of the clock: with the number it names one process for all time. */
  startTicks: number;
  /** User and system, also of children that have ended and were waited for. */
  cpuSeconds: number;
  /** A zombie: the process has ended and is listed until its parent waits for it. */
  ended: boolean;
}

/** sysconf(_SC_CLK_TCK): 100 wherever Node runs on Linux; the clock of `/proc`, not of the kernel. */
const TICKS_PER_SECOND = 100;
const ROOT = '/proc';

/** Fields of `stat`, counted from the one behind the name. */
const FIELD = { state: 0, parentPid: 1, cpu: [11, 12, 13, 14], startTicks: 19 } as const;

/** @returns null for what is no line of `stat` */
export function parseProcessStat(text: string): ProcessStat | null {
  const open = text.indexOf('(');
  // The name may hold spaces and brackets of its own.
  const close = text.lastIndexOf(')');
  const fields = text
    .slice(close + 2)
    .trimEnd()
    .split(' ');
  const pid = Number(text.slice(0, open));
  const startTicks = Number(fields[FIELD.startTicks]);
  if (open < 1 || close < open || !Number.isSafeInteger(pid) || !Number.isFinite(startTicks)) return null;
  const state = fields[FIELD.state] as string;
  return {
    pid,
    name: text.slice(open + 1, close),
    parentPid: Number(fields[FIELD.parentPid]),
    startTicks,
    cpuSeconds: FIELD.cpu.reduce((ticks, at) => ticks + Number(fields[at]), 0) / TICKS_PER_SECOND,
    ended: state === 'Z' || state === 'X',
  };
}

/** @returns null when there is no such process (any more), or none that we are shown */
export function processStat(pid: number): ProcessStat | null {
  try {
    const stat = parseProcessStat(readFileSync(`${ROOT}/${pid}/stat`, 'latin1'));
    return stat === null || stat.ended ? null : stat;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** The processes that descend from these, and these; a process that ends meanwhile may be missing. */
export function descendants(all: Iterable<ProcessStat>, roots: Iterable<number>): ProcessStat[] {
  const byParent = new Map<number, ProcessStat[]>();
  const byPid = new Map<number, ProcessStat>();
  for (const stat of all) {
    byPid.set(stat.pid, stat);
    const siblings = byParent.get(stat.parentPid);
    if (siblings === undefined) byParent.set(stat.parentPid, [stat]);
    else siblings.push(stat);
  }
  const found = new Map<number, ProcessStat>();
  const waiting = [...roots].flatMap((pid) => byPid.get(pid) ?? []);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next.pid)) continue;
    found.set(next.pid, next);
    waiting.push(...(byParent.get(next.pid) ?? []));
  }
  return [...found.values()];
}

/** All live processes that the kernel shows to this user. */
export function allProcesses(): ProcessStat[] {
  const all: ProcessStat[] = [];
  for (const entry of readdirSync(ROOT)) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = processStat(Number(entry));
    if (stat !== null) all.push(stat);
  }
  return all;
}

/**
 * Bytes, or why there are none. The kernel walks the process's page tables for `pss`: some milliseconds a
 * gigabyte, off our event loop. Kernel threads have no memory of their own and are unreadable.
 */
export async function memoryBytes(pid: number, kind: ProcessMemory): Promise<number | 'ended' | 'unreadable'> {
  try {
    const text = await readFile(`${ROOT}/${pid}/${FILES[kind]}`, 'latin1');
    const bytes = kind === 'pss' ? proportionalBytes(text) : kilobytes(text, 'VmRSS');
    if (bytes !== null) return bytes;
  } catch (error) {
    if (!isGone(error) && !isForbidden(error)) throw error;
  }
  return processStat(pid) === null ? 'ended' : 'unreadable';
}

const FILES = { pss: 'smaps_rollup', rss: 'status' } as const;

/** The proportional set size in the text of `smaps_rollup`, in bytes; null when the text has none. */
export function proportionalBytes(text: string): number | null {
  const anonymous = kilobytes(text, 'Pss_Anon');
  // Linux before 5.3 does not tell them apart.
  return anonymous === null ? kilobytes(text, 'Pss') : anonymous + (kilobytes(text, 'Pss_Shmem') ?? 0);
}

/** The value of one line in bytes: `Pss:   701 kB` is 701 × 1024. */
function kilobytes(text: string, name: string): number | null {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  return match === null ? null : Number(match[1]) * 1024;
}

/** The process is gone: ENOENT when the file is opened, ESRCH while it is read. */
function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESRCH';
}

/** The file belongs to a process of another user, and this process has no root rights. */
function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}
