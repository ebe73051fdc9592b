import { formatDuration } from '../../core/units.ts';
import { isWorthAWarning } from '../../findings/bounds.ts';
import { cutBy } from '../../findings/cuts.ts';
import { DEAD_STREAMS_ADVICE, SILENT_TOGETHER_ADVICE, silentTogetherSays } from '../../findings/dead-streams.ts';
import { deadStream } from '../dead-stream.ts';
import { allowedSilenceMs, fellSilent, othersFlowed } from '../silence.ts';
import { fail, pass, warn, watchedMs, type Check } from './check.ts';

/**
 * How long was nothing heard? A stream that fell silent looks like one that has nothing to say, to its clients and to
 * every proxy. Any byte breaks it.
 */
export const silentGap: Check = {
  id: 'silent-gap',
  needs: 'stream',
  judge(seen, main) {
    const { maxSilenceMs, silenceFromMs } = main.log;
    const allowedMs = allowedSilenceMs(seen, main);
    const evidence = {
      maxSilenceMs,
      silentFromMs: silenceFromMs - (main.headMs ?? 0),
      allowedMs,
      watchedMs: watchedMs(seen, main),
    };
    const together = deadStream(seen, main);
    if (together !== null && together.newcomer !== 'quiet') {
      return fail(
        `${silentTogetherSays(together, together.newcomer)}.`,
        { finding: 'silent-stream', ...evidence, ...together },
        DEAD_STREAMS_ADVICE,
      );
    }
    if (maxSilenceMs > allowedMs + seen.ownStopMs) {
      if (together !== null) {
        return fail(
          `${silentTogetherSays(together, 'quiet')} (expected within ${formatDuration(seen.plan.heartbeatWithinMs ?? allowedMs)}).`,
          { finding: 'heartbeat-missing', ...evidence, ...together },
          SILENT_TOGETHER_ADVICE,
        );
      }
      const others = othersFlowed(seen, main) ? ', while another stream received events' : '';
      return fail(
        `The stream stayed open but fell silent: not a byte for ${formatDuration(maxSilenceMs)}${others}.`,
        { finding: fellSilent(seen, main) ? 'silent-stream' : 'heartbeat-missing', ...evidence },
        'Look for a client that is removed from the list without its stream being closed, and for an exception that ends the loop of one client; send a comment (`: ping`) every 15 s.',
      );
    }
    if (isWorthAWarning(maxSilenceMs)) {
      if (together !== null) {
        return warn(
          `${silentTogetherSays(together, 'quiet')}, which ${cutBy(maxSilenceMs)}`,
          evidence,
          SILENT_TOGETHER_ADVICE,
        );
      }
      return warn(
        `nothing arrived for ${formatDuration(maxSilenceMs)}, which ${cutBy(maxSilenceMs)}`,
        evidence,
        'Send a comment (`: ping`) every 15 s or more often.',
      );
    }
    return pass(`the longest silence was ${formatDuration(maxSilenceMs)}`, evidence);
  },
};
