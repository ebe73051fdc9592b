import { headAdvice } from '../../findings/language-advice.ts';
import { heldForTwoSays, isAlike, isLongHead, isPeriodOfTimer, lateForTwoSays } from '../../findings/held-head.ts';
import { APART_MS, LATE_HEAD_MS, ONE_MOMENT_MS, TOGETHER_MS } from '../../findings/arrivals.ts';
import { formatDuration } from '../../core/units.ts';
import type { Listening } from '../listening.ts';
import { marksSeen } from '../marks-seen.ts';
import { pass, warn, type Check } from './check.ts';

/** What may lie between the stamp of an event and our clock. */
const CLOCK_SLACK_MS = 50;

/**
 * Does the head wait for the first event? Until it comes a browser is not connected and nobody can tell a quiet
 * stream from a dead server. A server that is merely slow to answer is told from it by a second request at another
 * time: a head that is held comes with an event, however long ago it was asked for. Where each connection has events of
 * its own, both have waited for as long.
 */
export const lateHeaders: Check = {
  id: 'late-headers',
  needs: 'head',
  judge(seen, main) {
    const { auxiliary, wallOffsetMs } = seen;
    const hint = headAdvice(marksSeen(seen));
    const { waitMs, withEvent } = headOf(main);
    const evidence = {
      headersMs: waitMs,
      firstEventMs: main.log.firstPublishedMs === null ? null : main.log.firstPublishedMs - (main.askedMs ?? 0),
    };
    const others = [auxiliary.get('twin'), auxiliary.get('coded')].filter(
      (stream) => stream?.isStream === true && stream.headMs !== null,
    ) as Listening[];
    const allWithEvent = withEvent && others.every((stream) => headOf(stream).withEvent);
    const released = others.find((stream) => isReleased(main, stream));
    const other = released ?? others.find((stream) => bothLate(main, stream, wallOffsetMs));
    if (allWithEvent && other !== undefined) {
      const otherMs = headOf(other).waitMs;
      const isHeld = released !== undefined || [main, other].every(isOfTimer);
      return warn(
        `${isHeld ? heldForTwoSays(waitMs, otherMs) : lateForTwoSays(waitMs, otherMs)}.`,
        { finding: 'late-headers', ...evidence, secondHeadersMs: otherMs },
        hint,
      );
    }
    if (waitMs >= LATE_HEAD_MS && withEvent && others.length === 0) {
      return pass(
        `the response headers took ${formatDuration(waitMs)} and arrived with the first event`,
        evidence,
        `One client alone cannot show whether the server waited for the event. ${hint}`,
      );
    }
    return pass(`the response headers arrived after ${formatDuration(waitMs)}`, evidence);
  },
};

/** The other head came late, at another wait than this one's, and with an event that this one heard too. */
function isReleased(main: Listening, stream: Listening): boolean {
  const here = headOf(main);
  const there = headOf(stream);
  if (Math.max(here.waitMs, there.waitMs) < LATE_HEAD_MS || !there.withEvent) return false;
  if (Math.abs(here.headMs - there.headMs) <= TOGETHER_MS) return Math.abs(here.waitMs - there.waitMs) >= APART_MS;
  const heardHere = main.log.published.some(({ atMs }) => Math.abs(atMs - there.headMs) <= ONE_MOMENT_MS);
  return heardHere && Math.abs(here.waitMs - there.waitMs) >= APART_MS;
}

/** Each connection has events of its own: both heads took as long, and each came with the first of them. */
function bothLate(main: Listening, stream: Listening, wallOffsetMs: number): boolean {
  if (!isAlike(headOf(main).waitMs, headOf(stream).waitMs)) return false;
  const both = [main, stream];
  if (both.some((each) => isLastState(each, wallOffsetMs))) return false;
  return both.every((each) => isLongHead(headOf(each).waitMs)) || both.every(isOfTimer);
}

function isOfTimer(stream: Listening): boolean {
  const { headMs, waitMs } = headOf(stream);
  // What was sent with the first is the rest of a greeting.
  const next = stream.log.published.find(({ atMs }) => atMs - headMs > TOGETHER_MS);
  return next !== undefined && isPeriodOfTimer(waitMs, next.atMs - headMs);
}

/** By its own word the first event is older than the request. */
function isLastState({ log: { published }, askedMs }: Listening, wallOffsetMs: number): boolean {
  const [first] = published;
  if (first === undefined) return false;
  const bornMs = Number.isNaN(first.sentMs) ? first.dueMs : first.sentMs;
  return bornMs < (askedMs ?? 0) + wallOffsetMs - CLOCK_SLACK_MS;
}

function headOf({ headMs, askedMs, log }: Listening): { headMs: number; waitMs: number; withEvent: boolean } {
  const atMs = headMs ?? 0;
  return {
    headMs: atMs,
    waitMs: atMs - (askedMs ?? atMs),
    withEvent: log.firstPublishedMs !== null && log.firstPublishedMs - atMs <= TOGETHER_MS,
  };
}
