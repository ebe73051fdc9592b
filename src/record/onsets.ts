/**
 * When each defect was seen first in a run, and when last, to the second.
 *
 * A load process looks at its own counts once a second, so an event costs nothing for it. What is stored are bounds: all
 * of a defect happened between `firstMs` and `lastMs`. A count that falls back to none, since what was missed came after
 * all, has no onset. Processes of one run are merged by the earlier beginning and the later end.
 */
import { type Defect, DEFECTS } from '../measure/defects.ts';
import type { KindCounts } from '../measure/kind-counts.ts';

/** These are counted by kinds of clients. */
const OF_KINDS = ['dropped', 'refused'] as const satisfies readonly (Defect & keyof KindCounts)[];
type KindDefect = (typeof OF_KINDS)[number];

/** In milliseconds since the run began. */
export interface Onset {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The part of a summary that is looked at. */
export interface DefectCounts {
  readonly counts: Readonly<Record<Exclude<Defect, KindDefect>, number>>;
  total(field: KindDefect): number;
}

export type OnsetsJson = Partial<Record<Defect, Onset>>;

export class Onsets {
  private readonly onsets = new Map<Defect, Onset>();
  private readonly before = new Map<Defect, number>();
  private lookedMs = 0;

  static fromJSON(json: OnsetsJson): Onsets {
    const onsets = new Onsets();
    for (const [defect, onset] of Object.entries(json)) onsets.onsets.set(defect as Defect, onset);
    return onsets;
  }

  /** When it was seen; null where it was not, or where nobody looked. */
  of(defect: Defect): Onset | null {
    return this.onsets.get(defect) ?? null;
  }

  /** Looks at the counts of one process, `tMs` after the run began. */
  look(summary: DefectCounts, tMs: number): void {
    for (const defect of DEFECTS) {
      const count = isOfKinds(defect) ? summary.total(defect) : summary.counts[defect];
      if (count > (this.before.get(defect) ?? 0)) this.saw(defect, { firstMs: this.lookedMs, lastMs: tMs });
      else if (count === 0) this.onsets.delete(defect);
      this.before.set(defect, count);
    }
    this.lookedMs = tMs;
  }

  add(other: Onsets): void {
    for (const [defect, onset] of other.onsets) this.saw(defect, onset);
  }

  toJSON(): OnsetsJson {
    return Object.fromEntries(this.onsets);
  }

  private saw(defect: Defect, { firstMs, lastMs }: Onset): void {
    const known = this.of(defect);
    this.onsets.set(defect, {
      firstMs: Math.min(known?.firstMs ?? firstMs, firstMs),
      lastMs: Math.max(known?.lastMs ?? lastMs, lastMs),
    });
  }
}

function isOfKinds(defect: Defect): defect is KindDefect {
  return (OF_KINDS as readonly Defect[]).includes(defect);
}
