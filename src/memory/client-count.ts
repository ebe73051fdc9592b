/** How many clients a server counts by itself, before the run and after all clients of the run have left. Pure. */

/** Why a server's own count of its clients could not be read. */
export interface UncountedClients {
  /** To stand behind a colon. */
  why: string;
  hint: string;
}

/** What is known of the count beside the samples of the server. */
export interface ClientCount {
  /** Counted before the run had opened any stream: clients of others, or a leak of an earlier run. Null: not read. */
  before: number | null;
  /** Why there was no count before the run, else at its end; null where there was one both times. */
  uncounted: UncountedClients | null;
}

/** Clients of others come and go meanwhile: where there were any, so many more may be theirs. */
const OTHERS_SHARE = 0.1;

/** The part of the record of a server that is read here. */
interface Counted {
  clientCount: ClientCount | null;
  settled: { clients: number | null } | null;
}

export interface LeftClients {
  before: number;
  after: number;
  /** What is counted in the end and was not before the run. */
  left: number;
  /** As many of these may be other users' clients. */
  mayBeOthers: number;
}

/** Null where the count is not known from before the run and from after it. */
export function leftClients({ clientCount, settled }: Counted): LeftClients | null {
  const before = clientCount?.before ?? null;
  const after = settled?.clients ?? null;
  if (before === null || after === null) return null;
  return { before, after, left: Math.max(0, after - before), mayBeOthers: Math.ceil(before * OTHERS_SHARE) };
}
