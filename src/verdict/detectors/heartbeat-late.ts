import { lateHeartbeats } from '../../findings/late-heartbeats.ts';
import type { Detector } from '../finding.ts';

/** A heartbeat more than half a period behind its promised schedule. */
export const heartbeatLate: Detector = {
  id: 'heartbeat-late',
  detect({ summary, expectations }) {
    const late = summary.counts.heartbeatsLate;
    if (late === 0) return null;
    const { max, p99 } = summary.times.heartbeatInterval.percentiles();
    const latenessMaxMs = summary.times.heartbeatLateness.percentile(100);
    return {
      title: lateHeartbeats(late, latenessMaxMs, expectations.heartbeatMs ?? 0),
      evidence: {
        late,
        heartbeats: summary.counts.heartbeats,
        heartbeatMs: expectations.heartbeatMs,
        latenessMaxMs,
        intervalP99Ms: p99,
        intervalMaxMs: max,
      },
    };
  },
};
