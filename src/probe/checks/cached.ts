import { formatDuration } from '../../core/units.ts';
import { CACHED_ADVICE, cacheSays, cacheSign, dateOf, SAME_DATE_MS, sameDateSign } from '../../findings/cache-signs.ts';
import type { Listening } from '../listening.ts';
import type { Observations } from '../observations.ts';
import { arrivalTimes } from '../same-events.ts';
import { fail, field, pass, skip, type Check } from './check.ts';

const LEAST_EVENTS = 2;
/** What the main stream had over such a time and the second at once. */
const SPREAD_MS = 500;
const AT_ONCE_MS = 50;

/**
 * Is it a stream, or the recording of one? A cache says so in its headers (RFC 9111, 5.1: Age), or plays the past of
 * the first client to the second at once and then has nothing live. A history for newcomers goes on with what is live.
 */
export const cached: Check = {
  id: 'cached',
  needs: 'stream',
  judge(seen, main) {
    const { auxiliary } = seen;
    const twin = auxiliary.get('twin');
    for (const listening of [main, ...auxiliary.values()].filter(({ isStream }) => isStream)) {
      const sign = signOf(listening, seen);
      if (sign === null) continue;
      return fail(
        `the response comes from a cache: ${cacheSays(sign, listening.head?.headers.get('via'))}`,
        { finding: 'buffered-stream', sign, cacheControl: field(listening, 'cache-control') },
        CACHED_ADVICE,
      );
    }
    if (twin === undefined) return skip('there was no second client');
    if (!twin.isStream)
      return skip('the second client got no stream', { cause: twin.refusal?.cause ?? twin.end?.cause ?? null });
    const recording = recordingOf(main, twin);
    if (recording !== null) {
      return fail(
        `a second client immediately got what the first one received over ${formatDuration(recording.spreadMs)}, and then no live event`,
        { finding: 'buffered-stream', ...recording },
        CACHED_ADVICE,
      );
    }
    return pass('a second client gets its own stream', { secondEvents: twin.log.publishedCount });
  },
};

function signOf(listening: Listening, { main, auxiliary, wallOffsetMs }: Observations): string | null {
  const { head, headMs } = listening;
  if (head === null || headMs === null) return null;
  const date = dateOf(head.headers, wallOffsetMs + headMs);
  const others = [main, ...auxiliary.values()].filter((other) => other?.isStream === true);
  const isAgain = others.some((other) => {
    const thereMs = other?.headMs ?? headMs;
    return headMs - thereMs >= SAME_DATE_MS && other?.head?.headers.get('date') === date;
  });
  return cacheSign(head.headers) ?? (date !== null && isAgain ? sameDateSign(date) : null);
}

function recordingOf(main: Listening, twin: Listening): { events: number; spreadMs: number } | null {
  const heardMs = arrivalTimes(main.log.published);
  const openedMs = twin.headMs ?? 0;
  const past = twin.log.published.filter(({ key }) => (heardMs.get(key) ?? Number.POSITIVE_INFINITY) < openedMs);
  const live = main.log.published.filter(
    ({ atMs }) => atMs > openedMs + SPREAD_MS && (twin.end === null || atMs < twin.end.atMs),
  );
  if (past.length < LEAST_EVENTS || past.length < twin.log.publishedCount) return null;
  if (live.length < LEAST_EVENTS && twin.end === null) return null;
  const times = past.map(({ key }) => heardMs.get(key) as number);
  const spreadMs = Math.max(...times) - Math.min(...times);
  const tookMs = (past.at(-1)?.atMs ?? 0) - (past[0]?.atMs ?? 0);
  return spreadMs >= SPREAD_MS && tookMs <= AT_ONCE_MS ? { events: past.length, spreadMs } : null;
}
