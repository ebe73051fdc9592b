/**
 * Which events most clients heard, and what a few of them missed of these: accounts for events that nobody
 * vouches for the numbers of.
 *
 * What a client passed over is held against the event first, and against the server only when more clients
 * heard the event than missed it: what came to one client alone was meant for it, and what comes to all again
 * is said again and not doubled. The figures of the last events are kept in a ring, and become final when an
 * event leaves it; later than that, nobody is judged.
 */
import { type Content, contentOf, type KeyedEvent, type Naming } from './event-key.ts';
import { Ledger, type SequenceState } from './ledger.ts';
import { Variants } from './variants.ts';

/** A power of two. */
export const CENSUS_EVENTS = 4096;
const AT = CENSUS_EVENTS - 1;

export interface CensusFigures {
  /** Events, and how many clients heard them, each counted once a client. */
  events: number;
  heard: number;
  /** The most clients that heard the same event. */
  mostHeard: number;
  /** What most clients heard and others did not, on open streams, and behind a Last-Event-ID. */
  lost: number;
  resumeLost: number;
  /** The part of `lost` beside which the same clients heard what others did not: copies of their own. */
  varied: number;
  /** The same of accounts that had not been at the head yet; in none of the other figures. */
  lostBehind: number;
  duplicatedBehind: number;
  reorderedBehind: number;
  /** Hearings of events that most clients did not hear, and how often these were passed over. */
  uncommon: number;
  uncommonMissed: number;
  /** Events that a few clients heard again, or late. */
  duplicated: number;
  resumeDuplicated: number;
  reordered: number;
  /** How often events came again that most clients heard again. */
  repeated: number;
  /** Came again with other data: what was taken for the name of an event is none. */
  renamed: number;
}

export function noFigures(): CensusFigures {
  return {
    events: 0,
    heard: 0,
    mostHeard: 0,
    lost: 0,
    resumeLost: 0,
    varied: 0,
    lostBehind: 0,
    duplicatedBehind: 0,
    reorderedBehind: 0,
    uncommon: 0,
    uncommonMissed: 0,
    duplicated: 0,
    resumeDuplicated: 0,
    reordered: 0,
    repeated: 0,
    renamed: 0,
  };
}

export function addFigures(one: CensusFigures, other: CensusFigures): CensusFigures {
  const sum = noFigures();
  for (const name of Object.keys(sum) as (keyof CensusFigures)[]) {
    sum[name] = name === 'mostHeard' ? Math.max(one[name], other[name]) : one[name] + other[name];
  }
  return sum;
}

export class Census extends Ledger {
  private readonly seqs = new Float64Array(CENSUS_EVENTS).fill(-1);
  private readonly firstHeardMs = new Float64Array(CENSUS_EVENTS);
  private readonly contents = new Int32Array(CENSUS_EVENTS);
  private readonly untimedContents = new Int32Array(CENSUS_EVENTS);
  private readonly heardBy = new Int32Array(CENSUS_EVENTS);
  private readonly missedBy = new Int32Array(CENSUS_EVENTS);
  private readonly missedInResume = new Int32Array(CENSUS_EVENTS);
  private readonly missedBehind = new Int32Array(CENSUS_EVENTS);
  private readonly againBy = new Int32Array(CENSUS_EVENTS);
  /** The same, but for a time in it. */
  private readonly againAtOtherTimes = new Int32Array(CENSUS_EVENTS);
  private readonly againBehind = new Int32Array(CENSUS_EVENTS);
  private readonly againInResume = new Int32Array(CENSUS_EVENTS);
  private readonly lateBy = new Int32Array(CENSUS_EVENTS);
  private readonly lateBehind = new Int32Array(CENSUS_EVENTS);
  /** All of the counts above. */
  private readonly counts: readonly Int32Array[] = [
    this.heardBy,
    this.missedBy,
    this.missedInResume,
    this.missedBehind,
    this.againBy,
    this.againAtOtherTimes,
    this.againBehind,
    this.againInResume,
    this.lateBy,
    this.lateBehind,
  ];
  private readonly settled = noFigures();
  private readonly settledVariants = new Variants();
  private readonly naming: Naming;
  /** What is being heard. */
  private event: KeyedEvent | undefined;
  private cameBefore = false;

  /** @param naming by what the events are told apart */
  constructor(naming: Naming) {
    super(true);
    this.naming = naming;
  }

  /** A number for an event that nobody has heard yet. The event that leaves the ring for it is settled. */
  introduce({ exact, untimed }: Content, nowMs: number): number {
    const seq = this.highestSeq + 1;
    const at = seq & AT;
    if (this.seqs[at] !== -1) this.settle(at, this.settled, this.settledVariants);
    this.seqs[at] = seq;
    this.firstHeardMs[at] = nowMs;
    this.contents[at] = exact;
    this.untimedContents[at] = untimed;
    for (const counts of this.counts) counts[at] = 0;
    this.highestSeq = seq;
    return seq;
  }

  /** A client heard one. Returns whether it is accounted to it for the first time. */
  hear(state: SequenceState, seq: number, event?: KeyedEvent): boolean {
    this.event = event;
    this.cameBefore = false;
    this.note(state, seq);
    if (this.cameBefore) return false;
    if (this.seqs[seq & AT] === seq) this.heardBy[seq & AT] = (this.heardBy[seq & AT] as number) + 1;
    return true;
  }

  /** What is known of all events that were first heard until `untilMs`. */
  figures(untilMs: number): CensusFigures {
    const figures = { ...this.settled };
    const variants = this.settledVariants.copy();
    for (let seq = Math.max(0, this.highestSeq - AT); seq <= this.highestSeq; seq++) {
      if ((this.firstHeardMs[seq & AT] as number) <= untilMs) this.settle(seq & AT, figures, variants);
    }
    figures.varied = Math.min(variants.varied, figures.lost);
    return figures;
  }

  protected override missed(firstSeq: number, count: number, inResume: boolean, behind: boolean): void {
    const missed = inResume ? this.missedInResume : behind ? this.missedBehind : this.missedBy;
    const first = Math.max(firstSeq, this.highestSeq - CENSUS_EVENTS + 1);
    for (let seq = first; seq < firstSeq + count; seq++) missed[seq & AT] = (missed[seq & AT] as number) + 1;
  }

  protected override cameLate(seq: number, missedInResume: boolean | null, behind: boolean): void {
    const at = seq & AT;
    if (this.seqs[at] !== seq) return;
    const late = behind ? this.lateBehind : this.lateBy;
    late[at] = (late[at] as number) + 1;
    if (missedInResume === null) return;
    const missed = missedInResume ? this.missedInResume : behind ? this.missedBehind : this.missedBy;
    missed[at] = (missed[at] as number) - 1;
  }

  protected override cameAgain(seq: number, inResume: boolean, behind: boolean): void {
    this.cameBefore = true;
    const at = seq & AT;
    if (this.seqs[at] !== seq) {
      this.settled.repeated += 1;
      return;
    }
    const content = this.event === undefined ? null : contentOf(this.event, this.naming);
    if (content !== null && content.untimed !== this.untimedContents[at]) {
      this.settled.renamed += 1;
      return;
    }
    const isExact = content === null || content.exact === this.contents[at];
    const onTime = isExact ? this.againBy : this.againAtOtherTimes;
    const again = inResume ? this.againInResume : behind ? this.againBehind : onTime;
    again[at] = (again[at] as number) + 1;
  }

  private settle(at: number, figures: CensusFigures, variants: Variants): void {
    const heard = this.heardBy[at] as number;
    const missed = this.missedBy[at] as number;
    const missedBehind = this.missedBehind[at] as number;
    const again = this.againBy[at] as number;
    const againBehind = this.againBehind[at] as number;
    const againInResume = this.againInResume[at] as number;
    const late = this.lateBy[at] as number;
    const lateBehind = this.lateBehind[at] as number;
    figures.events += 1;
    figures.heard += heard;
    figures.mostHeard = Math.max(figures.mostHeard, heard);
    const [seq, firstHeardMs] = [this.seqs[at] as number, this.firstHeardMs[at] as number];
    if (heard > missed + missedBehind) {
      variants.missed(seq, firstHeardMs, missed);
      figures.lost += missed;
      figures.lostBehind += missedBehind;
      figures.resumeLost += this.missedInResume[at] as number;
    } else {
      variants.heardAlone(seq, firstHeardMs, heard);
      figures.uncommon += heard;
      figures.uncommonMissed += missed;
    }
    const atOtherTimes = this.againAtOtherTimes[at] as number;
    if (2 * (again + atOtherTimes + againBehind + againInResume) < heard) {
      figures.duplicated += again + atOtherTimes;
      figures.duplicatedBehind += againBehind;
      figures.resumeDuplicated += againInResume;
    } else {
      figures.repeated += again + againBehind + againInResume;
      figures.renamed += atOtherTimes;
    }
    // Where most are late, the one that came first was out of order: it gave the event its number.
    if (2 * (late + lateBehind) >= heard) return;
    figures.reordered += late;
    figures.reorderedBehind += lateBehind;
  }
}
