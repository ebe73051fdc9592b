/** Whether a run judged the server's memory: by whose, or why it did not ask, with the flag that would. */
import { printable } from '../core/printable.ts';
import { formatDuration } from '../core/units.ts';
import type { WatchedProcess } from '../memory/server-memory.ts';
import type { Unasked } from './finding.ts';
import { loadMs } from './growth-of-run.ts';
import type { JudgedRun } from './judged-run.ts';

const ADVICE = {
  '--server-pid': 'Give its process with --server-pid PID, or a metrics page with --server-metrics URL.',
  '--server-metrics': 'Give a metrics page with --server-metrics URL.',
} as const;

/** In less even a flat line is no trend. */
const LEAST_TREND_MS = 60_000;

export function memoryJudgedBy({ growth: { verdict }, server }: JudgedRun): string | null {
  if (verdict !== 'pass' && verdict !== 'fail') return null;
  if (server.source === 'metrics') return 'by its metric';
  return server.process === null ? 'by its process' : `by ${processText(server.process)}`;
}

export function memoryUnasked(run: JudgedRun): Unasked {
  const { source, process: watched, unread } = run.server;
  if (watched?.isProxy === true) {
    return {
      what: `${processText(watched)}, is a proxy by its name, so its memory is not the server's`,
      hint: 'Give the process of the server with --server-pid PID.',
    };
  }
  if (source === 'none')
    return { what: unread?.why ?? "the server's memory is not known", hint: ADVICE[unread?.flag ?? '--server-pid'] };
  const load = formatDuration(loadMs(run));
  return loadMs(run) < LEAST_TREND_MS
    ? { what: `${load} of load is too short for a trend`, hint: 'Run for a minute or more: --duration 2m.' }
    : { what: `the trend is not clear after ${load} of load`, hint: 'Run for longer: --duration 10m.' };
}

/** Whose memory is read, as the summary says it. */
export function processText({ pid, name, listensOn }: WatchedProcess): string {
  return `pid ${pid} (${printable(name)})${listensOn === null ? '' : `, which listens on ${listensOn}`}`;
}
