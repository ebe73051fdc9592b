/** The figures of one declaration, all of them zero, for those who measure one stream and have no summary of a run. */
import type { Figures, Measured } from './figures.ts';
import { TimeHistogram } from './histogram.ts';

export function blankFigures<Count extends string, Time extends string, Tally extends string>({
  counts,
  times,
  tallies,
}: Figures<Count, Time, Tally>): Measured<Figures<Count, Time, Tally>> {
  return {
    counts: Object.fromEntries(counts.map((name) => [name, 0])),
    times: Object.fromEntries(times.map((name) => [name, new TimeHistogram()])),
    ...Object.fromEntries(tallies.map((name) => [name, new Map<string, number>()])),
  } as Measured<Figures<Count, Time, Tally>>;
}
