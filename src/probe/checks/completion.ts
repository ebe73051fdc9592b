import { isLastWord } from '../../accounts/farewell.ts';
import { markerText, type StreamMarker } from '../../core/stream-marker.ts';
import { markerOf } from '../../options/values/until.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { CAUSES } from '../../core/causes.ts';
import type { Cause } from '../../core/causes.ts';
import {
  ADVICE_ON_ABSOLUTE_LIMIT,
  areOfOneAge,
  areOfOnePlan,
  layersWithLimit,
  ONE_INSTANT_MS,
  suspects,
} from '../../findings/cuts.ts';
import { formatDuration } from '../../core/units.ts';
import type { Listening, StreamEnd } from '../listening.ts';
import type { Observations } from '../observations.ts';
import { fail, pass, skip, warn, watchedMs, type Check, type Judged } from './check.ts';

/** Ends that somebody decided on; the others have checks of their own. */
const CUTS = new Set<Cause>(['eof-clean', 'eof-truncated', 'reset', 'http-protocol']);
const GONE = new Set<Cause>(['refused', 'reset', 'connect-timeout']);
/** An age that a limit could have. */
const LEAST_AGE_MS = 1000;

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
    const evidence = { cause: end?.cause ?? 'closed-by-us', detail: end?.detail ?? '', ageMs };
    if (seen.complete) return pass(`complete after ${formatDuration(ageMs)}`, evidence);
    const marker = markerOf(seen.plan);
    if (marker !== null && !seen.untilCame) return incomplete(marker, end, evidence);
    if (end === null || end.cause === 'closed-by-us')
      return pass(`open until we left, after ${formatDuration(ageMs)}`, evidence);
    if (end.cause === 'line-limit' || end.cause === 'event-limit' || end.cause === 'decode')
      return skip('given up by us: see framing', evidence);
    if (isAnnounced(main)) return pass(`ended by the server as it said, after ${formatDuration(ageMs)}`, evidence);
    return dropped(seen, end, evidence);
  },
};

/** What the user named as its end did not come. */
function incomplete(marker: StreamMarker, end: StreamEnd | null, evidence: EndEvidence): Judged {
  const { ageMs } = evidence;
  if (end !== null && CUTS.has(end.cause))
    return fail(
      `The stream ended after ${formatDuration(ageMs)}, before \`--until ${markerText(marker)}\`: ${CAUSES[end.cause].says}.`,
      { finding: 'client-dropped', ...evidence },
      'Name the last event as the server writes it; if it is right, look in the log of the server why the answer was not finished, and for time-outs on the way.',
    );
  const what = marker.kind === 'text' ? `text ${JSON.stringify(marker.text)}` : `event ${JSON.stringify(marker.name)}`;
  return fail(
    `the ${what} did not come within ${formatDuration(ageMs)}`,
    { finding: 'no-events', ...evidence },
    'Wait longer (--deadline), or look why the answer was not finished.',
  );
}

/** The stream said that it was over. */
function isAnnounced({ end, log }: Listening): boolean {
  return end?.cause === 'eof-clean' && (isLastWord(log.lastType, log.lastData) || log.saidLastComment);
}

interface EndEvidence extends Readonly<Record<string, unknown>> {
  readonly ageMs: number;
}

/** Nobody asked for this end. */
function dropped({ auxiliary }: Observations, end: StreamEnd, evidence: EndEvidence): Judged {
  const { cause, detail } = end;
  const { ageMs } = evidence;
  const again = auxiliary.get('again');
  if (again !== undefined && again.head === null && again.end !== null && GONE.has(again.end.cause)) {
    return fail(
      `The server went away: the stream ended after ${formatDuration(ageMs)}, and nobody can be reached any more (${again.end.cause}).`,
      { finding: 'target-down', ...evidence, again: again.end.cause },
      'Read its last words in its log, and look for what restarts it: an uncaught error, the out-of-memory killer.',
    );
  }
  const twin = auxiliary.get('twin');
  const twinAgeMs = twin === undefined ? null : ageOfCut(twin);
  const plan = planOf(end, ageMs, auxiliary);
  if (plan !== null) {
    return warn(
      `The server ended two streams cleanly, ${plan === 'restart' ? `at one moment, as at a restart (this one after ${formatDuration(ageMs)})` : `after ${formatDuration(ageMs)} and ${formatDuration(twinAgeMs ?? 0)}`}, and serves a client that comes back: on purpose, it seems, and without a word.`,
      { finding: 'client-dropped', plan, ...evidence, secondAgeMs: twinAgeMs },
      'Say so with a last event or comment (`event: disconnecting`), so that a planned end can be told from a crash.',
    );
  }
  if (CUTS.has(cause) && twinAgeMs !== null && ageMs >= LEAST_AGE_MS && areOfOneAge(ageMs, twinAgeMs))
    return cutAtAge(ageMs, { ...evidence, secondAgeMs: twinAgeMs });
  const shown = detail === '' || cause === 'eof-clean' ? '' : ` (${detail})`;
  return fail(
    `The stream ended after ${formatDuration(ageMs)} although the client was reading: ${CAUSES[cause].says}${shown}.`,
    { finding: 'client-dropped', ...evidence, secondAgeMs: twinAgeMs },
    `${FINDINGS['client-dropped'].advice} A stream that is over should say so: 204 to whoever comes back, or a last event (\`--until text:[DONE]\`).`,
  );
}

/** Two clean ends, at one moment or at ages of a limit with jitter, after which the server goes on serving. */
function planOf(end: StreamEnd, ageMs: number, auxiliary: Observations['auxiliary']): 'restart' | 'jitter' | null {
  const twin = auxiliary.get('twin');
  const twinAgeMs = twin === undefined ? null : ageOfCut(twin);
  if (twinAgeMs === null || auxiliary.get('again')?.isStream !== true) return null;
  if (end.cause !== 'eof-clean' || twin?.end?.cause !== 'eof-clean') return null;
  if (Math.abs(twin.end.atMs - end.atMs) <= ONE_INSTANT_MS) return 'restart';
  return areOfOnePlan(ageMs, twinAgeMs) ? 'jitter' : null;
}

function cutAtAge(ageMs: number, evidence: Record<string, unknown>): Judged {
  return fail(
    `Streams are cut at the age of ${formatDuration(Math.round(ageMs / 100) * 100)}, whatever flows: two clients that came at different times.`,
    { finding: 'idle-cut', kind: 'absolute', limitMs: ageMs, ...evidence },
    `${suspects(layersWithLimit('absolute', ageMs))} ${ADVICE_ON_ABSOLUTE_LIMIT}`,
  );
}

function ageOfCut({ headMs, end, isStream }: Listening): number | null {
  return isStream && headMs !== null && end !== null && CUTS.has(end.cause) ? end.atMs - headMs : null;
}
