import { isLastWord } from '../../accounts/farewell.ts';
import { markerText, type StreamMarker } from '../../core/stream-marker.ts';
import { markerOf } from '../../options/values/until.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { CAUSES } from '../../core/causes.ts';
import type { Cause } from '../../core/causes.ts';
import { formatDuration } from '../../core/units.ts';
import {
  adviceOnCut,
  adviceOnOneCut,
  adviceOnOneMoment,
  afterSilence,
  cutSays,
  ENDED_AT_A_WRITE,
  NOT_A_RESTART_FOR_SURE,
} from '../../findings/cut-sentences.ts';
import { areOfOnePlan, type Cut, endsAtWrites, layersOfCut } from '../../findings/cuts.ts';
import { type CutSeen, cutSeen, isCut } from '../cut-seen.ts';
import type { Listening, StreamEnd } from '../listening.ts';
import type { Observations } from '../observations.ts';
import { fail, pass, skip, warn, watchedMs, type Check, type Judged } from './check.ts';

const GONE = new Set<Cause>(['refused', 'reset', 'connect-timeout']);

/**
 * How did it end? A stream that is left by us is sound, and so is one that said it was over; any other end is a
 * client that was dropped while it was reading. Two streams that end at the same age met a deadline: network faults
 * scatter, deadlines don't.
 */
export const completion: Check = {
  id: 'completion',
  needs: 'stream',
  judge(seen, main) {
    const { end } = main;
    const ageMs = watchedMs(seen, main);
    const evidence: EndEvidence = { cause: end?.cause ?? 'closed-by-us', detail: end?.detail ?? '', ageMs };
    if (seen.complete) return pass(`complete after ${formatDuration(ageMs)}`, evidence);
    const marker = markerOf(seen.plan);
    if (marker !== null && !seen.untilCame) return incomplete(marker, end, evidence);
    if (end === null || end.cause === 'closed-by-us')
      return pass(`still open when the probe ended, after ${formatDuration(ageMs)}`, evidence);
    if (end.cause === 'line-limit' || end.cause === 'event-limit' || end.cause === 'decode')
      return skip('the probe closed the stream: see framing', evidence);
    if (isAnnounced(main)) return pass(`ended by the server as announced, after ${formatDuration(ageMs)}`, evidence);
    return dropped(seen, main, evidence);
  },
};

/** What the user named as its end did not come. */
function incomplete(marker: StreamMarker, end: StreamEnd | null, evidence: EndEvidence): Judged {
  const { ageMs } = evidence;
  if (end !== null && isCut(end.cause))
    return fail(
      `The stream ended after ${formatDuration(ageMs)}, before \`--until ${markerText(marker)}\`: ${CAUSES[end.cause].says}.`,
      { finding: 'client-dropped', ...evidence },
      'Write the last event exactly as the server sends it. If it is correct, check the log of the server for why the response was not completed, and look for timeouts on the path.',
    );
  const what = marker.kind === 'text' ? `text ${JSON.stringify(marker.text)}` : `event ${JSON.stringify(marker.name)}`;
  return fail(
    `the ${what} did not arrive within ${formatDuration(ageMs)}`,
    { finding: 'no-events', ...evidence },
    'Wait longer (--deadline), or find out why the response was not completed.',
  );
}

/** The stream said that it was over. */
function isAnnounced({ end, log }: Listening): boolean {
  return end?.cause === 'eof-clean' && (isLastWord(log.lastType, log.lastData) || log.saidLastComment);
}

interface EndEvidence extends Readonly<Record<string, unknown>> {
  readonly cause: Cause;
  /** For people; may hold text of the server. */
  readonly detail: string;
  readonly ageMs: number;
}

/** Nobody asked for this end. */
function dropped(seen: Observations, main: Listening, evidence: EndEvidence): Judged {
  const { auxiliary } = seen;
  const { ageMs, cause } = evidence;
  const again = auxiliary.get('again');
  if (again !== undefined && again.head === null && again.end !== null && GONE.has(again.end.cause)) {
    return fail(
      `The server stopped: the stream ended after ${formatDuration(ageMs)}, and the server cannot be reached any more (${again.end.cause}).`,
      { finding: 'target-down', ...evidence, again: again.end.cause },
      'Read its last log lines, and look for a crash: an uncaught error, or the out-of-memory killer.',
    );
  }
  const met = cutSeen(seen, main);
  if (met === null) return ended(evidence, { ...evidence, finding: 'client-dropped' });
  const figures = {
    ...evidence,
    silenceMs: met.main.silenceMs,
    secondAgeMs: met.second?.ageMs ?? null,
    secondSilenceMs: met.second?.silenceMs ?? null,
    longestSurvivedSilenceMs: met.survivedMs,
    layersNamed: met.named,
  };
  const plan = cause === 'eof-clean' ? planOf(met, auxiliary) : null;
  if (plan !== null) return planned(met, plan, figures);
  return met.second === null || met.cut === null
    ? ended(evidence, { ...figures, finding: 'client-dropped' }, met)
    : metLimit(met, met.cut, figures);
}

/** Clean ends, and a server that goes on serving. */
function planned({ main, second, cut }: CutSeen, plan: 'restart' | 'jitter', figures: Record<string, unknown>): Judged {
  const age = formatDuration(main.ageMs);
  const how =
    plan === 'restart'
      ? `at the same moment, as at a restart (this one after ${age})`
      : `after ${age} and ${formatDuration(second?.ageMs ?? 0)}`;
  const doubt = cut?.kind === 'idle' ? ` ${adviceOnOneMoment(main.silenceMs)}` : '';
  return warn(
    `The server ended two streams cleanly, ${how}, and accepts new clients: the end seems planned, but was not announced.`,
    { finding: 'client-dropped', plan, ...figures },
    `Announce it with a final event or comment (\`event: disconnecting\`), so that clients can distinguish a planned end from a crash.${doubt}`,
  );
}

/** Two streams met one limit. */
function metLimit({ main, atOneMoment, named }: CutSeen, cut: Cut, figures: Record<string, unknown>): Judged {
  return fail(
    `Streams are ${cutSays(cut)}: it happened to two clients that connected at different times.${atOneMoment ? ` ${NOT_A_RESTART_FOR_SURE}` : ''}`,
    {
      finding: 'idle-cut',
      kind: cut.kind,
      limitMs: cut.kind === 'absolute' ? main.ageMs : main.silenceMs,
      ...figures,
      layers: layersOfCut(cut).map(({ name, source }) => ({ name, source })),
    },
    adviceOnCut(cut, named),
  );
}

/** It ended, and no limit is proved. */
function ended({ ageMs, cause, detail }: EndEvidence, figures: Record<string, unknown>, met?: CutSeen): Judged {
  const shown = detail === '' || cause === 'eof-clean' ? '' : ` (${detail})`;
  const silence = met === undefined ? '' : afterSilence(met.main.silenceMs);
  const together =
    met?.atOneMoment === true && met.second !== null
      ? ` A second stream ended at the same moment, after ${formatDuration(met.second.ageMs)}, as at a restart.`
      : '';
  return fail(
    `The stream ended after ${formatDuration(ageMs)} although the client was reading: ${CAUSES[cause].says}${shown}.${silence}${together}`,
    figures,
    adviceOnEnd(met),
  );
}

function adviceOnEnd(met: CutSeen | undefined): string {
  const usual = `${FINDINGS['client-dropped'].advice} A stream that is complete should say so: 204 for clients that reconnect, or a final event (\`--until text:[DONE]\`).`;
  if (met === undefined) return usual;
  const { main, second, cut, named, survivedMs, atOneMoment } = met;
  if (second === null) return cut === null ? usual : `${adviceOnOneCut(cut, named)} ${usual}`;
  if (!atOneMoment) return usual;
  return endsAtWrites(main.silenceMs, survivedMs)
    ? `${adviceOnOneMoment(0)} ${ENDED_AT_A_WRITE}`
    : adviceOnOneMoment(0);
}

/** Two clean ends, at one moment or at ages of a limit with jitter, after which the server goes on serving. */
function planOf(
  { main, second, atOneMoment, cut }: CutSeen,
  auxiliary: Observations['auxiliary'],
): 'restart' | 'jitter' | null {
  if (second === null || auxiliary.get('again')?.isStream !== true) return null;
  if (auxiliary.get('twin')?.end?.cause !== 'eof-clean') return null;
  if (atOneMoment) return 'restart';
  // One silence behind different ages is no plan of ages.
  const isSilence = Math.abs(main.silenceMs - second.silenceMs) < Math.abs(main.ageMs - second.ageMs) / 2;
  if (cut?.kind === 'idle' && isSilence) return null;
  return areOfOnePlan(main.ageMs, second.ageMs) ? 'jitter' : null;
}
