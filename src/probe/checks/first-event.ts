import { counted, formatDuration } from '../../core/units.ts';
import type { Listening } from '../listening.ts';
import type { Observations } from '../observations.ts';
import { rhythmOf } from '../rhythm.ts';
import { fail, pass, skip, warn, watchedMs, type Check } from './check.ts';

/** A stream that greets its clients may speak later; one that has not sent a byte has shown nothing. */
const LEAST_WATCH_MS = 5000;

/**
 * How long until a client has something to show. A stream with nothing to say is not at fault; one that was waited for
 * is.
 */
export const firstEvent: Check = {
  id: 'first-event',
  needs: 'stream',
  judge(seen, main) {
    const { firstEventMs } = main.log;
    if (firstEventMs !== null) {
      const tookMs = firstEventMs - (main.askedMs ?? 0);
      return pass(`the first event arrived after ${formatDuration(tookMs)}`, { firstEventMs: tookMs });
    }
    const title = `no event within ${formatDuration(watchedMs(seen, main))}`;
    if (seen.plan.until?.kind === 'event') {
      return fail(
        title,
        { watchedMs: watchedMs(seen, main), bytes: main.log.bytes },
        'Wait longer (--deadline), or check whether events are published, and whether a proxy buffers them.',
      );
    }
    if (seen.plan.until === null && isOnlyGreeting(seen, main)) {
      const { comments, bytes } = main.log;
      const came = comments > 0 ? `only ${counted(comments, 'comment')} arrived` : 'nothing arrived';
      return warn(
        `${came} on the stream, ${title}`,
        { finding: 'no-events', watchedMs: watchedMs(seen, main), comments, bytes },
        'Check whether events are published, and whether a proxy buffers the stream; send each new client an event, or at least a comment.',
      );
    }
    return skip(
      title,
      { watchedMs: watchedMs(seen, main), bytes: main.log.bytes },
      'Send each new client an event, or at least a comment: it shows that the stream works end to end.',
    );
  },
};

/** Nothing came, or a greeting without a heartbeat behind it; what is malformed or kept by a compressor is told by framing. */
function isOnlyGreeting(seen: Observations, main: Listening): boolean {
  const { bytes, heldInCodingBytes, deviationCount, withoutDataCount } = main.log;
  if (heldInCodingBytes > 0 || deviationCount > 0 || withoutDataCount > 0 || main.unfinished !== null) return false;
  const isOver = main.end !== null && main.end.cause !== 'closed-by-us';
  if (bytes === 0 || isOver) return true;
  return watchedMs(seen, main) >= LEAST_WATCH_MS && rhythmOf(main.log, main.headMs ?? 0).beats === 0;
}
