import { FINDINGS } from '../../findings/finding-rows.ts';
import { APART_MS, LATE_HEAD_MS, ONE_MOMENT_MS, TOGETHER_MS } from '../../findings/arrivals.ts';
import { formatDuration } from '../../core/units.ts';
import type { Listening } from '../listening.ts';
import { pass, warn, type Check } from './check.ts';

const HINT = FINDINGS['late-headers'].advice;

/**
 * Does the head wait for the first event? Until it comes a browser is not connected and nobody can tell a quiet
 * stream from a dead server. A server that is merely slow to answer is told from it by a second request at another
 * time: a head that is held comes with an event, however long ago it was asked for.
 */
export const lateHeaders: Check = {
  id: 'late-headers',
  needs: 'head',
  judge({ auxiliary }, main) {
    const { waitMs, withEvent } = headOf(main);
    const evidence = {
      headersMs: waitMs,
      firstEventMs: main.log.firstPublishedMs === null ? null : main.log.firstPublishedMs - (main.askedMs ?? 0),
    };
    const others = [auxiliary.get('twin'), auxiliary.get('coded')].filter(
      (stream) => stream?.isStream === true && stream.headMs !== null,
    ) as Listening[];
    const other = others.find((stream) => isReleased(main, stream));
    if (withEvent && other !== undefined && others.every((stream) => headOf(stream).withEvent)) {
      const otherMs = headOf(other).waitMs;
      return warn(
        `The response head comes only with the first event: it took ${formatDuration(waitMs)} here and ${formatDuration(otherMs)} for a second client.`,
        { finding: 'late-headers', ...evidence, secondHeadersMs: otherMs },
        HINT,
      );
    }
    if (waitMs >= LATE_HEAD_MS && withEvent && others.length === 0) {
      return pass(
        `the head took ${formatDuration(waitMs)} and came with the first event`,
        evidence,
        `By one client it cannot be told whether it waited for the event. ${HINT}`,
      );
    }
    return pass(`the head came after ${formatDuration(waitMs)}`, evidence);
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

function headOf({ headMs, askedMs, log }: Listening): { headMs: number; waitMs: number; withEvent: boolean } {
  const atMs = headMs ?? 0;
  return {
    headMs: atMs,
    waitMs: atMs - (askedMs ?? atMs),
    withEvent: log.firstPublishedMs !== null && log.firstPublishedMs - atMs <= TOGETHER_MS,
  };
}
