/** How many clients heard, missed or were sent again each of the last events, by its place in a ring. */
export class RingCounts {
  readonly heardBy: Int32Array;
  readonly missedBy: Int32Array;
  readonly missedInResume: Int32Array;
  readonly missedBehind: Int32Array;
  readonly againBy: Int32Array;
  /** The same, but for a time in it. */
  readonly againAtOtherTimes: Int32Array;
  readonly againBehind: Int32Array;
  readonly againInResume: Int32Array;
  readonly lateBy: Int32Array;
  readonly lateInReplay: Int32Array;
  readonly lateBehind: Int32Array;
  readonly overtakenBy: Int32Array;
  private readonly odd: readonly Int32Array[];

  /** @param events places */
  constructor(events: number) {
    this.heardBy = new Int32Array(events);
    this.missedBy = new Int32Array(events);
    this.missedInResume = new Int32Array(events);
    this.missedBehind = new Int32Array(events);
    this.againBy = new Int32Array(events);
    this.againAtOtherTimes = new Int32Array(events);
    this.againBehind = new Int32Array(events);
    this.againInResume = new Int32Array(events);
    this.lateBy = new Int32Array(events);
    this.lateInReplay = new Int32Array(events);
    this.lateBehind = new Int32Array(events);
    this.overtakenBy = new Int32Array(events);
    this.odd = [
      this.missedBy,
      this.missedInResume,
      this.missedBehind,
      this.againBy,
      this.againAtOtherTimes,
      this.againBehind,
      this.againInResume,
      this.lateBy,
      this.lateInReplay,
      this.lateBehind,
      this.overtakenBy,
    ];
  }

  /** The place is taken by another event. */
  clear(at: number): void {
    this.heardBy[at] = 0;
    for (const counts of this.odd) counts[at] = 0;
  }

  /** Whether anything has become of the event but that it was heard. */
  isOdd(at: number): boolean {
    return this.odd.some((counts) => counts[at] !== 0);
  }
}
