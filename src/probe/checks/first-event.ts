import { formatDuration } from '../../core/units.ts';
import { fail, pass, skip, warn, watchedMs, type Check } from './check.ts';

/** A stream that is silent for less may be about to speak. */
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
      return pass(`the first event came after ${formatDuration(tookMs)}`, { firstEventMs: tookMs });
    }
    const title = `no event within ${formatDuration(watchedMs(seen, main))}`;
    if (seen.plan.until?.kind === 'event') {
      return fail(
        title,
        { watchedMs: watchedMs(seen, main), bytes: main.log.bytes },
        'Wait longer (--deadline), or see whether anything is published and whether something on the way holds it back.',
      );
    }
    if (main.log.bytes === 0 && seen.plan.until === null && watchedMs(seen, main) >= LEAST_WATCH_MS) {
      return warn(
        `nothing came on the stream, ${title}`,
        { finding: 'no-events', watchedMs: watchedMs(seen, main), bytes: 0 },
        'See whether anything is published, and whether something on the way holds the stream back; greet each client with an event, or at least a comment.',
      );
    }
    return skip(
      title,
      { watchedMs: watchedMs(seen, main), bytes: main.log.bytes },
      'Greet each client with an event, or at least a comment: it shows that the stream works end to end.',
    );
  },
};
