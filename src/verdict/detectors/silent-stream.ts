import { counted, formatDuration } from '../../core/units.ts';
import { DEAD_STREAMS_ADVICE, silentTogetherSays } from '../../findings/dead-streams.ts';
import type { Detected } from '../../findings/finding.ts';
import type { Summary } from '../../record/summary.ts';
import type { Detector } from '../finding.ts';
import { silentTogether } from '../silent-together.ts';

/** An open stream that was sent nothing at all, while others were. */
export const silentStream: Detector = {
  id: 'silent-stream',
  detect({ summary, expectations }) {
    const dead = deadStreams(summary);
    if (dead !== null) return dead;
    const silent = summary.counts.silentStreams;
    if (silent === 0) return null;
    const { heartbeatMs, heartbeatWithinMs } = expectations;
    const allowedMs = heartbeatMs === null ? (heartbeatWithinMs ?? 0) : 3 * heartbeatMs;
    const { withoutByte } = summary.times;
    const longest = withoutByte.count === 0 ? '' : ` and up to ${formatDuration(withoutByte.percentile(100))}`;
    return {
      title: `${counted(silent, 'stream')} stayed open but fell silent: not a byte for ${formatDuration(allowedMs)}${longest}, while others received events and heartbeats.`,
      evidence: {
        silent,
        healthy: summary.kind('healthy').connected,
        heartbeatMs,
        heartbeatWithinMs,
        longestSilenceMs: summary.times.silence.percentile(100),
      },
      // A heartbeat that is missing elsewhere is another defect.
      explains: false,
    };
  },
};

/** All at one moment, and somebody who came afterwards shows that it is not that there was nothing to say. */
function deadStreams(summary: Summary): Detected | null {
  const together = silentTogether(summary);
  if (together === null || together.newcomer === 'quiet') return null;
  const { streams, sinceMs, forMs, newcomer } = together;
  return {
    title: `${silentTogetherSays(together, newcomer)}.`,
    evidence: { silent: streams, healthy: summary.kind('healthy').connected, sinceMs, silentForMs: forMs, newcomer },
    hint: DEAD_STREAMS_ADVICE,
  };
}
