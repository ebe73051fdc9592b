import { lateHeartbeats } from '../../findings/late-heartbeats.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { counted, formatDuration } from '../../core/units.ts';
import { lateAfterMs, missingAfterMs } from '../../findings/bounds.ts';
import { type StoppedBeats, STOPPED_ADVICE, stoppedAfterMs, stoppedSays } from '../../findings/stopped-heartbeats.ts';
import type { Listening } from '../listening.ts';
import { rhythmOf, type Rhythm } from '../rhythm.ts';
import { allowedSilenceMs, fellSilent } from '../silence.ts';
import { fail, pass, skip, warn, watchedMs, type Check, type Judged } from './check.ts';

/** Promised, and not there when it was due: said before it is missing. */
const DUE_FACTOR = 1.25;
const EVERY = FINDINGS['heartbeat-missing'].advice;

/**
 * Does the stream show that it lives? Where the server promises a period (`heartbeatMs` in its `connected` event) it
 * is held to it; elsewhere `--heartbeat-within` bounds the silence, and any byte counts, since many sound servers
 * send heartbeats only when nothing else flows. Those that had a rhythm and then stopped with everything else fail.
 */
export const heartbeat: Check = {
  id: 'heartbeat',
  needs: 'stream',
  judge(seen, main) {
    const { log, headMs } = main;
    const openedMs = headMs ?? 0;
    const rhythm = rhythmOf(log, openedMs);
    const watched = watchedMs(seen, main);
    const within = seen.plan.heartbeatWithinMs;
    const promisedMs = within === null ? log.promisedMs : null;
    const evidence = {
      heartbeats: rhythm.beats,
      kind: rhythm.kind,
      heartbeatMs: promisedMs,
      periodMs: rhythm.periodMs,
      jitterMs: rhythm.jitterMs,
      heartbeatWithinMs: within,
      whileEventsFlow: flowed(log.publishedCount, rhythm),
      maxSilenceMs: log.maxSilenceMs,
      watchedMs: watched,
    };
    const allowedMs = allowedSilenceMs(seen, main);
    const isTooSilent = log.maxSilenceMs > allowedMs + seen.ownStopMs;
    if (isTooSilent && fellSilent(seen, main)) return skip('the stream fell completely silent', evidence);
    if (promisedMs !== null)
      return promised(promisedMs, rhythm, { watched, openedMs, ownStopMs: seen.ownStopMs }, evidence);
    if (isTooSilent) {
      return fail(
        `No heartbeat arrived for ${formatDuration(log.maxSilenceMs)} (expected within ${formatDuration(within ?? allowedMs)}).`,
        { finding: 'heartbeat-missing', ...evidence },
        EVERY,
      );
    }
    if (seen.plan.until?.kind === 'heartbeat' && rhythm.beats === 0)
      return fail(`no heartbeat within ${formatDuration(watched)}`, evidence, EVERY);
    const stop = stopped(rhythm, main, seen.ownStopMs);
    if (stop !== null)
      return fail(stoppedSays(stop), { finding: 'heartbeat-missing', ...evidence, ...stop }, STOPPED_ADVICE);
    if (rhythm.beats > 0) return pass(shown(rhythm), evidence);
    if (within !== null && watched >= within)
      return pass(`never silent for longer than ${formatDuration(log.maxSilenceMs)}`, evidence);
    return skip(
      `no heartbeat in ${formatDuration(watched)}; the longest silence was ${formatDuration(log.maxSilenceMs)}`,
      evidence,
      EVERY,
    );
  },
};

/** Nobody promised a period: it is learnt from what came. */
function stopped(
  { beats, intervalsMs, longestMs, lastMs }: Rhythm,
  { log: { silenceSinceBeat }, headMs }: Pick<Listening, 'log' | 'headMs'>,
  ownStopMs: number,
): StoppedBeats | null {
  const boundMs = stoppedAfterMs({ beats, shortestMs: Math.min(...intervalsMs), longestMs });
  if (boundMs === null || lastMs === null || silenceSinceBeat.ms <= boundMs + ownStopMs) return null;
  const { ms: silentMs, fromMs } = silenceSinceBeat;
  return { periodMs: longestMs, atMs: fromMs - (headMs ?? 0), afterEvent: fromMs > lastMs, silentMs };
}

interface HeardBeats {
  watched: number;
  openedMs: number;
  /** What is not the server's fault. */
  ownStopMs: number;
}

function promised(
  periodMs: number,
  rhythm: Rhythm,
  { watched, openedMs, ownStopMs }: HeardBeats,
  evidence: Judged['evidence'],
): Judged {
  const expected = `(expected every ${formatDuration(periodMs)})`;
  const sinceMs = rhythm.lastMs === null ? watched : watched - (rhythm.lastMs - openedMs);
  const longestMs = Math.max(sinceMs, rhythm.longestMs, rhythm.firstMs ?? 0);
  if (longestMs > missingAfterMs(periodMs) + ownStopMs) {
    return fail(
      `No heartbeat arrived for ${formatDuration(longestMs)} ${expected}.`,
      { finding: 'heartbeat-missing', ...evidence },
      EVERY,
    );
  }
  const boundMs = lateAfterMs(periodMs) + ownStopMs;
  const waits = [...(rhythm.firstMs === null ? [] : [rhythm.firstMs]), ...rhythm.intervalsMs];
  const late = waits.filter((waitMs) => waitMs > boundMs).length;
  if (late > 0) {
    return fail(
      lateHeartbeats(late, Math.max(...waits) - periodMs, periodMs),
      { finding: 'heartbeat-late', late, ...evidence },
      FINDINGS['heartbeat-late'].advice,
    );
  }
  if (rhythm.beats === 0 && watched > periodMs * DUE_FACTOR) {
    return warn(
      `no heartbeat in ${formatDuration(watched)} ${expected}`,
      { finding: 'heartbeat-missing', ...evidence },
      EVERY,
    );
  }
  if (rhythm.beats === 0) return skip(`no heartbeat was due in ${formatDuration(watched)} ${expected}`, evidence);
  return pass(`${shown(rhythm)}, as announced`, evidence);
}

function shown({ beats, periodMs, jitterMs, kind }: Rhythm): string {
  const what = kind === 'comment' ? 'comment' : kind === 'event' ? 'event' : 'comment or event';
  if (periodMs === null) return `${counted(beats, 'heartbeat')} (${what})`;
  return `a ${what} every ${formatDuration(periodMs)}${jitterMs === null || beats < 3 ? '' : ` ± ${formatDuration(jitterMs / 2)}`}`;
}

/** Whether heartbeats keep their time while events flow; null where only one of them was seen. */
function flowed(published: number, { beats }: Rhythm): boolean | null {
  return beats < 2 || published === 0 ? null : true;
}
