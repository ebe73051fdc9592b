/** What can be made to happen in the middle of a run, by the names that plans and reports use. */
export const INCIDENT_KINDS = ['reconnect-all', 'restart-server', 'freeze', 'sigterm'] as const;

export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** What a server may take to stop that is told to, where the plan does not say: what Docker gives it. */
export const DEFAULT_GRACE_MS = 10_000;

export interface Incident {
  kind: IncidentKind;
  /** When the incident begins, counted from the end of the ramp, as the run's duration is. */
  atMs: number;
  /** How long the server stays frozen, or may take to stop; 0 for the other kinds. */
  durationMs: number;
}
