/** The columns by which clients are sorted. */
import type { ClientDescription } from '../../../hub/stats.ts';

/** A client with what two looks at it tell. */
export interface ClientRow extends ClientDescription {
  /** Bytes a second; null at the first look. */
  ratePerSecond: number | null;
}

export type SortKey =
  | 'id'
  | 'ageMs'
  | 'queuedBytes'
  | 'blocked'
  | 'lastAcceptedAgoMs'
  | 'ratePerSecond'
  | 'writtenBytes'
  | 'userAgent';

export class ClientOrder {
  key: SortKey = 'queuedBytes';
  descending = true;

  /** Figures start with the largest, words with the first; a second time turns it round. */
  choose(key: SortKey): void {
    this.descending = key === this.key ? !this.descending : key !== 'id' && key !== 'userAgent';
    this.key = key;
  }

  /** For `sort()`; equals stand by age, then by id, so that rows do not swap places for nothing. */
  readonly compare = (a: ClientRow, b: ClientRow): number => {
    const order = compareValues(a[this.key] ?? -1, b[this.key] ?? -1);
    if (order !== 0) return this.descending ? -order : order;
    return Math.sign(Math.round(b.ageMs) - Math.round(a.ageMs)) || compareValues(a.id, b.id);
  };
}

function compareValues(a: string | number | boolean, b: string | number | boolean): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
