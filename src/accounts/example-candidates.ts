/**
 * The first events that were passed over, doubled or late by the numbers of one load process, as candidates for the one
 * that is quoted. What was passed over and comes after all is no candidate any more, so a few are kept, each with the
 * client that missed it; nothing is kept in a client.
 */
import { type ExampleOf, numberedEvent } from '../findings/event-example.ts';
import type { Example, EventExamples } from './event-examples.ts';
import type { SequenceState } from './sequence-state.ts';

/** Gaps that are kept of each kind. */
export const MOST_GAPS = 8;

type Gap = 'lost' | 'resumeLost';

interface Missing {
  readonly state: SequenceState;
  firstSeq: number;
  lastSeq: number;
}

export class ExampleCandidates {
  private readonly gaps: Readonly<Record<Gap, Missing[]>> = { lost: [], resumeLost: [] };
  private readonly seen: Partial<Record<Exclude<ExampleOf, Gap>, Example>> = {};

  /** `count` events from `firstSeq` on were passed over. */
  missed(state: SequenceState, gap: Gap, firstSeq: number, count: number): void {
    const gaps = this.gaps[gap];
    if (gaps.length < MOST_GAPS) gaps.push({ state, firstSeq, lastSeq: firstSeq + count - 1 });
  }

  /** One has come to this client, in its turn or not. */
  came(state: SequenceState, seq: number): void {
    for (const gaps of Object.values(this.gaps)) {
      const at = gaps.findIndex((gap) => gap.state === state && seq >= gap.firstSeq && seq <= gap.lastSeq);
      const gap = gaps[at];
      if (gap === undefined) continue;
      if (seq === gap.firstSeq) gap.firstSeq += 1;
      else gap.lastSeq = seq - 1;
      if (gap.firstSeq > gap.lastSeq) gaps.splice(at, 1);
    }
  }

  /** @param behindSeq the highest number that the client had by then */
  saw(what: Exclude<ExampleOf, Gap>, seq: number, behindSeq: number): void {
    this.seen[what] ??= { event: numberedEvent(seq), behind: numberedEvent(behindSeq) };
  }

  /**
   * @param joining of the lost ones those that the replay answers for: which of them that are is not known
   * @param lost all of them
   */
  examples(joining: number, lost: number): EventExamples {
    const live = this.first('lost');
    return {
      ...this.seen,
      lost: joining === 0 ? live : undefined,
      resumeLost: this.first('resumeLost') ?? (joining > 0 && joining === lost ? live : undefined),
    };
  }

  private first(gap: Gap): Example | undefined {
    const [first] = this.gaps[gap];
    return first === undefined ? undefined : { event: numberedEvent(first.firstSeq), behind: null };
  }
}
