/**
 * Which events most clients heard, and what a few of them missed of these: accounts for events that nobody
 * vouches for the numbers of.
 *
 * What a client passed over is held against the event first, and against the server only when more clients
 * heard the event than missed it: what came to one client alone was meant for it, and what comes to all again
 * is said again and not doubled. The figures of the last events are kept in a ring, and become final when an
 * event leaves it; later than that, nobody is judged.
 */
import { CensusExamples, type ShownOf } from './census-examples.ts';
import { type CensusFigures, noFigures } from './census-figures.ts';
import { type Content, contentOf, idOf, type KeyedEvent, type Naming } from './event-key.ts';
import type { KnownEvents } from './known-events.ts';
import { Ledger } from './ledger.ts';
import type { Again, Late, PassedOver } from './odd-arrivals.ts';
import { ReplayedIds } from './replayed-ids.ts';
import { RingCounts } from './ring-counts.ts';
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

interface Settled {
  figures: CensusFigures;
  variants: Variants;
  shown: ShownOf;
}

export class Census extends Ledger {
  private readonly seqs = new Float64Array(CENSUS_EVENTS).fill(-1);
  private readonly firstHeardMs = new Float64Array(CENSUS_EVENTS);
  /** The numbers that the server gave them; NaN without one. */
  private readonly numbers = new Float64Array(CENSUS_EVENTS).fill(Number.NaN);
  private readonly contents = new Int32Array(CENSUS_EVENTS);
  private readonly untimedContents = new Int32Array(CENSUS_EVENTS);
  private readonly by = new RingCounts(CENSUS_EVENTS);
  private readonly ids = new ReplayedIds(CENSUS_EVENTS);
  private readonly examples: CensusExamples;
  private readonly settled: Settled = { figures: noFigures(), variants: new Variants(), shown: {} };
  private readonly naming: Naming;
  /** What is being heard. */
  private event: KeyedEvent | undefined;
  private cameBefore = false;

  /**
   * @param naming by what the events are told apart
   * @param known the names of the events
   */
  constructor(naming: Naming, known: Pick<KnownEvents, 'spoken'>) {
    super(true);
    this.naming = naming;
    this.examples = new CensusExamples(CENSUS_EVENTS, (seq) =>
      this.seqs[seq & AT] === seq ? known.spoken(seq) : null,
    );
  }

  /**
   * A number for an event that nobody has heard yet. The event that leaves the ring for it is settled.
   *
   * @param number the one that the server gave it, where it counts; else NaN
   */
  introduce({ exact, untimed, id }: Content, nowMs: number, number: number): number {
    const seq = this.highestSeq + 1;
    const at = seq & AT;
    if (this.seqs[at] !== -1) this.settle(at, this.settled);
    this.seqs[at] = seq;
    this.firstHeardMs[at] = nowMs;
    this.numbers[at] = number;
    this.contents[at] = exact;
    this.untimedContents[at] = untimed;
    this.ids.set(at, id);
    this.examples.clear(at);
    this.by.clear(at);
    this.highestSeq = seq;
    return seq;
  }

  /** A client heard one. Returns whether it is accounted to it for the first time. */
  hear(state: SequenceState, seq: number, event?: KeyedEvent): boolean {
    this.event = event;
    this.cameBefore = false;
    const isOvertaken = !state.inResume && this.isOvertaken(seq, state);
    const { lastSeq } = state;
    this.note(state, seq);
    if (this.cameBefore) return false;
    const at = seq & AT;
    if (this.seqs[at] !== seq) return true;
    this.by.heardBy[at] = (this.by.heardBy[at] as number) + 1;
    if (isOvertaken) {
      this.by.overtakenBy[at] = (this.by.overtakenBy[at] as number) + 1;
      this.examples.overtakenBehind[at] = lastSeq;
    }
    if (event !== undefined && (this.isPast || seq % IDS_COMPARED === 0))
      this.ids.compare(at, idOf(event), this.isPast);
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
    if (found > lastSeq && exact !== 0) this.ids.unknown();
  }

  /** Events that were replayed under other ids, where ids are the same for all. */
  get renamed(): number {
    return this.ids.renamed;
  }

  /** What is known of all events that were first heard until `untilMs`. @param shown takes an example for each figure */
  figures(untilMs: number, shown: ShownOf = {}): CensusFigures {
    const figures = { ...this.settled.figures };
    const variants = this.settled.variants.copy();
    Object.assign(shown, this.settled.shown);
    for (let seq = Math.max(0, this.highestSeq - AT); seq <= this.highestSeq; seq++) {
      if ((this.firstHeardMs[seq & AT] as number) <= untilMs) this.settle(seq & AT, { figures, variants, shown });
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

  protected override missed(_state: SequenceState, { firstSeq, count, inResume, behind }: PassedOver): void {
    const missed = inResume ? this.by.missedInResume : behind ? this.by.missedBehind : this.by.missedBy;
    const first = Math.max(firstSeq, this.highestSeq - CENSUS_EVENTS + 1);
    for (let seq = first; seq < firstSeq + count; seq++) missed[seq & AT] = (missed[seq & AT] as number) + 1;
  }

  protected override cameLate({ lastSeq }: SequenceState, { seq, missedInResume, behind, isPast }: Late): void {
    const at = seq & AT;
    if (this.seqs[at] !== seq) return;
    const late = behind ? this.by.lateBehind : isPast ? this.by.lateInReplay : this.by.lateBy;
    late[at] = (late[at] as number) + 1;
    if (!behind) this.examples.lateBehind[at] = lastSeq;
    if (missedInResume === null) return;
    const missed = missedInResume ? this.by.missedInResume : behind ? this.by.missedBehind : this.by.missedBy;
    missed[at] = (missed[at] as number) - 1;
  }

  protected override cameAgain({ lastSeq }: SequenceState, { seq, inResume, behind, isProven }: Again): void {
    this.cameBefore = true;
    const at = seq & AT;
    if (this.seqs[at] !== seq) {
      this.settled.figures.repeated += 1;
      return;
    }
    const content = this.event === undefined ? null : contentOf(this.event, this.naming);
    if (content !== null && content.untimed !== this.untimedContents[at]) {
      this.settled.figures.renamed += 1;
      return;
    }
    const isExact = content === null || content.exact === this.contents[at];
    const onTime = isExact ? this.by.againBy : this.by.againAtOtherTimes;
    const again = inResume ? this.by.againInResume : behind ? this.by.againBehind : onTime;
    again[at] = (again[at] as number) + 1;
    if (!isProven) this.examples.isUnsure[at] = 1;
    else if (!behind) this.examples.againBehind[at] = lastSeq;
  }

  protected override cameAgainInReplay(firstSeq: number, lastSeq: number): void {
    for (let seq = Math.max(firstSeq, this.highestSeq - CENSUS_EVENTS + 1); seq <= lastSeq; seq++)
      this.by.againInResume[seq & AT] = (this.by.againInResume[seq & AT] as number) + 1;
  }

  private settle(at: number, { figures, variants, shown }: Settled): void {
    const isOdd = this.by.isOdd(at);
    const before = isOdd ? { ...figures } : figures;
    this.enter(at, figures, variants);
    if (isOdd) this.examples.note(shown, this.seqs[at] as number, at, (name) => figures[name] > before[name]);
  }

  private enter(at: number, figures: CensusFigures, variants: Variants): void {
    const heard = this.by.heardBy[at] as number;
    const missed = this.by.missedBy[at] as number;
    const missedBehind = this.by.missedBehind[at] as number;
    const again = this.by.againBy[at] as number;
    const againBehind = this.by.againBehind[at] as number;
    const late = this.by.lateBy[at] as number;
    const lateBehind = this.by.lateBehind[at] as number;
    figures.events += 1;
    figures.heard += heard;
    figures.overtaken += this.by.overtakenBy[at] as number;
    figures.mostHeard = Math.max(figures.mostHeard, heard);
    const [seq, firstHeardMs] = [this.seqs[at] as number, this.firstHeardMs[at] as number];
    if (heard > missed + missedBehind) {
      variants.missed(seq, firstHeardMs, missed);
      figures.lost += missed;
      figures.lostBehind += missedBehind;
      figures.resumeLost += this.by.missedInResume[at] as number;
    } else {
      variants.heardAlone(seq, firstHeardMs, heard);
      figures.uncommon += heard;
      figures.uncommonMissed += missed;
    }
    const atOtherTimes = this.by.againAtOtherTimes[at] as number;
    figures.resumeDuplicated += this.by.againInResume[at] as number;
    if (2 * (again + atOtherTimes + againBehind) < heard) {
      figures.duplicated += again + atOtherTimes;
      figures.duplicatedBehind += againBehind;
    } else {
      figures.repeated += again + againBehind;
      figures.renamed += atOtherTimes;
    }
    figures.resumeLate += this.by.lateInReplay[at] as number;
    // Where most are late, the one that came first was out of order: it gave the event its number.
    if (2 * (late + lateBehind) >= heard) return;
    figures.reordered += late;
    figures.reorderedBehind += lateBehind;
  }
}
