/**
 * The low-rate story of a run, for its readers: a live view, a log, a page. About one a second; what
 * happens to single clients and events is not told here.
 */
import type { ClientKind } from './client-kinds.ts';
import type { IncidentKind } from './incidents.ts';

export interface KindStatus {
  clients: number;
  /** Those of them that have a stream open. */
  open: number;
}

/** How the load stands at one moment. The counts are from the start of the run. */
export interface LoadStatus {
  /** The clients of each kind that the plan has. */
  kinds: Readonly<Partial<Record<ClientKind, KindStatus>>>;
  /** Clients on their way to a stream, and those that wait until they may come back. */
  connecting: number;
  waiting: number;
  dropsByCause: Readonly<Record<string, number>>;
  /** By cause, or by status: `status 503`. */
  refusalsByCause: Readonly<Record<string, number>>;
  /** The questions that its clients have heard enough to judge, by their names in the reports. */
  heardEnough: readonly string[];
}

/** A question that the run asks of its server, and whether it has heard enough by now to judge it. */
export interface AskedQuestion {
  id: string;
  hasEnough: boolean;
}

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
  load: LoadStatus;
  questions: readonly AskedQuestion[];
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
  /** `allLeft`: the server counts its clients, and nobody any more whom it did not count before the run. */
  | { type: 'settling'; clients: number | null; allLeft: boolean; remainingMs: number }
  /** Clients that come once more when all have left, for so long at most. */
  | { type: 'second-wave'; mostMs: number };

export type RunListener = (event: RunEvent) => void;
