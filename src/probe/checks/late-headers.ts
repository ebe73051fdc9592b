import { formatDuration } from '../../core/units.ts';
import type { Listening } from '../listening.ts';
import { fail, pass, warn, type Check } from './check.ts';

/** A head that took no longer is not late, whatever came with it. */
const LATE_MS = 250;
/** An event is with the head when it is read no later than this. */
const TOGETHER_MS = 20;
/** Waits that differ by this belong to requests of different times. */
const APART_MS = 100;
const HINT = 'Send the head at once: `res.flushHeaders()` in Node, or a first comment; in a proxy, turn response buffering off (nginx: `proxy_buffering off`).';

/**
 * Does the head wait for the first event? Until it comes a browser is not connected and nobody can tell a quiet
 * stream from a dead server. A server that is merely slow to answer is told from it by a second request at another
 * time: a head that is held comes with an event, however long ago it was asked for.
 */
export const lateHeaders: Check = {
  id: 'late-headers',
  needs: 'head',
  judge({ sides }, main) {
    const { headMs, waitMs, withEvent } = headOf(main);
    const evidence = { headersMs: waitMs, firstEventMs: main.log.firstPublishedMs === null ? null : main.log.firstPublishedMs - (main.askedMs ?? 0) };
    const twin = sides.get('twin');
    const other = twin === undefined || twin.headMs === null || !twin.isStream ? null : headOf(twin);
    const both = withEvent && other !== null && other.withEvent;
    const isHeld = both && Math.max(waitMs, other.waitMs) >= LATE_MS
      && (Math.abs(waitMs - other.waitMs) >= APART_MS || Math.abs(headMs - other.headMs) < TOGETHER_MS);
    if (isHeld) {
      return warn(`The response head comes only with the first event: it took ${formatDuration(waitMs)} here and ${formatDuration(other.waitMs)} for a second client.`, { finding: 'late-headers', ...evidence, secondHeadersMs: other.waitMs }, HINT);
    }
    if (waitMs >= LATE_MS && withEvent && other === null) {
      return pass(`the head took ${formatDuration(waitMs)} and came with the first event`, evidence, `By one client it cannot be told whether it waited for the event. ${HINT}`);
    }
    return pass(`the head came after ${formatDuration(waitMs)}`, evidence);
  },
};

function headOf({ headMs, askedMs, log }: Listening): { headMs: number; waitMs: number; withEvent: boolean } {
  const atMs = headMs ?? 0;
  return { headMs: atMs, waitMs: atMs - (askedMs ?? atMs), withEvent: log.firstPublishedMs !== null && log.firstPublishedMs - atMs <= TOGETHER_MS };
}

/** Where no head came at all. */
export function noHead(waitedMs: number): ReturnType<typeof fail> {
  return fail(`no response head within ${formatDuration(waitedMs)}`, { waitedMs }, HINT);
}
