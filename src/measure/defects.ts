/**
 * The defects of streams of which a run tells to how many clients they happened: a bit for each in a field of the client,
 * so that a client is counted once, however often it happens to it, and nothing hangs beside the client for it.
 *
 * Events that are missing are a number instead of a bit: what was passed over may still come, and then it was late and
 * not lost.
 */
export const DEFECTS = [
  'lost',
  'duplicated',
  'reordered',
  'resumeLost',
  'resumeDuplicated',
  'heartbeatsLate',
  'heartbeatsMissing',
  'silentStreams',
  'malformed',
  'dropped',
  'refused',
] as const;
export type Defect = (typeof DEFECTS)[number];

/** What a client keeps of the defects that it has met. */
export interface Affected {
  /** A bit for each defect but the two below. */
  affected: number;
  /** Events that it passed over and that have not come, on open streams and behind a Last-Event-ID. */
  missing: number;
  missingInResume: number;
}

export const UNAFFECTED: Readonly<Affected> = { affected: 0, missing: 0, missingInResume: 0 };

type Marked = Exclude<Defect, 'lost' | 'resumeLost'>;

const BITS = Object.fromEntries(DEFECTS.map((defect, at) => [defect, 1 << at])) as Record<Defect, number>;

/** It has happened to this client. */
export function noteDefect(client: Affected, defect: Marked): void {
  client.affected |= BITS[defect];
}

/** What was found so far is forgotten for `defects`: it was no defect. */
export function withdrawDefects(client: Affected, defects: readonly Marked[]): void {
  for (const defect of defects) client.affected &= ~BITS[defect];
}

/** What was found in the accounts of this client is no defect: the numbers were none. */
export function acquit(client: Affected): void {
  withdrawDefects(client, ['duplicated', 'reordered', 'resumeDuplicated']);
  client.missing = 0;
  client.missingInResume = 0;
}

/** To how many of the clients each defect happened, into `tally`. */
export function countAffected(clients: Iterable<Affected>, tally: Map<string, number>): void {
  const counts = DEFECTS.map(() => 0);
  for (const { affected, missing, missingInResume } of clients) {
    if (affected === 0 && missing <= 0 && missingInResume <= 0) continue;
    for (const [at, defect] of DEFECTS.entries()) {
      const met = (affected & BITS[defect]) !== 0;
      const isShort = (defect === 'lost' && missing > 0) || (defect === 'resumeLost' && missingInResume > 0);
      if (met || isShort) counts[at] = (counts[at] as number) + 1;
    }
  }
  tally.clear();
  for (const [at, defect] of DEFECTS.entries()) if (counts[at] !== 0) tally.set(defect, counts[at] as number);
}
