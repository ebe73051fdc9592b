/**
 * Makes happen what the plan says shall happen in the middle of a run, each at its time and one after the
 * other, and tells the load, whose clients live through it.
 */
import type { Incident } from '../core/incidents.ts';
import { pause } from '../core/pause.ts';
import type { RunListener } from '../core/run-events.ts';
import type { StagedIncident } from '../record/run-record.ts';
import type { PlannedStop } from '../memory/server-memory.ts';
import type { LoadGenerator } from './load/load-generator.ts';
import { watchStop } from './stop-watch.ts';
import type { Target } from './target/target.ts';

export interface StagedIncidents {
  incidents: readonly Incident[];
  /** Incidents count from its end. */
  rampMs: number;
}

export interface StagingOptions {
  /** The load is over, or the run interrupted: what has not begun by now does not begin any more. */
  signal: AbortSignal;
  /** The run is interrupted: a server that was told to stop is not waited for. */
  interrupted: AbortSignal;
  onEvent: RunListener;
}

/** Tells the listener, and keeps when each incident began. */
export function notingIncidents(staged: StagedIncident[], loadedMs: () => number, onEvent: RunListener): RunListener {
  return (event) => {
    if (event.type === 'incident') staged.push({ kind: event.kind, tMs: loadedMs() });
    onEvent(event);
  };
}

/** Ends early with the signal; a frozen server is thawed whatever happens, and one that was told to stop waited for. */
export async function stageIncidents(
  { incidents, rampMs }: StagedIncidents,
  load: LoadGenerator,
  target: Target,
  { signal, interrupted, onEvent }: StagingOptions,
): Promise<PlannedStop | null> {
  let elapsedMs = 0;
  for (const incident of incidents.toSorted((one, other) => one.atMs - other.atMs)) {
    const dueMs = rampMs + incident.atMs;
    await pause(dueMs - elapsedMs, signal);
    if (signal.aborted) return null;
    const startMs = performance.now();
    onEvent({ type: 'incident', kind: incident.kind });
    load.incident(incident);
    if (incident.kind === 'sigterm') return watchStop(target, incident, { signal: interrupted, onEvent });
    if (incident.kind === 'restart-server') await target.restart(signal);
    if (incident.kind === 'freeze') {
      target.freeze();
      try {
        await pause(incident.durationMs, signal);
      } finally {
        target.thaw();
      }
    }
    elapsedMs = dueMs + performance.now() - startMs;
  }
  return null;
}
