/** What another process has cost so far, as Linux counts it (proc_pid_stat(5)); elsewhere servers cannot be measured. */
import { readFileSync } from 'node:fs';

/** USER_HZ, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of all its threads. */
export function cpuSeconds(pid) {
  // Behind the name, which may have anything in it: state is the third field, utime and stime the 14th and 15th.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of its own: pages of the program's file come and go as the kernel likes, 8 KB a client in one run. */
export function rssBytes(pid) {
  return 1024 * Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
