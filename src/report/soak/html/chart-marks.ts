/** What happened in a run, for all of its charts: the end of the ramp, incidents, restarts, and what ended it. */
import { formatDuration } from '../../../core/units.ts';
import type { SoakReport } from '../soak-report.ts';
import type { ChartMark } from './chart-model.ts';

/** More of them are no longer to be told apart. */
const MOST_RESTARTS = 12;

export function marksOf({ loadFromMs, incidents, server, endedEarly, series }: SoakReport): ChartMark[] {
  const endMs = series.at(-1)?.tMs ?? 0;
  const planned = incidents.staged.some(({ kind }) => kind === 'restart-server');
  const marks: ChartMark[] = [
    ...(loadFromMs > 0 ? [{ tMs: loadFromMs, label: 'end of ramp' }] : []),
    ...incidents.staged.map(({ kind, tMs }) => ({ tMs, label: kind })),
    ...server.restartsMs
      .slice(0, MOST_RESTARTS)
      .map((tMs) => ({ tMs, label: planned ? 'server is back' : 'server restarted' })),
    ...(endedEarly === null ? [] : [{ tMs: endedEarly.tMs, label: 'ended early' }]),
  ];
  return marks.filter(({ tMs }) => tMs <= endMs).toSorted((one, other) => one.tMs - other.tMs);
}

/** The same as one sentence; empty where nothing happened. */
export function marksText(marks: readonly ChartMark[]): string {
  return marks.map(({ tMs, label }) => `${label} at ${formatDuration(tMs)}`).join(' · ');
}
