/** What the page knows of a client, and the order in which clients are listed. */
import type { ClientDescription } from '../../../hub/stats.ts';

/** A client with what two looks at it tell. */
export interface ClientRow extends ClientDescription {
  /** Its place in the list of the server, which begins with the client in the worst state: the higher, the worse. */
  badness: number;
  /** Bytes a second; null at the first look. */
  ratePerSecond: number | null;
}

export type SortKey =
  | 'id'
  | 'badness'
  | 'noProgressMs'
  | 'unacknowledgedBytes'
  | 'queuedBytes'
  | 'ratePerSecond'
  | 'writtenBytes'
  | 'ageMs'
  | 'userAgent';

export type ClientState = 'blocked' | 'unacknowledged' | 'accepting';

/** The server looks at the kernel's table every 5 s at least; a write just before seems unacknowledged until the next. */
const CERTAIN_MS = 6000;

/** `blocked`: bytes wait in the server; `unacknowledged`: all were sent, and the client's machine is silent. */
export function stateOf({ blocked, noProgressMs }: ClientDescription): ClientState {
  if (blocked) return 'blocked';
  return noProgressMs >= CERTAIN_MS ? 'unacknowledged' : 'accepting';
}

/** The worst first, until another order is chosen. */
export class ClientOrder {
  key: SortKey = 'badness';
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

function compareValues(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
