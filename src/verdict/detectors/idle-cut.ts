import { ADVICE_ON_ABSOLUTE_LIMIT, layersWithLimit, limitToleranceMs, suspects } from '../../findings/cuts.ts';
import type { Intermediary, LimitKind } from '../../findings/intermediary.ts';
import { counted, formatDuration } from '../../core/units.ts';
import { countAbove, narrowest } from '../../measure/cluster.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';

const LEAST_DEATHS = 5;
const SHARE_PERCENT = 80;
/** Shorter is no limit that anybody sets; longer than an hour is more than the histograms tell. */
const LEAST_LIMIT_MS = 1000;
const MOST_LIMIT_MS = 3_500_000;
/** Streams that lived longer than the limit and were not cut, by those that were. */
const SURVIVORS = 0.25;
/** A death is at one instant with others only by chance. */
const TOGETHER = 0.5;

interface Cut {
  kind: Exclude<LimitKind, 'first-byte'>;
  limitMs: number;
  widthMs: number;
  survivors: number;
  layers: Intermediary[];
}

/** Streams end at one age, or after one silence: network faults scatter, deadlines don't. */
export const idleCut: Detector = {
  id: 'idle-cut',
  detect(record) {
    const cut = cutOf(record);
    if (cut === null) return null;
    const { kind, limitMs, widthMs, survivors, layers } = cut;
    // The histogram's own three digits are not to be mistaken for exactness.
    const apart = formatDuration(Math.ceil(widthMs + limitMs / 1000));
    const deaths = record.summary.times.deathAge.count;
    const after = formatDuration(Math.round(limitMs / 100) * 100);
    return {
      title:
        kind === 'absolute'
          ? `Streams are cut at the age of ${after}, whatever flows: ${SHARE_PERCENT} % of ${counted(deaths, 'stream')} that ended did so within ${apart} of each other.`
          : `Streams are cut after ${after} without a byte: ${SHARE_PERCENT} % of ${counted(deaths, 'stream')} that ended did so within ${apart} of each other.`,
      evidence: {
        kind,
        limitMs,
        widthMs,
        deaths,
        survivors,
        layers: layers.map(({ name, source }) => ({ name, source })),
      },
      hint: `${suspects(layers)} ${
        kind === 'absolute'
          ? ADVICE_ON_ABSOLUTE_LIMIT
          : 'Send a comment (`: ping`) at less than half of that time, or raise the limit.'
      }`,
    };
  },
};

function cutOf({ summary: { times, counts } }: RunRecord): Cut | null {
  const { deathAge, deathSilence, deathTime, survivedAge, silence } = times;
  if (deathAge.count < LEAST_DEATHS) return null;
  const scattered = counts.diedTogether <= deathAge.count * TOGETHER;
  const absolute = scattered ? cluster('absolute', deathAge, survivedAge) : null;
  const idle = cluster('idle', deathSilence, silence);
  // All were silent since the same event, so they die together; once it has happened again, it is no accident.
  const again = idle !== null && deathTime.percentile(95) - deathTime.percentile(5) > idle.limitMs * 0.8;
  const soundIdle = idle !== null && (scattered || again) ? idle : null;
  if (absolute === null || soundIdle === null) return absolute ?? soundIdle;
  // A stream that is silent from its beginning reaches both at once: whichever somebody is known for.
  return absolute.layers.length === 0 && soundIdle.layers.length > 0 ? soundIdle : absolute;
}

function cluster(kind: Cut['kind'], ends: TimeHistogram, survived: TimeHistogram): Cut | null {
  const within = narrowest(ends, SHARE_PERCENT);
  if (within === null) return null;
  const limitMs = (within.fromMs + within.toMs) / 2;
  const widthMs = within.toMs - within.fromMs;
  if (limitMs < LEAST_LIMIT_MS || limitMs > MOST_LIMIT_MS || widthMs > limitToleranceMs(limitMs)) return null;
  const survivors = countAbove(survived, within.toMs + limitToleranceMs(limitMs));
  if (survivors > ends.count * SURVIVORS) return null;
  return { kind, limitMs, widthMs, survivors, layers: layersWithLimit(kind, limitMs) };
}
