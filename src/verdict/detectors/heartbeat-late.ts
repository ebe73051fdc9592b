import { ADVICE } from '../../findings/advice.ts';
import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';
import { bufferedStream } from './buffered-stream.ts';

/** A heartbeat more than half a period behind its promised schedule. */
export const heartbeatLate: Detector = {
  id: 'heartbeat-late',
  severity: 'fail',
  blamesTime: true,
  detect(record) {
    const { summary, server, expectations } = record;
    const late = summary.counts.heartbeatsLate;
    if (late === 0 || server.down !== null) return null;
    // What holds back events holds back heartbeats.
    if (bufferedStream.detect(record) !== null) return null;
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
      hint: ADVICE['heartbeat-late'],
    };
  },
};
