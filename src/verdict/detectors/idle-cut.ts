/**
 * Streams end at one age, or after one silence: network faults scatter, deadlines don't.
 *
 * What refutes a limit of silence, and what one of age, stands in findings/cuts.ts; here it is read from histograms. One
 * moment at which all streams end is a restart and proves neither. It counts for a silence once it has happened again,
 * and for an age where others lived on.
 */
import { adviceOnCut, cutSays } from '../../findings/cut-sentences.ts';
import { type Cut, kindOfEither, layersOfCut, limitToleranceMs } from '../../findings/cuts.ts';
import { counted, formatDuration } from '../../core/units.ts';
import { countAbove, narrowest } from '../../measure/cluster.ts';
import {
  type EndLimit,
  isSurvived,
  limitIn,
  MOST_LIMIT_MS,
  SHARE_PERCENT,
  SURVIVORS,
} from '../../measure/end-limits.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import { endedWell } from '../../record/rotation.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Summary } from '../../record/summary.ts';
import type { Detector } from '../finding.ts';

const LEAST_DEATHS = 5;
/** Where all streams may have been ended by restarts, hardly any may have lived otherwise. */
const STRICT_PERCENT = 95;
/** A death is at one instant with others only by chance. */
const TOGETHER = 0.5;
/** Two moments of a silence are further apart than this share of it, and those of an age than so many milliseconds. */
const AGAIN = 0.8;
const LEAST_SPREAD_MS = 500;

interface Found {
  cut: Cut;
  /** How far apart the ends are, and the share of them that is meant. */
  widthMs: number;
  sharePercent: number;
  survivors: number;
  /** All streams ended at a few moments, so that restarts would look the same. */
  mayBeRestarts?: boolean;
}

export const idleCut: Detector = {
  id: 'idle-cut',
  detect(record) {
    const found = limitOf(record);
    if (found === null) return null;
    const { cut, widthMs, sharePercent, survivors, mayBeRestarts = false } = found;
    const { times, layersNamed } = record.summary;
    const named = [...layersNamed.keys()];
    // The histogram's own three digits are not to be mistaken for exactness.
    const limitMs = cut.kind === 'absolute' ? cut.ageMs : cut.silenceMs;
    const apart = formatDuration(Math.ceil(widthMs + (limitMs ?? 0) / 1000));
    const deaths = times.deathAge.count;
    const since = record.series.find(({ drops }) => drops > 0)?.tMs;
    return {
      title: `Streams are ${cutSays(cut)}: ${sharePercent} % of ${counted(deaths, 'stream')} that ended differ by at most ${apart}${since === undefined ? '' : `, since ${formatDuration(since)} into the run`}.${mayBeRestarts ? ' All ended at a few moments, so they may be restarts.' : ''}`,
      evidence: {
        kind: cut.kind,
        limitMs,
        silenceMs: cut.silenceMs,
        ageMs: cut.ageMs,
        widthMs,
        deaths,
        survivors,
        longestSurvivedSilenceMs: longestOf(times.survivedSilence),
        layersNamed: named,
        layers: layersOfCut(cut).map(({ name, source }) => ({ name, source })),
      },
      hint: adviceOnCut(cut, named),
    };
  },
};

function limitOf(record: RunRecord): Found | null {
  const { summary } = record;
  const isPlanned = summary.counts.rotated > 0 && summary.total('dropped') === 0;
  if (summary.times.deathAge.count < LEAST_DEATHS || isPlanned) return null;
  const silence = silenceIn(record);
  const age = ageIn(record);
  if (silence !== null && !silence.isSurvived && (silence.stands || age?.stands === true))
    return cutInSilence(summary, silence, age);
  const atWrites = silence !== null && silence.isSurvived && silence.again;
  if (age !== null && age.stands) {
    const cut: Cut = { kind: 'absolute', silenceMs: null, ageMs: age.limitMs, ...(atWrites ? { atWrites } : {}) };
    return { ...widthOf(age), cut, survivors: age.survivors };
  }
  return atWrites ? cutAtWrites(record, silence) : null;
}

/** Nobody survived the silence that all were cut after; whether the age was the same as well decides what can be told. */
function cutInSilence(summary: Summary, silence: Silence, age: Age | null): Found | null {
  const { times, counts, layersNamed } = summary;
  const { limitMs: silenceMs } = silence;
  if (age === null || age.isOutlived)
    return { ...widthOf(silence), cut: { kind: 'idle', silenceMs, ageMs: null }, survivors: 0 };
  const mayBeRestarts = areTogether(counts.diedTogether, times) && !endedApart(summary);
  if (mayBeRestarts && endedWell(summary)) return null;
  const survivedMs = longestOf(times.survivedSilence) ?? 0;
  const kind = kindOfEither(silenceMs, age.limitMs, survivedMs, [...layersNamed.keys()]);
  return {
    ...widthOf(kind === 'absolute' ? age : silence),
    cut: { kind, silenceMs, ageMs: age.limitMs },
    survivors: age.survivors,
    ...(mayBeRestarts ? { mayBeRestarts } : {}),
  };
}

/**
 * A limit of age that is noticed at a write ends each stream when its next event is due, so at ages as far apart as the
 * events are; and always after the silence between two events, which was survived before.
 */
function cutAtWrites({ summary }: RunRecord, silence: Silence): Found | null {
  const apart = endedApart(summary);
  const { deathAge, survivedAge } = summary.times;
  if (!apart && endedWell(summary)) return null;
  const sharePercent = apart ? SHARE_PERCENT : STRICT_PERCENT;
  const within = narrowest(deathAge, sharePercent);
  if (within === null || within.toMs > MOST_LIMIT_MS || within.fromMs < silence.limitMs) return null;
  const toleranceMs = limitToleranceMs(within.fromMs);
  const widthMs = within.toMs - within.fromMs;
  if (widthMs > silence.within.toMs + toleranceMs) return null;
  const survivors = countAbove(survivedAge, within.toMs + toleranceMs + silence.limitMs);
  if (survivors > deathAge.count * SURVIVORS) return null;
  return {
    cut: { kind: 'absolute', silenceMs: null, ageMs: within.fromMs, ageUpToMs: within.toMs, atWrites: true },
    widthMs,
    sharePercent,
    survivors,
    ...(apart ? {} : { mayBeRestarts: true }),
  };
}

interface Silence extends EndLimit {
  isSurvived: boolean;
  /** It was met at several moments. */
  again: boolean;
  /** What all ended by is this silence, and not that moment. */
  stands: boolean;
}

interface Age extends EndLimit {
  survivors: number;
  isOutlived: boolean;
  stands: boolean;
}

function silenceIn(record: RunRecord): Silence | null {
  const { times, counts } = record.summary;
  const limit = limitIn(times.deathSilence, record.generator.eventLoopDelayMs.p99);
  if (limit === null) return null;
  const again = spreadOf(times.deathTime) > limit.limitMs * AGAIN;
  return {
    ...limit,
    again,
    isSurvived: isSurvived(limit, times, record.generator.eventLoopDelayMs.max),
    stands: again || !areTogether(counts.diedTogether, times),
  };
}

function ageIn(record: RunRecord): Age | null {
  const { summary } = record;
  const { times, counts } = summary;
  const limit = limitIn(times.deathAge, record.generator.eventLoopDelayMs.p99);
  if (limit === null) return null;
  const survivors = countAbove(times.survivedAge, limit.within.toMs + limitToleranceMs(limit.limitMs));
  const isOutlived = survivors > times.deathAge.count * SURVIVORS;
  const several = spreadOf(times.deathTime) > LEAST_SPREAD_MS;
  const stands = !areTogether(counts.diedTogether, times) || (several && endedApart(summary));
  return { ...limit, survivors, isOutlived, stands: stands && !isOutlived };
}

/** Restarts end all streams at one instant; where they ended so by chance, others lived on, or came so as well. */
function endedApart({ counts, times }: Summary): boolean {
  return !areTogether(counts.diedTogether - counts.diedApart, times);
}

function areTogether(together: number, { deathAge }: Summary['times']): boolean {
  return together > deathAge.count * TOGETHER;
}

function spreadOf(times: TimeHistogram): number {
  return times.percentile(95) - times.percentile(5);
}

function longestOf(times: TimeHistogram): number | null {
  return times.count === 0 ? null : times.percentile(100);
}

function widthOf({ within }: EndLimit): Pick<Found, 'widthMs' | 'sharePercent'> {
  return { widthMs: within.toMs - within.fromMs, sharePercent: SHARE_PERCENT };
}
