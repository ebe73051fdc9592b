/**
 * One event for each figure of a census that says that something is amiss. An event counts as lost or doubled by what it
 * was to all clients, and until it leaves the ring that may change: so examples are looked for when figures are made, and
 * kept of events that are settled.
 */
import type { CensusFigures } from './census-figures.ts';
import type { Example } from './event-examples.ts';

const GAPS = ['lost', 'uncommonMissed', 'resumeLost'] as const;
const DOUBLES = ['duplicated', 'repeated', 'resumeDuplicated'] as const;
const LATE = ['reordered', 'resumeLate', 'overtaken'] as const;

/** By the names of figures. */
export type ShownOf = Partial<Record<(typeof GAPS | typeof DOUBLES | typeof LATE)[number], Example>>;

/** What came behind what, of the events of a ring by their places; -1 where nothing did. */
export class CensusExamples {
  /** The number of the newest event that a client had which was sent this one again, late, or behind a higher number. */
  readonly againBehind: Float64Array;
  readonly lateBehind: Float64Array;
  readonly overtakenBehind: Float64Array;
  /** Later than a client's account goes back: whether it was missed, or came twice, is not known. */
  readonly isUnsure: Uint8Array;
  private readonly spoken: (seq: number) => string | null;

  /** @param spoken what a sentence calls an event; null where it cannot be named */
  constructor(events: number, spoken: (seq: number) => string | null) {
    this.againBehind = new Float64Array(events);
    this.lateBehind = new Float64Array(events);
    this.overtakenBehind = new Float64Array(events);
    this.isUnsure = new Uint8Array(events);
    this.spoken = spoken;
    for (let at = 0; at < events; at++) this.clear(at);
  }

  /** The place is taken by another event. */
  clear(at: number): void {
    this.againBehind[at] = -1;
    this.lateBehind[at] = -1;
    this.overtakenBehind[at] = -1;
    this.isUnsure[at] = 0;
  }

  /** An event was entered into the figures: it is an example for each that it made larger, where there is none yet. */
  note(shown: ShownOf, seq: number, at: number, grew: (name: keyof ShownOf & keyof CensusFigures) => boolean): void {
    const isUnsure = this.isUnsure[at] !== 0;
    for (const name of GAPS) if (shown[name] === undefined && !isUnsure && grew(name)) this.show(shown, name, seq, -1);
    for (const name of DOUBLES) {
      if (shown[name] === undefined && !isUnsure && grew(name))
        this.show(shown, name, seq, this.againBehind[at] as number);
    }
    for (const name of LATE) {
      const behind = (name === 'overtaken' ? this.overtakenBehind : this.lateBehind)[at] as number;
      if (shown[name] === undefined && grew(name)) this.show(shown, name, seq, behind);
    }
  }

  private show(shown: ShownOf, name: keyof ShownOf, seq: number, behindSeq: number): void {
    const event = this.spoken(seq);
    if (event !== null) shown[name] = { event, behind: behindSeq < 0 ? null : this.spoken(behindSeq) };
  }
}
