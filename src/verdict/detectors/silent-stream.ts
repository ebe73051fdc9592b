import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** An open stream that was sent nothing at all, while others were. */
export const silentStream: Detector = {
  id: 'silent-stream',
  detect({ summary, expectations }) {
    const silent = summary.counts.silentStreams;
    if (silent === 0) return null;
    const { heartbeatMs, heartbeatWithinMs } = expectations;
    const allowedMs = heartbeatMs === null ? (heartbeatWithinMs ?? 0) : 3 * heartbeatMs;
    return {
      title: `${counted(silent, 'stream')} stayed open and fell silent: not a byte for ${formatDuration(allowedMs)}, while others were sent events and heartbeats.`,
      evidence: {
        silent,
        healthy: summary.kind('healthy').connected,
        heartbeatMs,
        heartbeatWithinMs,
        longestSilenceMs: summary.times.silence.percentile(100),
      },
    };
  },
};
