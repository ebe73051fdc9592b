import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** A heartbeat more than half a period behind its promised schedule. */
export const heartbeatLate: Detector = {
  id: 'heartbeat-late',
  detect({ summary, expectations }) {
    const late = summary.counts.heartbeatsLate;
    if (late === 0) return null;
    const { max, p99 } = summary.times.heartbeatInterval.percentiles();
    const periodMs = expectations.heartbeatMs ?? 0;
    // A late first one has no heartbeat before it to be apart from.
    const apart =
      max > periodMs
        ? `up to ${formatDuration(max)} apart instead of`
        : 'the first of a stream, where the promise is one every';
    return {
      title: `${counted(late, 'heartbeat')} came late: ${apart} ${formatDuration(periodMs)}.`,
      evidence: {
        late,
        heartbeats: summary.counts.heartbeats,
        heartbeatMs: expectations.heartbeatMs,
        intervalP99Ms: p99,
        intervalMaxMs: max,
      },
    };
  },
};
