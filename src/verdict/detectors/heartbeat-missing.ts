import { counted, countedOf, formatDuration } from '../../core/units.ts';
import { isWorthAWarning, UNPROMISED_SILENCE_MS, UNWARNED_SILENCE_MS } from '../../findings/bounds.ts';
import { cutBy } from '../../findings/cuts.ts';
import { SILENT_TOGETHER_ADVICE, silentTogetherSays } from '../../findings/dead-streams.ts';
import { STOPPED_ADVICE, stoppedSays } from '../../findings/stopped-heartbeats.ts';
import type { Detected } from '../../findings/finding.ts';
import { countAbove } from '../../measure/cluster.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { Summary } from '../../record/summary.ts';
import type { Detector } from '../finding.ts';
import { silentTogether } from '../silent-together.ts';

/** No heartbeat for three promised periods, or silence longer than allowed. */
export const heartbeatMissing: Detector = {
  id: 'heartbeat-missing',
  detect({ summary, expectations }) {
    const missing = summary.counts.heartbeatsMissing;
    const { heartbeatMs, heartbeatWithinMs } = expectations;
    if (missing === 0 && summary.counts.heartbeatsStopped > 0) return stopped(summary);
    if (missing === 0) return heartbeatMs === null ? longSilence(summary, heartbeatWithinMs) : null;
    const expected =
      heartbeatMs === null
        ? `within ${formatDuration(heartbeatWithinMs ?? 0)}`
        : `every ${formatDuration(heartbeatMs)}`;
    const times = heartbeatMs === null ? summary.times.silence : summary.times.withoutHeartbeat;
    const longestMs = longestOf(times, heartbeatMs ?? heartbeatWithinMs ?? 0);
    const evidence = {
      missing,
      heartbeats: summary.counts.heartbeats,
      heartbeatMs,
      heartbeatWithinMs,
      ...(longestMs === null ? {} : { longestMs }),
    };
    const together = silentTogether(summary);
    if (together !== null && missing <= together.streams) {
      return {
        title: `${silentTogetherSays(together, together.newcomer)} (expected ${expected}).`,
        evidence: { ...evidence, ...together },
        hint: SILENT_TOGETHER_ADVICE,
      };
    }
    return {
      title: `Heartbeats were missing ${counted(missing, 'time')}${longestMs === null ? '' : `, for up to ${formatDuration(longestMs)}`} (expected ${expected}).`,
      evidence,
    };
  },
};

/** Null where the one that was longer than allowed is not among them: its stream has ended. */
function longestOf(times: TimeHistogram, allowedMs: number): number | null {
  const longestMs = times.count === 0 ? 0 : times.percentile(100);
  return longestMs > allowedMs ? longestMs : null;
}

/** Their rhythm is the server's own word, where it promises none. */
function stopped({ counts, times }: Summary): Detected {
  const { heartbeatsStopped, stoppedByEvent, heartbeats } = counts;
  const periodMs = times.stoppedPeriod.percentile(50);
  const stop = {
    periodMs,
    atMs: times.stoppedAge.percentile(50),
    afterEvent: 2 * stoppedByEvent > heartbeatsStopped,
    silentMs: times.stoppedSilence.percentile(100),
  };
  return {
    title: stoppedSays(stop, { stopped: heartbeatsStopped, of: times.silence.count }),
    evidence: { stopped: heartbeatsStopped, byEvent: stoppedByEvent, heartbeats, ...stop },
    hint: STOPPED_ADVICE,
  };
}

/** Nobody promised more: no fault, but some layers would cut such a stream. */
function longSilence(summary: Summary, heartbeatWithinMs: number | null): Detected | null {
  const {
    times: { silence },
    counts,
  } = summary;
  const longestSilenceMs = silence.count === 0 ? 0 : silence.percentile(100);
  if (heartbeatWithinMs !== UNPROMISED_SILENCE_MS || !isWorthAWarning(longestSilenceMs)) return null;
  const evidence = { missing: 0, heartbeats: counts.heartbeats, longestSilenceMs, heartbeatWithinMs };
  const long = countAbove(silence, UNWARNED_SILENCE_MS);
  const together = silentTogether(summary);
  if (together !== null) {
    return {
      severity: 'warn',
      title: `${silentTogetherSays(together, together.newcomer)}, which ${cutBy(longestSilenceMs)}.`,
      evidence: { ...evidence, ...together },
      hint: SILENT_TOGETHER_ADVICE,
    };
  }
  return {
    severity: 'warn',
    title: `Streams were silent for up to ${formatDuration(longestSilenceMs)}, which ${cutBy(longestSilenceMs)}: ${countedOf(long, silence.count, 'stream')} for more than ${formatDuration(UNWARNED_SILENCE_MS)}.`,
    evidence: { ...evidence, longSilences: long, streams: silence.count },
  };
}
