/**
 * Whether a comparison of clients may be believed: what of all that was heard does not go with it, and when what is in
 * doubt is worth another way of naming events.
 */
import type { CensusFigures } from './census-figures.ts';
import type { EventNaming } from './event-naming.ts';
import { IdSequence } from './id-sequence.ts';
import type { NoSequence } from './sequence.ts';

/** So large a share of all hearings may differ from what holds for all, and the comparison is still believed. */
const TOLERATED_SHARE = 0.1;
/** When a larger share of what clients missed was made up for by what they heard alone, all of it is in doubt. */
const VARIED_SHARE = 0.2;
const LEAST_EVENTS = 5;
/** When a larger share of all hearings does not go with the comparison, looking on is not worth its cost. */
const HOPELESS = 0.5;
/** When the data differ from client to client in so many reviews, they will go on doing so. */
const PERSONAL_REVIEWS = 3;
const LEAST_CLIENTS = 3;

export interface Compared {
  figures: CensusFigures;
  hearings: number;
  /** The part of these hearings that no other client had. */
  alone: number;
  /** The ids, or the numbers at the pointer, prove to be a sequence. */
  counting: boolean;
}

/** What goes least with it, and its share. */
function worstOf({ figures: { uncommon, repeated, renamed }, hearings, alone, counting }: Compared): {
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

/** Clients that missed an event got a copy of their own: the same event, written for each of them. */
function isVaried({ figures: { lost, varied }, counting }: Compared): boolean {
  return !counting && varied > lost * VARIED_SHARE;
}

/** Why it may not be believed; null when it may. */
export function doubtOf(compared: Compared): NoSequence | null {
  const { reason, share } = worstOf(compared);
  if (share > TOLERATED_SHARE) return reason;
  if (isVaried(compared)) return 'personal';
  if (compared.counting) return null;
  if (compared.figures.events < LEAST_EVENTS) return 'few-events';
  return compared.figures.mostHeard < LEAST_CLIENTS ? 'few-clients' : null;
}

/** What a review of a naming finds: it may stay, others come next, or none will do. */
export type Review = 'stays' | 'names-nothing' | 'personal' | 'hopeless';

/** Reviews one naming after the other, once a second. */
class NamingReview {
  private personalReviews = 0;

  /** @param unnamed hearings of events that have no name of this kind */
  judge(compared: Compared, unnamed: number, naming: EventNaming): Review {
    const { reason, share } = worstOf(compared);
    const varied = isVaried(compared);
    const personal = varied || (reason === 'personal' && share >= TOLERATED_SHARE);
    if (naming.isGiven)
      return personal || share >= TOLERATED_SHARE || unnamed > compared.hearings ? 'names-nothing' : 'stays';
    // What comes to each client first is its own on many streams.
    this.personalReviews = personal ? this.personalReviews + 1 : 0;
    if (varied || (this.personalReviews >= PERSONAL_REVIEWS && naming.alternative !== null)) return 'personal';
    if (share <= HOPELESS) return 'stays';
    return reason === 'personal' ? 'personal' : 'hopeless';
  }
}

/** What was seen of one way of naming events. */
export class NamingTrial {
  readonly ids = new IdSequence();
  /** Hearings of events that have a name, and of others. */
  hearings = 0;
  unnamed = 0;
  readonly review = new NamingReview();
}
