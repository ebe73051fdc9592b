import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** No heartbeat for three promised periods, or silence longer than allowed. */
export const heartbeatMissing: Detector = {
  id: 'heartbeat-missing',
  detect({ summary, expectations }) {
    const missing = summary.counts.heartbeatsMissing;
    if (missing === 0) return null;
    const { heartbeatMs, heartbeatWithinMs } = expectations;
    const expected =
      heartbeatMs === null
        ? `within ${formatDuration(heartbeatWithinMs ?? 0)}`
        : `every ${formatDuration(heartbeatMs)}`;
    return {
      title: `${counted(missing, 'time')} a client was left without a heartbeat (expected ${expected}).`,
      evidence: { missing, heartbeats: summary.counts.heartbeats, heartbeatMs, heartbeatWithinMs },
    };
  },
};
