/** What the figures of a comparison that may be believed amount to. */
import type { ShownOf } from './census-examples.ts';
import type { CensusFigures } from './census-figures.ts';
import type { EventExamples } from './event-examples.ts';
import type { Counted } from './sequence.ts';

export interface Believed extends Pick<Counted, 'method' | 'apart' | 'skipped'> {
  /** Clients that came back were sent what they had missed: ids are places, whether or not they count. */
  replays: boolean;
  /** Events that were lost where a replay is joined with what is live: the part of `lost` that the replay answers for. */
  lostByJoining: number;
  /** Ids, or numbers at the pointer, prove to be a sequence. */
  counting: boolean;
  /** An example for each figure that has one. */
  shown: ShownOf;
}

export function comparisonVerdict(
  figures: CensusFigures,
  { method, apart, skipped, counting, replays, lostByJoining, shown }: Believed,
): Counted {
  // Counting ids are believed also of what most missed, heard twice or heard late; ids behind which all begins anew are not.
  const owed = (counting || replays) && !apart;
  const late = figures.reordered + (apart ? figures.reorderedBehind : 0) + (owed ? figures.resumeLate : 0);
  const joining = owed ? Math.min(lostByJoining, figures.lost) : 0;
  return {
    method,
    heard: figures.heard,
    lost:
      figures.lost - joining + (counting ? figures.uncommonMissed : -figures.varied) + (apart ? figures.lostBehind : 0),
    duplicated: figures.duplicated + (counting ? figures.repeated : 0) + (apart ? figures.duplicatedBehind : 0),
    reordered: counting ? Math.max(late, figures.overtaken) : late,
    resumeLate: owed ? figures.resumeLate : 0,
    resumeLost: owed ? figures.resumeLost + joining : 0,
    resumeDuplicated: owed ? figures.resumeDuplicated : 0,
    skipped: counting ? skipped : 0,
    apart,
    examples: examplesOf(shown, figures, { counting, owed, joining }),
  };
}

/** Where a part of what was missed is somebody else's, or nobody's, it is not known of which events. */
function examplesOf(
  shown: ShownOf,
  figures: CensusFigures,
  { counting, owed, joining }: { counting: boolean; owed: boolean; joining: number },
): EventExamples {
  const isLost = joining === 0 && (counting || figures.varied === 0);
  const byNumber = counting ? shown.overtaken : undefined;
  return {
    lost: (isLost ? shown.lost : undefined) ?? (counting ? shown.uncommonMissed : undefined),
    duplicated: shown.duplicated ?? (counting ? shown.repeated : undefined),
    reordered: byNumber ?? shown.reordered ?? (owed ? shown.resumeLate : undefined),
    resumeLost: shown.resumeLost ?? (joining > 0 && joining === figures.lost ? shown.lost : undefined),
    resumeDuplicated: shown.resumeDuplicated,
  };
}
