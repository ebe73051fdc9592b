/** What can be made to happen in the middle of a run, by the names that plans and reports use. */
export const INCIDENT_KINDS = ['reconnect-all', 'restart-server', 'freeze'] as const;

export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export interface Incident {
  kind: IncidentKind;
  /** When the incident begins, counted from the end of the ramp, as the run's duration is. */
  atMs: number;
  /** How long the server stays frozen; 0 for the other kinds. */
  durationMs: number;
}
