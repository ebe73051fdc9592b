/**
 * Streams that a server ends on purpose and spreads over time, as a limit of age with jitter does, without a last word
 * that says so. One end tells nothing; what all of them have in common does: each came cleanly, at an age between a
 * limit and at most half of it, no stream grew older, everybody came back, and nothing was lost. Such ends are counted
 * as rotated. A deadline on the way has no jitter, a restart ends all streams at once, and an eviction of the wrong
 * clients leaves others alone: these stay dropped.
 */
import { LEAST_PLANNED_SHARE, limitToleranceMs } from '../findings/cuts.ts';
import { countAbove, narrowest } from '../measure/cluster.ts';
import { isSurvived, limitIn } from '../measure/end-limits.ts';
import { Summary } from './summary.ts';

/** Fewer ends may have anything in common by chance. */
const LEAST_ENDS = 10;
/** The share of the ends that says at what ages streams end. */
const SHARE_PERCENT = 95;
/** So few streams may have grown older: a limit is looked at by a timer that may be late. */
const MOST_SURVIVORS = 0.05;

/** @returns the summary with such ends as `rotated`, or the same one where ends are none of these */
export function withRotations(summary: Summary): Summary {
  if (!isRotation(summary)) return summary;
  const planned = Summary.fromJSON(summary.toJSON());
  planned.counts.rotated += summary.total('dropped');
  for (const counts of planned.byKind.values()) counts.dropped = 0;
  planned.dropsByCause.clear();
  return planned;
}

function isRotation(summary: Summary): boolean {
  const { counts, times } = summary;
  const { deathAge, survivedAge } = times;
  const atOnce = counts.diedTogether - counts.diedApart;
  if (deathAge.count < LEAST_ENDS || !endedWell(summary) || atOnce * 2 > deathAge.count) return false;
  const ages = narrowest(deathAge, SHARE_PERCENT);
  if (ages === null || ages.fromMs < LEAST_PLANNED_SHARE * ages.toMs) return false;
  if (ages.toMs - ages.fromMs <= limitToleranceMs(ages.toMs)) return false;
  // An idle limit ends streams at all ages, too, and some proxies do so cleanly.
  const silence = limitIn(times.deathSilence);
  if (silence !== null && !isSurvived(silence, times)) return false;
  return countAbove(survivedAge, ages.toMs + limitToleranceMs(ages.toMs)) <= MOST_SURVIVORS * deathAge.count;
}

/** All streams that ended did so cleanly, everybody could come back, and nothing was lost by it. */
export function endedWell(summary: Summary): boolean {
  const { counts, dropsByCause } = summary;
  if (dropsByCause.size !== 1 || !dropsByCause.has('eof-clean')) return false;
  const amiss = counts.lost + counts.resumeLost + counts.duplicated + counts.resumeDuplicated + counts.notRecovered;
  return amiss + summary.total('refused') === 0;
}
