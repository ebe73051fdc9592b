/**
 * What a part of the program measures, declared beside the code that measures it: counters, histograms of times, and
 * tallies, which count by a key that is known only at run time.
 *
 * The type of a declaration (`Measured`) is all that its owner is given to write to, so that no other figure can be
 * touched from there; the summary of a run (record/summary.ts) is put together from all declarations and fits each of
 * these types. A declaration makes no objects of its own: a run has one flat object of counters, and an event costs an
 * addition to a field of it.
 *
 * A figure is a sum over the load processes. What cannot be added up, such as a percentile, cannot be declared here.
 */
import type { TimeHistogram } from './histogram.ts';

export interface Figures<Count extends string, Time extends string, Tally extends string> {
  readonly counts: readonly Count[];
  readonly times: readonly Time[];
  readonly tallies: readonly Tally[];
}

/** Declares the figures of one owner. A name belongs to one owner in the whole program. */
export function figures<
  const Count extends string = never,
  const Time extends string = never,
  const Tally extends string = never,
>({ counts = [], times = [], tallies = [] }: Partial<Figures<Count, Time, Tally>>): Figures<Count, Time, Tally> {
  return { counts, times, tallies };
}

/** The figures of a declaration, as its owner writes them. */
export type Measured<Declaration> =
  Declaration extends Figures<infer Count, infer Time, infer Tally>
    ? { readonly counts: Record<Count, number>; readonly times: Readonly<Record<Time, TimeHistogram>> } & Readonly<
        Record<Tally, Map<string, number>>
      >
    : never;

/** Counters of another owner, to be read only. */
export interface ReadCounts<Count extends string> {
  readonly counts: Readonly<Record<Count, number>>;
}

/** Histograms of another owner, to be read only. */
export interface ReadTimes<Time extends string> {
  readonly times: Readonly<Record<Time, Pick<TimeHistogram, 'count' | 'percentile' | 'copy' | 'since'>>>;
}

/** Adds to the count under `key`. The caller bounds how many keys there are. */
export function countUp(tally: Map<string, number>, key: string, by = 1): void {
  tally.set(key, (tally.get(key) ?? 0) + by);
}
