/** Attempts that failed before their stream opened, counted by what became of them. */
import { STREAM_REFUSED } from '../../findings/no-head.ts';
import { statusOfCause } from '../../findings/refusal-advice.ts';
import type { Cause } from '../../core/causes.ts';
import type { ClientKind } from '../../core/client-kinds.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { CountsByKind } from '../../measure/kind-counts.ts';
import { noteRefusalTime, type REFUSAL_TIME_FIGURES } from '../../measure/refusal-times.ts';
import type { RECORDER_FIGURES } from '../../record/load-figures.ts';

/** Distinct refusals that are kept apart; a hostile server could make one for each attempt. */
const MAX_REFUSALS = 20;
const MAX_DETAIL = 160;
const DESCRIBED = new Set<Cause>([
  'http-status',
  'content-type',
  'decode',
  'tls',
  'http-protocol',
  'session-refused',
  'redirect-loop',
  'redirect-refused',
]);

/** What HTTP/2 says of one stream of a connection that lives (wire/http2-trouble.ts). */
const REFUSED_STREAM = 'the stream was reset';

export type RefusalFigures = Pick<Measured<typeof RECORDER_FIGURES>, 'refusalsByCause'> &
  Measured<typeof REFUSAL_TIME_FIGURES> &
  CountsByKind;

/** An attempt that failed. */
export interface RefusedAttempt {
  readonly cause: Cause;
  readonly detail: string;
  /** From the request to the head of an answer that was no stream; nothing of interest where there was none. */
  readonly waitedMs: number;
}

/** Under what an attempt is counted that failed. */
export function refusalKey(cause: Cause, detail: string): string {
  if (cause === 'refused' && detail.startsWith(REFUSED_STREAM)) return STREAM_REFUSED;
  return DESCRIBED.has(cause) ? `${cause}: ${detail.slice(0, MAX_DETAIL)}` : cause;
}

/** The statuses of a server that has no place for a client. */
const NO_PLACE = /^http-status: status (?:429|503)\b/;

/** How many attempts met a server that had no place for them. */
export function turnedAwayIn({ refusalsByCause }: Pick<RefusalFigures, 'refusalsByCause'>): number {
  let count = 0;
  for (const [cause, times] of refusalsByCause) if (NO_PLACE.test(cause)) count += times;
  return count;
}

/** Counts an attempt that failed; where the cause alone says little, under what the server said, too. */
export function countRefusal(
  figures: RefusalFigures,
  kind: ClientKind,
  { cause, detail, waitedMs }: RefusedAttempt,
): void {
  figures.kind(kind).refused += 1;
  const { refusalsByCause } = figures;
  const key = refusalKey(cause, detail);
  countUp(refusalsByCause, refusalsByCause.has(key) || refusalsByCause.size < MAX_REFUSALS ? key : cause);
  const statusCode = statusOfCause(key);
  if (statusCode !== null) noteRefusalTime(figures, statusCode, waitedMs);
}
