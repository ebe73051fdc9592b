/**
 * The low-rate story of a run, for its readers: a live view, a log, a page. About one a second; what
 * happens to single clients and events is not told here.
 */
import type { IncidentKind } from './incidents.ts';

export interface RunTick {
  type: 'tick';
  tMs: number;
  /** Ramp and duration together. */
  totalMs: number;
  phase: 'ramp' | 'load';
  clients: number;
  plannedClients: number;
  /** Events that came since the tick before. */
  events: number;
  eventsPerSecond: number;
  /** Median latency of this second; null when no event with a time came in it. */
  latencyP50Ms: number | null;
  latencyP99Ms: number | null;
  drops: number;
  evictions: number;
  serverRssBytes: number | null;
}

export type RunEvent =
  | { type: 'starting'; embedded: boolean }
  /** The target does not accept connections yet; told once. */
  | { type: 'waiting'; text: string }
  | { type: 'target'; url: string; proxy: string | null }
  | RunTick
  | { type: 'incident'; kind: IncidentKind }
  | { type: 'target-down'; reason: string }
  /** Something that a reader should know before the report. */
  | { type: 'note'; text: string }
  /** A threshold that was to end the run is broken. */
  | { type: 'ended-early'; expression: string }
  | { type: 'settling'; clients: number | null; remainingMs: number };

export type RunListener = (event: RunEvent) => void;
