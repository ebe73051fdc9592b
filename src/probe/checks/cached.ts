import { formatDuration } from '../../core/units.ts';
import type { Listening } from '../listening.ts';
import { arrivalTimes } from '../same-events.ts';
import { fail, field, pass, skip, type Check } from './check.ts';

const HINT =
  'Send `Cache-Control: no-store`, and exclude the path in the CDN: clients get a recording instead of the stream.';
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
  judge({ auxiliary }, main) {
    const twin = auxiliary.get('twin');
    for (const listening of twin === undefined ? [main] : [main, twin]) {
      const sign = cacheSign(listening);
      if (sign !== null)
        return fail(`a cache answers: ${sign}`, { sign, cacheControl: field(listening, 'cache-control') }, HINT);
    }
    if (twin === undefined) return skip('no second client asked');
    if (!twin.isStream)
      return skip('the second client got no stream', { cause: twin.refusal?.cause ?? twin.end?.cause ?? null });
    const recording = recordingOf(main, twin);
    if (recording !== null) {
      return fail(
        `a second client got what the first one had heard over ${formatDuration(recording.spreadMs)} at once, and then nothing live`,
        { ...recording },
        HINT,
      );
    }
    return pass('a second client gets a stream of its own', { secondEvents: twin.log.publishedCount });
  },
};

function cacheSign(listening: Listening): string | null {
  const age = field(listening, 'age');
  if (/^\d+$/.test(age) && Number(age) > 0) return `Age: ${age}`;
  for (const name of ['x-cache', 'cf-cache-status', 'x-cache-status', 'x-vercel-cache', 'x-proxy-cache']) {
    const value = field(listening, name);
    if (/\bhit\b/i.test(value)) return `${name}: ${value}`;
  }
  return null;
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
