/** A worker of a run, with its part of the load. */
export interface LoadWorker {
  /** Its name, which no other worker has. */
  name: string;
  /** The machine that it says it runs on. */
  host: string;
  /** Load processes that it ran. */
  shards: number;
  /** Their clients. */
  clients: number;
  /** How far its clock was ahead of that of the run, which was allowed for; null where it did not get so far as to tell. */
  clockAheadMs: number | null;
  /** What this is off by at most. */
  clockErrorMs: number | null;
}
