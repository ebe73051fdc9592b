/**
 * Whether a comparison of clients may be believed: what of all that was heard does not go with it.
 */
import type { CensusFigures } from './census.ts';
import type { NoSequence } from './sequence.ts';

/** So large a share of all hearings may differ from what holds for all, and the comparison is still believed. */
export const TOLERATED_SHARE = 0.1;
const LEAST_EVENTS = 5;
const LEAST_CLIENTS = 3;

export interface Compared {
  figures: CensusFigures;
  hearings: number;
  /** The part of these hearings that no other client had. */
  alone: number;
  /** The ids prove to be a sequence. */
  counting: boolean;
}

/** What goes least with it, and its share. */
export function worstOf({ figures: { uncommon, repeated, renamed }, hearings, alone, counting }: Compared): {
  reason: NoSequence;
  share: number;
} {
  // Counting ids that come again with the same data are doubles.
  const again = counting ? renamed : renamed + repeated;
  const personal = uncommon + alone;
  return {
    reason: personal > again ? 'personal' : 'repeated',
    share: Math.max(personal, again) / Math.max(hearings, 1),
  };
}

/** Why it may not be believed; null when it may. */
export function doubtOf(compared: Compared): NoSequence | null {
  const { reason, share } = worstOf(compared);
  if (share > TOLERATED_SHARE) return reason;
  if (compared.counting) return null;
  if (compared.figures.events < LEAST_EVENTS) return 'few-events';
  return compared.figures.mostHeard < LEAST_CLIENTS ? 'few-clients' : null;
}
