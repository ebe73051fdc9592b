/**
 * Tells a loss from an event that was written for each client: a client that missed what most heard, and heard beside
 * it something that most did not hear, got the same event in words of its own.
 *
 * Every hearing of an uncommon event pays for one miss of a common event nearby, before it or behind it. What remains
 * unpaid is lost. So clients whose copies differ in a time, a name or a counter miss nothing, and a client that got
 * fewer events than the others still did. Each payment is one that casts doubt on the comparison (comparison-doubt.ts).
 */

/** Two events this far apart are not copies of one: in the order in which they were first heard, and in time. */
const NEAR_EVENTS = 64;
const NEAR_MS = 2000;

interface Open {
  readonly seq: number;
  readonly ms: number;
  count: number;
}

export class Variants {
  /** Misses that were paid for. */
  varied = 0;
  private misses: Open[] = [];
  private own: Open[] = [];

  /** So many clients missed an event that most heard. Events come in the order of their numbers. */
  missed(seq: number, ms: number, count: number): void {
    this.enter({ seq, ms, count }, this.own, this.misses);
  }

  /** So many clients heard an event that most did not hear. */
  heardAlone(seq: number, ms: number, count: number): void {
    this.enter({ seq, ms, count }, this.misses, this.own);
  }

  copy(): Variants {
    const copy = new Variants();
    copy.varied = this.varied;
    copy.misses = this.misses.map((open) => ({ ...open }));
    copy.own = this.own.map((open) => ({ ...open }));
    return copy;
  }

  /** Settles with what is open on the other side, the oldest first; what remains is open on this one. */
  private enter(entry: Open, others: Open[], ours: Open[]): void {
    while (entry.count > 0) {
      const other = others[0];
      if (other === undefined) break;
      if (entry.seq - other.seq <= NEAR_EVENTS && Math.abs(entry.ms - other.ms) <= NEAR_MS) {
        const paid = Math.min(entry.count, other.count);
        this.varied += paid;
        entry.count -= paid;
        other.count -= paid;
      } else {
        other.count = 0;
      }
      if (other.count === 0) others.shift();
    }
    if (entry.count > 0) ours.push(entry);
    while (ours[0] !== undefined && entry.seq - ours[0].seq > NEAR_EVENTS) ours.shift();
  }
}
