/**
 * Which events most clients heard, and what a few of them missed of these: accounts for events that nobody
 * vouches for the numbers of.
 *
 * What a client passed over is held against the event first, and against the server only when more clients
 * heard the event than missed it: what came to one client alone was meant for it, and what comes to all again
 * is said again and not doubled. The figures of the last events are kept in a ring, and become final when an
 * event leaves it; later than that, nobody is judged.
 */
import { type CensusFigures, noFigures } from './census-figures.ts';
import { type Content, contentOf, idOf, type KeyedEvent, type Naming } from './event-key.ts';
import { Ledger } from './ledger.ts';
import { type SequenceState } from './sequence-state.ts';
import { Variants } from './variants.ts';

/** A power of two. */
export const CENSUS_EVENTS = 4096;
const AT = CENSUS_EVENTS - 1;
/** An event that is later than so many others is another one. */
const OVERTAKEN = 32;
/** The id of one in so many events is held against that of others. */
const IDS_COMPARED = 8;
/** So many of the last events are looked through for one that comes under another id. */
const MOST_MISSED = 512;
/** So large a share of ids may differ from client to client, and they are the same for all. */
const TOLERATED_SHARE = 0.1;

export class Census extends Ledger {
  private readonly seqs = new Float64Array(CENSUS_EVENTS).fill(-1);
  private readonly firstHeardMs = new Float64Array(CENSUS_EVENTS);
  /** The numbers that the server gave them; NaN without one. */
  private readonly numbers = new Float64Array(CENSUS_EVENTS).fill(Number.NaN);
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
  private readonly lateInReplay = new Int32Array(CENSUS_EVENTS);
  private readonly lateBehind = new Int32Array(CENSUS_EVENTS);
  private readonly overtakenBy = new Int32Array(CENSUS_EVENTS);
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
    this.lateInReplay,
    this.lateBehind,
    this.overtakenBy,
  ];
  private readonly ids = new Int32Array(CENSUS_EVENTS);
  private readonly settled = noFigures();
  private readonly settledVariants = new Variants();
  private readonly naming: Naming;
  /** What is being heard. */
  private event: KeyedEvent | undefined;
  private cameBefore = false;
  /** Events that were replayed under another id than they had; and how often ids are those of all, or each client's. */
  private renamedInReplay = 0;
  private idsAgreed = 0;
  private idsDiffered = 0;

  /** @param naming by what the events are told apart */
  constructor(naming: Naming) {
    super(true);
    this.naming = naming;
  }

  /**
   * A number for an event that nobody has heard yet. The event that leaves the ring for it is settled.
   *
   * @param number the one that the server gave it, where it counts; else NaN
   */
  introduce({ exact, untimed, id }: Content, nowMs: number, number: number): number {
    const seq = this.highestSeq + 1;
    const at = seq & AT;
    if (this.seqs[at] !== -1) this.settle(at, this.settled, this.settledVariants);
    this.seqs[at] = seq;
    this.firstHeardMs[at] = nowMs;
    this.numbers[at] = number;
    this.contents[at] = exact;
    this.untimedContents[at] = untimed;
    this.ids[at] = id;
    for (const counts of this.counts) counts[at] = 0;
    this.highestSeq = seq;
    return seq;
  }

  /** A client heard one. Returns whether it is accounted to it for the first time. */
  hear(state: SequenceState, seq: number, event?: KeyedEvent): boolean {
    this.event = event;
    this.cameBefore = false;
    const isOvertaken = !state.inResume && this.isOvertaken(seq, state);
    this.note(state, seq);
    if (this.cameBefore) return false;
    const at = seq & AT;
    if (this.seqs[at] !== seq) return true;
    this.heardBy[at] = (this.heardBy[at] as number) + 1;
    if (isOvertaken) this.overtakenBy[at] = (this.overtakenBy[at] as number) + 1;
    if (event !== undefined && (this.isPast || seq % IDS_COMPARED === 0)) this.compareId(at, event);
    return true;
  }

  /** A client that came back was sent what nobody knows under its name: is it what it missed, under another one? */
  hearUnknown({ lastSeq, inResume }: SequenceState, event: KeyedEvent): void {
    if (!inResume) return;
    const { exact } = contentOf(event, this.naming);
    const first = Math.max(0, this.highestSeq - MOST_MISSED + 1);
    let found = -1;
    for (let seq = first; seq <= this.highestSeq; seq++) {
      if (this.contents[seq & AT] !== exact) continue;
      // What several events say tells none of them.
      if (found !== -1) return;
      found = seq;
    }
    if (found > lastSeq && exact !== 0) this.renamedInReplay += 1;
  }

  /** Events that were replayed under other ids, where ids are the same for all. */
  get renamed(): number {
    return this.idsDiffered > TOLERATED_SHARE * (this.idsAgreed + this.idsDiffered) ? 0 : this.renamedInReplay;
  }

  private compareId(at: number, event: KeyedEvent): void {
    const isSame = idOf(event) === this.ids[at];
    if (this.isPast) this.renamedInReplay += isSame ? 0 : 1;
    else if (isSame) this.idsAgreed += 1;
    else this.idsDiffered += 1;
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

  /** The client was sent a later one before, and an earlier one before that. */
  private isOvertaken(seq: number, { lastSeq, baseSeq }: SequenceState): boolean {
    if (lastSeq < 0 || lastSeq === seq) return false;
    const aheadBy = this.numberOf(lastSeq) - this.numberOf(seq);
    return aheadBy > 0 && aheadBy <= OVERTAKEN && !(this.numberOf(baseSeq) > this.numberOf(seq));
  }

  private numberOf(seq: number): number {
    return this.seqs[seq & AT] === seq ? (this.numbers[seq & AT] as number) : Number.NaN;
  }

  protected override missed(firstSeq: number, count: number, inResume: boolean, behind: boolean): void {
    const missed = inResume ? this.missedInResume : behind ? this.missedBehind : this.missedBy;
    const first = Math.max(firstSeq, this.highestSeq - CENSUS_EVENTS + 1);
    for (let seq = first; seq < firstSeq + count; seq++) missed[seq & AT] = (missed[seq & AT] as number) + 1;
  }

  protected override cameLate(seq: number, missedInResume: boolean | null, behind: boolean, isPast: boolean): void {
    const at = seq & AT;
    if (this.seqs[at] !== seq) return;
    const late = behind ? this.lateBehind : isPast ? this.lateInReplay : this.lateBy;
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

  protected override cameAgainInReplay(firstSeq: number, lastSeq: number): void {
    for (let seq = Math.max(firstSeq, this.highestSeq - CENSUS_EVENTS + 1); seq <= lastSeq; seq++)
      this.againInResume[seq & AT] = (this.againInResume[seq & AT] as number) + 1;
  }

  private settle(at: number, figures: CensusFigures, variants: Variants): void {
    const heard = this.heardBy[at] as number;
    const missed = this.missedBy[at] as number;
    const missedBehind = this.missedBehind[at] as number;
    const again = this.againBy[at] as number;
    const againBehind = this.againBehind[at] as number;
    const late = this.lateBy[at] as number;
    const lateBehind = this.lateBehind[at] as number;
    figures.events += 1;
    figures.heard += heard;
    figures.overtaken += this.overtakenBy[at] as number;
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
    figures.resumeDuplicated += this.againInResume[at] as number;
    if (2 * (again + atOtherTimes + againBehind) < heard) {
      figures.duplicated += again + atOtherTimes;
      figures.duplicatedBehind += againBehind;
    } else {
      figures.repeated += again + againBehind;
      figures.renamed += atOtherTimes;
    }
    figures.resumeLate += this.lateInReplay[at] as number;
    // Where most are late, the one that came first was out of order: it gave the event its number.
    if (2 * (late + lateBehind) >= heard) return;
    figures.reordered += late;
    figures.reorderedBehind += lateBehind;
  }
}
